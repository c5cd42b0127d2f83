package virtual_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"

	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/drillbook/drillbook/sim/world/worldtest"
	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
	"github.com/stretchr/testify/require"
)

var port = fmt.Sprintf(":%d", echo.Port)

// start starts a world with the services of the suite.
func start(t *testing.T, log *worldtest.Log) *virtual.World {
	w := virtual.New(world.Options{Log: log.Hear})
	for _, name := range []string{worldtest.Friend, worldtest.Peer} {
		w.AddService(virtual.Service{Name: name, Run: serve, Ready: func(ctx context.Context, h *virtual.Host) error {
			conn, err := h.Dial(ctx, "tcp", name+port)
			if err != nil {
				return err
			}
			return echo.Ready(ctx, conn)
		}})
	}
	for replica := 1; replica <= 2; replica++ {
		w.AddService(virtual.Service{Name: fmt.Sprint("app-", replica), Run: idle})
		w.AddLink(virtual.Link{ID: world.LinkID{Dependency: worldtest.Peer, Replica: replica}, From: fmt.Sprint("app-", replica),
			Addr: "peer.link" + port, To: worldtest.Peer + port, Greet: echo.Greet})
	}
	w.AddEndpoint(worldtest.Peer, worldtest.Peer+port)
	require.NoError(t, w.Start(t.Context()))
	return w
}

// idle is a replica that leaves its links to the suite.
func idle(ctx context.Context, _ *virtual.Host, _ io.Writer) error {
	<-ctx.Done()
	return nil
}

func serve(ctx context.Context, h *virtual.Host, log io.Writer) error {
	listener, err := h.Listen("tcp", port)
	if err != nil {
		return err
	}
	return echo.Serve(ctx, listener, h.Dial, log)
}

func TestWorld(t *testing.T) {
	for _, c := range worldtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log worldtest.Log
				w := start(t, &log)
				c.Run(t, w, &log)
				left, err := w.Residue(t.Context())
				require.NoError(t, err)
				require.Empty(t, left)
				require.NoError(t, w.Close(context.WithoutCancel(t.Context())))
			})
		})
	}
}
