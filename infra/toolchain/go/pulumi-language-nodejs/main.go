// A Node.js language host for machines that cannot download the official Pulumi release.
// It runs, installs for and describes Node.js programs; it generates no code.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// engineCheckInterval bounds how long this process outlives an engine that was killed.
const engineCheckInterval = 5 * time.Second

type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	// Ends with this process or with the engine's Cancel call; every child process hangs on it.
	ctx    context.Context
	cancel context.CancelFunc
	// Counts child processes, so that this process ends after them.
	children sync.WaitGroup

	mu     sync.Mutex
	engine string
}

func (h *languageHost) engineAddress() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.engine
}

// watchEngine remembers the engine's address and cancels all work once the engine stops answering.
func (h *languageHost) watchEngine(address string) error {
	h.mu.Lock()
	h.engine = address
	h.mu.Unlock()
	if address == "" {
		return nil
	}
	return rpcutil.Healthcheck(h.ctx, address, engineCheckInterval, h.cancel)
}

func (h *languageHost) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	if err := h.watchEngine(req.GetEngineAddress()); err != nil {
		return nil, fmt.Errorf("cannot watch the engine at %s: %w", req.GetEngineAddress(), err)
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

func (h *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

func serve(engine string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	h := &languageHost{ctx: ctx, cancel: cancel}
	if err := h.watchEngine(engine); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", engine, err)
	}
	stop := make(chan bool)
	go func() {
		<-ctx.Done()
		h.children.Wait()
		close(stop)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(srv *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(srv, h)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	// The engine reads the port from the first line.
	fmt.Println(handle.Port)
	return <-handle.Done
}

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.String("tracing", "", "accepted and ignored")
	flag.String("root", "", "accepted and ignored")
	flag.Parse()
	if *showVersion {
		fmt.Println(version.Version)
		return
	}
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}
