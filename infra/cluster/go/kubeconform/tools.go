//go:build tools

// Package tools pins what is built from here.
package tools

import _ "github.com/yannh/kubeconform/cmd/kubeconform"
