package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	// exitedAfterMessage is the exit code of a program that has told the user what went wrong.
	exitedAfterMessage = 32
	// gracePeriod is how long a cancelled child may take before it is killed.
	gracePeriod = 5 * time.Second
	// policyPack is the kind that a policy pack is run as.
	policyPack = "analyzer"
)

// run starts a child that ends with the call, with Cancel and with this process, and waits for it.
func (h *languageHost) run(ctx context.Context, cmd func(context.Context) *exec.Cmd) error {
	h.children.Add(1)
	defer h.children.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.ctx, cancel)()
	child := cmd(ctx)
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = gracePeriod
	endWithParent(child)
	done := make(chan error, 1)
	go func() {
		// The kernel ties "end with parent" to the thread that starts the child, so the thread must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		done <- child.Run()
	}()
	return <-done
}

// resolveModule finds a script of the SDK as the program in dir would.
func resolveModule(ctx context.Context, dir, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "node", "-p", "require.resolve(process.argv[1])", module)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("cannot find %s from %s: install the program's packages first (npm ci)", module, dir)
	}
	return strings.TrimSpace(string(out)), nil
}

func (h *languageHost) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if err := h.runProgram(ctx, req); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return &pulumirpc.RunResponse{Error: err.Error()}, nil
		}
		if exit.ExitCode() == exitedAfterMessage {
			return &pulumirpc.RunResponse{Bail: true}, nil
		}
		return &pulumirpc.RunResponse{Error: "the program ended with " + exit.Error()}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}

func (h *languageHost) runProgram(ctx context.Context, req *pulumirpc.RunRequest) error {
	info := req.GetInfo()
	opts, err := parseOptions(info.GetOptions())
	if err != nil {
		return err
	}
	script, err := resolveModule(ctx, info.GetProgramDirectory(), "@pulumi/pulumi/cmd/run")
	if err != nil {
		return err
	}
	configEnv, err := configEnvironment(req)
	if err != nil {
		return err
	}
	args := append(append(opts.nodeArgs, script), h.scriptArguments(req)...)
	return h.run(ctx, func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "node", args...)
		cmd.Dir = req.GetPwd()
		// Node may switch a stream it was given to non-blocking, so it gets pipes, not our own streams.
		cmd.Stdout, cmd.Stderr = struct{ io.Writer }{os.Stdout}, struct{ io.Writer }{os.Stderr}
		cmd.Env = append(append(os.Environ(), configEnv...), opts.environment()...)
		return cmd
	})
}

// scriptArguments are what @pulumi/pulumi/cmd/run takes.
func (h *languageHost) scriptArguments(req *pulumirpc.RunRequest) []string {
	info := req.GetInfo()
	var args []string
	for _, flag := range [][2]string{
		{"monitor", req.GetMonitorAddress()},
		{"engine", h.engineAddress()},
		{"organization", req.GetOrganization()},
		{"project", req.GetProject()},
		{"root-directory", info.GetRootDirectory()},
		{"stack", req.GetStack()},
		{"pwd", info.GetProgramDirectory()},
		{"parallel", strconv.Itoa(int(req.GetParallel()))},
	} {
		if flag[1] != "" {
			args = append(args, "--"+flag[0], flag[1])
		}
	}
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	return append(append(args, info.GetEntryPoint()), req.GetArgs()...)
}

// configEnvironment hands the stack's config to the SDK.
func configEnvironment(req *pulumirpc.RunRequest) ([]string, error) {
	values := req.GetConfig()
	if values == nil {
		values = map[string]string{}
	}
	secretKeys := append([]string{}, req.GetConfigSecretKeys()...)
	var env []string
	for name, value := range map[string]any{"PULUMI_CONFIG": values, "PULUMI_CONFIG_SECRET_KEYS": secretKeys} {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		env = append(env, name+"="+string(text))
	}
	return env, nil
}

// RunPlugin runs a plugin that is written in Node.js and has no executable of its own: a provider or a policy pack.
func (h *languageHost) RunPlugin(
	req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	info := req.GetInfo()
	opts, err := parseOptions(info.GetOptions())
	if err != nil {
		return err
	}
	module, pwd, pluginArgs := pluginScript(req)
	script, err := resolveModule(server.Context(), info.GetProgramDirectory(), module)
	if err != nil {
		return err
	}
	streams, stdout, stderr, err := rpcutil.MakeRunPluginStreams(server, false)
	if err != nil {
		return err
	}
	args := append(append(opts.nodeArgs, script), pluginArgs...)
	err = h.run(server.Context(), func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "node", args...)
		cmd.Dir = pwd
		cmd.Env = append(req.GetEnv(), opts.environment()...)
		cmd.Stdout, cmd.Stderr = stdout, stderr
		return cmd
	})
	return errors.Join(err, streams.Close())
}

// pluginScript is the SDK's script for the kind of plugin, the folder it starts in and what it takes. A policy pack
// starts in its own folder, which comes last.
func pluginScript(req *pulumirpc.RunPluginRequest) (module, pwd string, args []string) {
	folder := req.GetInfo().GetProgramDirectory()
	if req.GetKind() == policyPack {
		args = append(append(args, req.GetArgs()...), folder)
		return "@pulumi/pulumi/cmd/run-policy-pack", folder, args
	}
	return "@pulumi/pulumi/cmd/run-plugin", req.GetPwd(), append([]string{folder}, req.GetArgs()...)
}
