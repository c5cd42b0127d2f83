package containers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// steadyLog is how long a log has to be open to be taken for one that can be read, and
// the most that is waited before it is opened again.
const steadyLog = time.Second

// hearing is what is known of a container's log.
type hearing struct {
	opened time.Time // zero while it is not
	failed error     // why it was closed soon after, or not opened at all, the last time
}

// deaf returns why the log cannot be read, if so.
func (h hearing) deaf() error {
	if h.failed == nil || !h.opened.IsZero() && time.Since(h.opened) > steadyLog {
		return nil
	}
	return h.failed
}

var errBreaksOff = errors.New("its log breaks off again and again")

// follow passes the container's log on, line by line, until the container ends. A log
// that breaks off before is read on from behind the last line: what is not heard of a
// service would be taken for what it has not said.
func (s *service) follow(ctx context.Context, since time.Time) error {
	out := &stamped{next: since, Lines: world.Lines{Each: s.logged}}
	s.hears(hearing{})
	for pause := readyEvery; ; pause = min(2*pause, steadyLog) {
		began, from := time.Now(), out.next
		unread := s.read(ctx, out)
		if ctx.Err() != nil {
			return nil
		}
		seen, err := s.world.engine.ContainerInspect(ctx, s.id, client.ContainerInspectOptions{})
		if err != nil {
			return errors.Join(unread, err)
		}
		if state := seen.Container.State; state == nil || !state.Running {
			out.Flush() // its last words may have no end
			return ended(state)
		}
		if out.next.After(from) || time.Since(began) > steadyLog {
			pause = readyEvery
		}
		if unread == nil && pause == steadyLog {
			unread = errBreaksOff
		}
		s.hears(hearing{failed: unread})
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}

// read passes on what is logged from a time on, until that breaks off.
func (s *service) read(ctx context.Context, out *stamped) error {
	logs, err := s.world.engine.ContainerLogs(ctx, s.id, client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true, Follow: true, Timestamps: true, Since: out.next.Format(time.RFC3339Nano)})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.hearing.opened = time.Now()
	s.mu.Unlock()
	_, err = stdcopy.StdCopy(out, out, logs)
	return errors.Join(err, logs.Close())
}

func (s *service) hears(h hearing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hearing = h
}

// unheard is an error where nothing is known of what a service logs that runs.
func (s *service) unheard() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if why := s.hearing.deaf(); why != nil {
		return fmt.Errorf("service %s: nothing is known of what it logs: %w", s.Name(), why)
	}
	return nil
}

func (s *service) logged(line []byte) {
	s.mu.Lock()
	s.last = string(line)
	s.mu.Unlock()
	s.world.logLine(s.Name(), line)
}

// stamped takes off the time that the engine writes before each message, which is one
// write, and notes it. Of a long line each part is a message.
type stamped struct {
	world.Lines
	next time.Time // just after the last message
}

// Write implements [io.Writer].
func (s *stamped) Write(p []byte) (int, error) {
	text := p
	stamp, rest, _ := bytes.Cut(p, []byte(" "))
	if at, err := time.Parse(time.RFC3339Nano, string(stamp)); err == nil {
		text, s.next = rest, at.Add(time.Nanosecond)
	}
	_, err := s.Lines.Write(text)
	return len(p), err
}
