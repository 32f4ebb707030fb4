package main

import (
	"fmt"

	"github.com/google/shlex"
	"google.golang.org/protobuf/types/known/structpb"
)

// options are the keys under `runtime.options` of Pulumi.yaml that this host understands.
type options struct {
	// typescript loads ts-node before the program. Default true, as in the official host.
	typescript bool
	// tsconfig is the path of the tsconfig.json that ts-node reads.
	tsconfig string
	// nodeArgs go to node before the script.
	nodeArgs []string
	// packageManager is npm, pnpm or yarn; empty: by lock file.
	packageManager string
}

func parseOptions(raw *structpb.Struct) (options, error) {
	parsed := options{typescript: true}
	values := raw.AsMap()
	if value, ok := values["typescript"]; ok {
		if parsed.typescript, ok = value.(bool); !ok {
			return parsed, fmt.Errorf("runtime option typescript: %v is not a boolean", value)
		}
	}
	var nodeArgs string
	for key, target := range map[string]*string{
		"tsconfig": &parsed.tsconfig, "nodeargs": &nodeArgs, "packagemanager": &parsed.packageManager,
	} {
		value, ok := values[key]
		if !ok {
			continue
		}
		if *target, ok = value.(string); !ok {
			return parsed, fmt.Errorf("runtime option %s: %v is not a string", key, value)
		}
	}
	var err error
	if parsed.nodeArgs, err = shlex.Split(nodeArgs); err != nil {
		return parsed, fmt.Errorf("runtime option nodeargs: %q: %w", nodeArgs, err)
	}
	return parsed, nil
}

// environment tells the SDK's scripts what the options ask for.
func (o options) environment() []string {
	env := []string{fmt.Sprintf("PULUMI_NODEJS_TYPESCRIPT=%t", o.typescript)}
	if o.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return env
}
