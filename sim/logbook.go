package sim

import (
	"slices"
	"sync"

	"github.com/drillbook/drillbook/sim/signal"
)

// logbook keeps what is logged before there is a watch to tell.
type logbook struct {
	mu    sync.Mutex
	watch *signal.Watch
	early []logged
}

type logged struct {
	service string
	line    []byte
}

func (l *logbook) hear(service string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watch == nil {
		l.early = append(l.early, logged{service, slices.Clone(line)})
		return
	}
	l.watch.Log(service, line)
}

// follow tells a watch from now on, and who has logged before. While a world starts, what a
// service needs may not be there yet: who crashes then, or logs an error, has not in the
// drill.
func (l *logbook) follow(w *signal.Watch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watch = w
	for _, one := range l.early {
		w.Hear(one.service, one.line)
	}
	l.early = nil
}
