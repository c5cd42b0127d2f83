package containers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brittle is an engine with one container, whose log breaks off after each of its parts.
// The container ends with the last.
type brittle struct {
	parts [][]string // messages, each a second after the one before; see onStderr and earlier
	mute  error      // why no log can be read

	mu    sync.Mutex
	ended bool
	since []string // of each request
}

// What a message begins with that is none of standard output, or has the time of the
// message two before, as the last part of a long line has that of its first.
const (
	onStderr = "stderr: "
	earlier  = "earlier: "
)

var began = time.Unix(1_800_000_000, 5)

func (b *brittle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/wait"):
		w.WriteHeader(http.StatusInternalServerError)
	case !strings.HasSuffix(r.URL.Path, "/logs"):
		_, _ = fmt.Fprintf(w, `{"State": {"Running": %t, "ExitCode": 3}}`, !b.ended)
	case b.mute != nil:
		w.WriteHeader(http.StatusNotImplemented)
		_, _ = fmt.Fprintf(w, `{"message": %q}`, b.mute)
	default:
		b.part(w, r)
	}
}

func (b *brittle) part(w io.Writer, r *http.Request) {
	n, at := len(b.since), 0
	b.since = append(b.since, r.URL.Query().Get("since"))
	for i, part := range b.parts {
		for _, line := range part {
			at++
			if i != n {
				continue
			}
			header, when := [8]byte{1}, at
			if text, ok := strings.CutPrefix(line, onStderr); ok {
				header[0], line = 2, text
			}
			if text, ok := strings.CutPrefix(line, earlier); ok {
				when, line = at-2, text
			}
			if r.URL.Query().Get("timestamps") == "1" {
				line = began.Add(time.Duration(when)*time.Second).UTC().Format(time.RFC3339Nano) + " " + line
			}
			binary.BigEndian.PutUint32(header[4:], uint32(len(line)))
			_, _ = w.Write(append(header[:], line...))
		}
	}
	b.ended = n >= len(b.parts)-1
}

// of is the container as one of a world's services, and what that hears of its log.
func (b *brittle) of(t *testing.T) (*service, func() []string) {
	t.Helper()
	return one(t, b)
}

// one is a service whose container an engine has, and what is heard of it.
func one(t *testing.T, docker http.Handler) (*service, func() []string) {
	t.Helper()
	server := httptest.NewServer(docker)
	t.Cleanup(server.Close)
	engine, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.41"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, engine.Close()) })
	var mu sync.Mutex
	var heard []string
	w := &World{engine: engine, options: world.Options{Log: func(_ string, line []byte) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, string(line))
	}}}
	s := &service{Service: Service{Name: "app"}, world: w, id: "x"}
	w.services = []*service{s}
	return s, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// Promise: a log that breaks off while its container runs is read on from behind the last
// line: none is lost, and none comes twice.
func TestALogThatBreaksOff(t *testing.T) {
	b := &brittle{parts: [][]string{{"{\"event\":\"a\"}\n", "\n", "half of "}, {"a line\n"}, {}, {"the end\n"}}}
	s, heard := b.of(t)
	assert.EqualError(t, s.follow(t.Context(), began), "ended with status 3")
	assert.Equal(t, []string{`{"event":"a"}`, "", "half of a line", "the end"}, heard())
	after := func(n int) string { return fmt.Sprintf("%d.%09d", began.Unix()+int64(n), began.Nanosecond()+min(n, 1)) }
	assert.Equal(t, []string{after(0), after(3), after(4), after(4)}, b.since)
}

// Promise: a service that ends in the middle of a line has said what stands there.
func TestALogWhoseLastLineHasNoEnd(t *testing.T) {
	b := &brittle{parts: [][]string{{"up\n"}, {"panic: out of luck"}}}
	s, heard := b.of(t)
	assert.EqualError(t, s.follow(t.Context(), began), "ended with status 3")
	assert.Equal(t, []string{"up", "panic: out of luck"}, heard())
	assert.Equal(t, "panic: out of luck", s.last)
}

// Promise: of two streams that are heard at once each line is whole, also a long one that
// comes in parts between which the other says something, and none comes twice.
func TestALogOfTwoStreams(t *testing.T) {
	b := &brittle{parts: [][]string{{"half of ", onStderr + "{\"event\":\"a\"}\n", earlier + "a line\n"}, {"no end", onStderr + "and none here"}}}
	s, heard := b.of(t)
	assert.EqualError(t, s.follow(t.Context(), began), "ended with status 3")
	assert.Equal(t, []string{`{"event":"a"}`, "half of a line", "no end", "and none here"}, heard())
	require.Len(t, b.since, 2)
	assert.Equal(t, fmt.Sprintf("%d.%09d", began.Unix()+2, began.Nanosecond()+1), b.since[1], "behind the latest")
}

// Promise: of a service whose log cannot be read nothing is quiet: what is left behind
// cannot be said, and why is told.
func TestALogThatCannotBeRead(t *testing.T) {
	b := &brittle{mute: errors.New("this driver does not support reading")}
	s, heard := b.of(t)
	done := make(chan error)
	go func() { done <- s.follow(t.Context(), began) }()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, err := s.world.Residue(t.Context())
		assert.ErrorContains(c, err, "service app: nothing is known of what it logs: ")
		assert.ErrorContains(c, err, b.mute.Error())
	}, 5*time.Second, readyEvery)

	b.mu.Lock()
	b.mute, b.parts = nil, [][]string{{}, {"back\n"}}
	b.mu.Unlock()
	assert.EqualError(t, <-done, "ended with status 3")
	assert.Equal(t, []string{"back"}, heard())
}
