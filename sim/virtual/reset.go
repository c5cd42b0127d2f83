package virtual

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// resetPeer is the one toxic that toxiproxy cannot do here: it sets an option
// of a TCP socket. The link resets connections itself.
const resetPeer = "reset_peer"

// addReset has every connection reset, after the toxic's "timeout" in
// milliseconds. The caller does not hold the lock.
func (l *link) addReset(t world.Toxic) error {
	if _, err := delayOf(t); err != nil {
		return err
	}
	switch {
	case t.Stream != world.Upstream && t.Stream != world.Downstream:
		return fmt.Errorf("toxic %s on %s: no such direction: %q", t.Name, l.Link.ID, t.Stream)
	case t.Toxicity != 1:
		return fmt.Errorf("toxic %s on %s: a reset hits all connections, its toxicity is 1", t.Name, l.Link.ID)
	}
	taken := l.proxy.Toxics.GetToxic(t.Name) != nil
	l.mu.Lock()
	defer l.mu.Unlock()
	if taken || l.reset(t.Name) {
		return fmt.Errorf("toxic %s on %s: it is there already", t.Name, l.Link.ID)
	}
	l.resets = append(l.resets, t)
	for c := range l.open {
		l.schedule(t, c)
	}
	return nil
}

// delayOf reads the attribute as toxiproxy does, from JSON.
func delayOf(t world.Toxic) (time.Duration, error) {
	var attributes struct {
		Timeout int64 `json:"timeout"`
	}
	data, err := json.Marshal(t.Attributes)
	if err == nil {
		err = json.Unmarshal(data, &attributes)
	}
	if err != nil {
		return 0, fmt.Errorf("toxic %s: %w", t.Name, err)
	}
	return time.Duration(attributes.Timeout) * time.Millisecond, nil
}

// removeReset reports whether there was a reset of that name.
func (l *link) removeReset(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.resets)
	l.resets = slices.DeleteFunc(l.resets, func(t world.Toxic) bool { return t.Name == name })
	return len(l.resets) < before
}

// isReset reports whether a name is a reset's.
func (l *link) isReset(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reset(name)
}

// reset is isReset for a caller who holds the lock, as for schedule.
func (l *link) reset(name string) bool {
	return slices.ContainsFunc(l.resets, func(t world.Toxic) bool { return t.Name == name })
}

// schedule resets a connection when the toxic's time has come, if the toxic is
// still there by then.
func (l *link) schedule(t world.Toxic, c *conn) {
	delay, _ := delayOf(t) // addReset has read it before
	if delay <= 0 {
		c.sever()
		return
	}
	time.AfterFunc(delay, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.reset(t.Name) {
			c.sever()
		}
	})
}
