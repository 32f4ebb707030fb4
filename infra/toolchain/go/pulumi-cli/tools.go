//go:build tools

// Package tools pins the Pulumi CLI, for machines that cannot reach its releases.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
