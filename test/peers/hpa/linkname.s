// Lets a function be declared without a body, for go:linkname.
