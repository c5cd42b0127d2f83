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
	log := &position{next: since}
	out, errs := s.stream(log), s.stream(log)
	s.hears(hearing{})
	for pause := readyEvery; ; pause = min(2*pause, steadyLog) {
		began, from := time.Now(), log.next
		unread := s.read(ctx, out, errs)
		if ctx.Err() != nil {
			return nil
		}
		seen, err := s.world.engine.ContainerInspect(ctx, s.id, client.ContainerInspectOptions{})
		if err != nil {
			return errors.Join(unread, err)
		}
		if state := seen.Container.State; state == nil || !state.Running {
			out.Flush() // its last words may have no end
			errs.Flush()
			return ended(state)
		}
		if log.next.After(from) || time.Since(began) > steadyLog {
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

// read passes on what is logged from the position of both streams on, until that breaks
// off.
func (s *service) read(ctx context.Context, out, errs *stamped) error {
	logs, err := s.world.engine.ContainerLogs(ctx, s.id, client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true, Follow: true, Timestamps: true, Since: out.at.next.Format(time.RFC3339Nano)})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.hearing.opened = time.Now()
	s.mu.Unlock()
	_, err = stdcopy.StdCopy(out, errs, logs)
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

// position is how far a log has been read, of both its streams.
type position struct {
	next time.Time // just after the latest message
}

// stamped is one stream of a log. It takes off the time that the engine writes before
// each message, which is one write, and notes it. Of a long line each part is a message,
// between which those of the other stream may come; all parts have the time of the first.
type stamped struct {
	world.Lines
	at *position
}

func (s *service) stream(at *position) *stamped {
	return &stamped{Lines: world.Lines{Each: s.logged}, at: at}
}

// Write implements [io.Writer].
func (s *stamped) Write(p []byte) (int, error) {
	text := p
	stamp, rest, _ := bytes.Cut(p, []byte(" "))
	if at, err := time.Parse(time.RFC3339Nano, string(stamp)); err == nil {
		text = rest
		if next := at.Add(time.Nanosecond); next.After(s.at.next) {
			s.at.next = next
		}
	}
	_, err := s.Lines.Write(text)
	return len(p), err
}
