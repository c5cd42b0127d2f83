package world

import (
	"bytes"
	"io"
	"sync"
)

// Lines cuts what a service writes into lines. Any number of goroutines may write.
type Lines struct {
	Each func(line []byte) // is told of each, without its end; one at a time

	mu   sync.Mutex
	rest []byte
}

var _ io.Writer = (*Lines)(nil)

// Write implements [io.Writer]. It never fails.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.Each(line)
		l.rest = rest
	}
}

// Flush tells of a last line that has no end.
func (l *Lines) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.Each(l.rest)
	}
}
