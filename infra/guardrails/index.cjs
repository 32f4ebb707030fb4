// Pulumi would compile the pack with its own, old TypeScript; the rest of the project runs with tsx.
require("tsx/cjs");
require("./pack.ts");
