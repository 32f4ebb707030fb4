// Pulumi's Docker provider (its bridged part), for machines that cannot download the official plugin.
// The schema is written by this program itself (-schema) and embedded by a second build.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"unicode"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// version is the @pulumi/docker release that this stands in for; set by the linker.
var version = "0.0.0"

//go:embed schema.json
var schema []byte

// token names a resource as the SDK does: docker:index/remoteImage:RemoteImage.
func token(name string) tokens.Type {
	module := string(unicode.ToLower(rune(name[0]))) + name[1:]
	return tokens.Type("docker:index/" + module + ":" + name)
}

func source(name string) tokens.ModuleMember {
	return tokens.ModuleMember("docker:index/" + name + ":" + name)
}

func providerInfo() tfbridge.ProviderInfo {
	return tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(shim.NewProvider()),
		Name:    "docker",
		Version: version,
		Config: map[string]*tfbridge.SchemaInfo{
			"host":          {Default: &tfbridge.DefaultInfo{EnvVars: []string{"DOCKER_HOST"}}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_container": {
				Tok:                 token("Container"),
				DeleteBeforeReplace: true,
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           {Name: "command"},
					"networks_advanced": {Name: "networksAdvanced"},
				},
			},
			"docker_image": {
				Tok: token("RemoteImage"),
				Fields: map[string]*tfbridge.SchemaInfo{
					"name": {Name: "name"},
					// The SDK was generated from a later upstream, where build.path is called build.context.
					"build": {Elem: &tfbridge.SchemaInfo{
						Fields: map[string]*tfbridge.SchemaInfo{"path": {Name: "context"}},
					}},
				},
			},
			"docker_network": {Tok: token("Network")},
			"docker_volume":  {Tok: token("Volume")},
			"docker_tag":     {Tok: token("Tag")},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_network": {Tok: source("getNetwork")},
			"docker_image":   {Tok: source("getRemoteImage")},
			"docker_logs":    {Tok: source("getLogs")},
		},
		// Swarm and registry resources are not used here.
		IgnoreMappings: []string{
			"docker_config", "docker_secret", "docker_service", "docker_registry_image", "docker_plugin",
		},
	}
}

func writeSchema(info tfbridge.ProviderInfo) error {
	sink := diag.DefaultSink(io.Discard, os.Stderr, diag.FormatOptions{Color: colors.Never})
	spec, err := tfgen.GenerateSchema(info, sink)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(spec)
}

func main() {
	info := providerInfo()
	if len(os.Args) > 1 && os.Args[1] == "-schema" {
		if err := writeSchema(info); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	tfbridge.Main("docker", version, info, schema)
}
