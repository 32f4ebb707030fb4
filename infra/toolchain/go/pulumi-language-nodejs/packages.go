package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

type packageJSON struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
	Pulumi          struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

func readPackage(file string) (packageJSON, error) {
	var parsed packageJSON
	text, err := os.ReadFile(file)
	if err != nil {
		return parsed, err
	}
	if err := json.Unmarshal(text, &parsed); err != nil {
		return parsed, fmt.Errorf("%s: %w", file, err)
	}
	return parsed, nil
}

// plugin tells which provider a package needs; false for a package that needs none.
func (p packageJSON) plugin() (*pulumirpc.PackageDependency, bool) {
	name, version := p.Pulumi.Name, p.Pulumi.Version
	if name == "" {
		name = strings.TrimPrefix(p.Name, "@pulumi/")
	}
	if version == "" {
		version = p.Version
	}
	if !p.Pulumi.Resource || name == "" || version == "" {
		return nil, false
	}
	version = "v" + strings.TrimPrefix(version, "v")
	return &pulumirpc.PackageDependency{Name: name, Kind: "resource", Version: version, Server: p.Pulumi.Server}, true
}

// installed tells whether the provider lies in Pulumi's plugin folder.
func installed(plugin *pulumirpc.PackageDependency) bool {
	home := os.Getenv("PULUMI_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return false
		}
		home = filepath.Join(user, ".pulumi")
	}
	_, err := os.Stat(filepath.Join(home, "plugins", "resource-"+plugin.Name+"-"+plugin.Version))
	return err == nil
}

// GetRequiredPackages names the providers that are here already. The engine gets any other when a resource first asks
// for it, so that a package that is installed but not used by this program costs no download.
func (h *languageHost) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	modules := filepath.Join(req.GetInfo().GetProgramDirectory(), "node_modules")
	plain, err := filepath.Glob(filepath.Join(modules, "[^.@]*", "package.json"))
	if err != nil {
		return nil, err
	}
	scoped, err := filepath.Glob(filepath.Join(modules, "@*", "*", "package.json"))
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, file := range append(plain, scoped...) {
		parsed, err := readPackage(file)
		if err != nil {
			continue
		}
		if plugin, ok := parsed.plugin(); ok && installed(plugin) {
			response.Packages = append(response.Packages, plugin)
		}
	}
	return response, nil
}

// GetProgramDependencies lists the program's own packages, with the versions that are installed.
func (h *languageHost) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	dir := req.GetInfo().GetProgramDirectory()
	program, err := readPackage(filepath.Join(dir, "package.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, group := range []map[string]string{program.Dependencies, program.DevDependencies} {
		for name, wanted := range group {
			version := wanted
			if found, err := readPackage(filepath.Join(dir, "node_modules", name, "package.json")); err == nil {
				version = found.Version
			}
			response.Dependencies = append(response.Dependencies, &pulumirpc.DependencyInfo{Name: name, Version: version})
		}
	}
	sort.Slice(response.Dependencies, func(i, j int) bool {
		return response.Dependencies[i].Name < response.Dependencies[j].Name
	})
	return response, nil
}

func (h *languageHost) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("cannot find node on PATH: %w", err)
	}
	version, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", node, err)
	}
	opts, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return nil, err
	}
	manager, _ := installCommand(opts, req.GetInfo().GetProgramDirectory())
	return &pulumirpc.AboutResponse{
		Executable: node,
		Version:    strings.TrimSpace(string(version)),
		Metadata:   map[string]string{"packagemanager": manager},
	}, nil
}

// RuntimeOptionsPrompts asks nothing: every option has a default.
func (h *languageHost) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// Template changes nothing in a new project.
func (h *languageHost) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}

// GetRequiredPlugins is the older form of GetRequiredPackages; this engine does not call it.
func (h *languageHost) GetRequiredPlugins(
	context.Context, *pulumirpc.GetRequiredPluginsRequest,
) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return &pulumirpc.GetRequiredPluginsResponse{}, nil
}

// Link adds nothing to the project: packages come from package.json.
func (h *languageHost) Link(context.Context, *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	return &pulumirpc.LinkResponse{}, nil
}

// installCommand chooses the package manager: the option, else the lock file, else npm.
func installCommand(opts options, dir string) (string, []string) {
	has := func(file string) bool {
		_, err := os.Stat(filepath.Join(dir, file))
		return err == nil
	}
	manager := opts.packageManager
	switch {
	case manager != "" && manager != "auto":
	case has("pnpm-lock.yaml"):
		manager = "pnpm"
	case has("yarn.lock"):
		manager = "yarn"
	default:
		manager = "npm"
	}
	if manager == "npm" && has("package-lock.json") {
		return manager, []string{"ci", "--no-audit", "--no-fund", "--loglevel=error"}
	}
	return manager, []string{"install"}
}

func (h *languageHost) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	opts, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return err
	}
	streams, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	dir := req.GetInfo().GetProgramDirectory()
	manager, args := installCommand(opts, dir)
	err = h.run(server.Context(), func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, manager, args...)
		cmd.Dir = dir
		cmd.Stdout, cmd.Stderr = stdout, stderr
		return cmd
	})
	if err != nil {
		err = fmt.Errorf("%s %s in %s: %w", manager, strings.Join(args, " "), dir, err)
	}
	return errors.Join(err, streams.Close())
}
