package virtual

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a toxic that has ended a direction keeps nobody waiting who still has something
// for it, and one that is interrupted leaves that to its successor.
func TestEndedToxicsTakeTheRest(t *testing.T) {
	for name, c := range map[string]struct {
		kind, attributes string
		end              func(*toxics.ToxicWrapper, *toxics.ToxicStub, chan<- *stream.StreamChunk)
		left             bool
	}{
		"limit_data, at its limit": {"limit_data", `"bytes":4`, func(_ *toxics.ToxicWrapper, _ *toxics.ToxicStub, in chan<- *stream.StreamChunk) { in <- chunk() }, false},
		"limit_data, interrupted":  {"limit_data", `"bytes":4`, interrupt, true},
		"timeout, after its time": {"timeout", `"timeout":1000`, func(*toxics.ToxicWrapper, *toxics.ToxicStub, chan<- *stream.StreamChunk) {
			<-time.After(2 * time.Second)
		}, false},
		"timeout, interrupted": {"timeout", `"timeout":0`, interrupt, true},
		"timeout, removed": {"timeout", `"timeout":0`, func(w *toxics.ToxicWrapper, stub *toxics.ToxicStub, in chan<- *stream.StreamChunk) {
			interrupt(w, stub, in)
			w.Toxic.(toxics.CleanupToxic).Cleanup(stub)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, stub, in := running(t, c.kind, c.attributes)
				c.end(w, stub, in)
				synctest.Wait()
				var kept bool
				select {
				case in <- chunk():
				default:
					kept = true
				}
				assert.Equal(t, c.left, kept)
				close(in)
			})
		})
	}
}

func interrupt(_ *toxics.ToxicWrapper, stub *toxics.ToxicStub, _ chan<- *stream.StreamChunk) {
	stub.InterruptToxic()
}

func chunk() *stream.StreamChunk { return &stream.StreamChunk{Data: []byte("hello")} }

// running is a toxic at work on what the test sends.
func running(t *testing.T, kind, attributes string) (*toxics.ToxicWrapper, *toxics.ToxicStub, chan<- *stream.StreamChunk) {
	l := linked(t).links[0]
	w, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(`{"type":"` + kind + `","attributes":{` + attributes + `}}`))
	require.NoError(t, err)
	in, out := make(chan *stream.StreamChunk), make(chan *stream.StreamChunk, 1)
	stub := toxics.NewToxicStub(in, out)
	if s, ok := w.Toxic.(toxics.StatefulToxic); ok {
		stub.State = s.NewState()
	}
	go stub.Run(w)
	synctest.Wait()
	return w, stub, in
}

// Promise: an answer that is cut while more of it is under way leaves nothing behind.
func TestCutAnswerInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		c := dial(t, w.Host("app"), "echo.link:7")
		require.NoError(t, w.Links()[0].AddToxic(t.Context(), world.Toxic{Name: "cut", Type: "limit_data", Stream: world.Downstream,
			Toxicity: 1, Attributes: map[string]any{"bytes": 4}}))
		_, err := io.WriteString(c, strings.Repeat("x", 4*copyLimit))
		require.NoError(t, err)
		got, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, "xxxx", string(got))
		require.NoError(t, w.Links()[0].RemoveToxic(context.WithoutCancel(t.Context()), "cut"))
	})
}
