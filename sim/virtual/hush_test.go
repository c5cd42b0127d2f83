package virtual

import (
	"context"
	"io"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"

	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// talkative says of the process of [TestZerologIsHeard] that it is the one which talks.
const talkative = "DRILL_TEST_TALKATIVE"

// Promise: a service that logs by zerolog is heard, by a logger of its own as by the global
// one; of toxiproxy, which has the same loggers, nothing is printed.
func TestZerologIsHeard(t *testing.T) {
	if os.Getenv(talkative) != "" {
		synctest.Test(t, talk)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestZerologIsHeard$")
	child.Env = append(os.Environ(), talkative+"=1")
	printed, err := child.CombinedOutput()
	require.NoError(t, err, string(printed))
	assert.Contains(t, string(printed), "hello, everybody")
	assert.NotContains(t, string(printed), "oxic")
}

// talk has a service log, and toxics begin and end on a connection that is in use.
func talk(t *testing.T) {
	zerolog.DefaultContextLogger = &log.Logger
	var heard []string
	w := New(world.Options{Log: func(_ string, line []byte) { heard = append(heard, string(line)) }})
	w.AddLink(Link{ID: world.LinkID{Dependency: "echo", Replica: 1}, From: "app", Addr: "echo.link:7", To: "echo:7", Greet: greet.Line("hello")})
	w.AddService(echo("echo"))
	w.AddService(Service{Name: "app", Run: func(ctx context.Context, _ *Host, out io.Writer) error {
		logger := zerolog.New(out)
		logger.Info().Msg("hello")
		log.Info().Msg("hello, everybody")
		<-ctx.Done()
		return nil
	}})
	start(t, w)
	synctest.Wait()
	assert.Equal(t, []string{`{"level":"info","message":"hello"}`}, heard)

	link, c := w.Links()[0], dial(t, w.Host("app"), "echo.link:7")
	for _, toxic := range []world.Toxic{
		{Name: "narrow", Type: "bandwidth", Stream: world.Upstream, Toxicity: 1, Attributes: map[string]any{"rate": 1000}},
		{Name: "slow", Type: "latency", Stream: world.Upstream, Toxicity: 1, Attributes: map[string]any{"latency": 10}},
	} {
		require.NoError(t, link.AddToxic(t.Context(), toxic))
		require.NoError(t, says(c, "hello"))
	}
	for _, name := range []string{"narrow", "slow"} {
		require.NoError(t, link.RemoveToxic(t.Context(), name))
		require.NoError(t, says(c, "hello again"))
	}
}
