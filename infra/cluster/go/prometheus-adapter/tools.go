//go:build tools

// Package tools pins what is built from here.
package tools

import _ "sigs.k8s.io/prometheus-adapter/cmd/adapter"
