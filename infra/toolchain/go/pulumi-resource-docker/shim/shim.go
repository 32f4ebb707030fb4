// Package shim lies under the upstream provider's import path, so that it may import upstream's internal package.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider gives the upstream Terraform provider.
func NewProvider() *schema.Provider { return provider.New("dev")() }
