package image

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// ErrNoEngine: no Docker engine answers, or none whose containers can be reached.
var ErrNoEngine = errors.New("no Docker engine answers")

// Connect returns a client of the Docker engine, found as testcontainers finds
// it, or [ErrNoEngine] with the reason: it has to answer, and to be on this host, where
// ports of containers are published. Close it when done.
func Connect(ctx context.Context) (*client.Client, error) {
	log.SetDefault(quiet{})
	// Worlds clear up after themselves, without a container that would have to be
	// pulled for that. testcontainers reads this once, when first used.
	if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
		return nil, err
	}
	engine, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEngine, err)
	}
	if _, err := engine.Client.Ping(ctx, client.PingOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoEngine, err), engine.Close())
	}
	here, err := thisPlace()
	if err == nil {
		err = here.elsewhere(ctx, engine.Client)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w here: %w", ErrNoEngine, err), engine.Close())
	}
	return engine.Client, nil
}

// Answers returns nil where there is an engine to [Connect] to, or its error.
func Answers(ctx context.Context) error {
	engine, err := Connect(ctx)
	if err != nil {
		return err
	}
	return engine.Close()
}

// quiet keeps testcontainers from writing between a drill's lines.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
