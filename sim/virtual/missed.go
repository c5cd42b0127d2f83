package virtual

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// way is from a host to an address that it dials.
type way struct{ from, address string }

// over is the way of a link, and past one that goes where it leads, but not over it.
func (l *link) over() way { return way{l.From, l.Addr} }
func (l *link) past() way { return way{l.From, l.To} }

// seen notes what a host has dialled: over a link, or straight to either end of one.
func (w *World) seen(host, address string, over *link) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if over != nil || slices.ContainsFunc(w.links, func(l *link) bool { return address == l.Addr || address == l.To }) {
		w.dialled[way{host, address}] = true
	}
}

// Missed implements [world.Watchful].
func (w *World) Missed(context.Context) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	reached := map[string]bool{} // dependencies
	var disturbed []*link
	for _, l := range w.links {
		if l.wasDisturbed() {
			disturbed = append(disturbed, l)
			reached[l.Link.ID.Dependency] = reached[l.Link.ID.Dependency] || w.dialled[l.over()]
		}
	}
	var missed []string
	for _, l := range disturbed {
		switch {
		case w.dialled[l.past()] && !w.linked(l.past()):
			missed = append(missed, fmt.Sprintf("%s has dialled %s itself, past link %s: let it dial that link's Addr, %s", l.From, l.To, l.ID(), l.Addr))
		case !reached[l.Link.ID.Dependency]:
			missed = append(missed, fmt.Sprintf("%s has never come over link %s: look whether that is who dials (From), and %s what it dials (Addr)%s", l.From, l.ID(), l.Addr, w.others(l)))
		}
	}
	return missed, nil
}

// others tells who else has dialled either end of a link. The caller holds the lock.
func (w *World) others(l *link) string {
	var names []string
	for at := range w.dialled {
		if at.from != l.From && (at.address == l.Addr || at.address == l.To) && !w.linked(at) {
			names = append(names, fmt.Sprintf("; %s has dialled %s straight", at.from, at.address))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

// linked reports whether a way is that of a link. The caller holds the lock.
func (w *World) linked(at way) bool {
	return slices.ContainsFunc(w.links, func(l *link) bool { return l.over() == at })
}
