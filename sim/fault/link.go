package fault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
)

// Patience of a probe on a link that works, and its wait on one that is to be
// dead, on the world's own clock.
const (
	patience = 2 * time.Second
	silence  = 500 * time.Millisecond
)

// Link is a fault on the links to a dependency.
type Link struct {
	dependency string
	replicas   []int // none means all
	toxics     []toxic.Toxic
	probes     []*probe
}

// probe holds a connection that was open before the fault.
type probe struct {
	link world.Link
	open net.Conn
	ask  world.RoundTrip
}

// On disturbs every replica's link to a dependency.
func On(dependency string, toxics ...toxic.Toxic) *Link {
	return &Link{dependency: dependency, toxics: toxics}
}

// Of restricts the fault to some replicas, which count from 1.
func (l *Link) Of(replicas ...int) *Link {
	return &Link{dependency: l.dependency, replicas: replicas, toxics: l.toxics}
}

// Name implements [Fault].
func (l *Link) Name() string {
	names := []string{}
	for _, t := range l.toxics {
		names = append(names, t.Name())
	}
	return l.dependency + ": " + strings.Join(names, ", ")
}

func (l *Link) links(w world.World) ([]world.Link, error) {
	var links []world.Link
	for _, link := range w.Links() {
		id := link.ID()
		if id.Dependency == l.dependency && (len(l.replicas) == 0 || slices.Contains(l.replicas, id.Replica)) {
			links = append(links, link)
		}
	}
	if len(links) == 0 {
		return nil, fmt.Errorf("the world has no link to %q", l.dependency)
	}
	return links, nil
}

// Inject implements [Fault]. Before that it opens a connection on each link,
// for the probe.
func (l *Link) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	links, err := l.links(w)
	if err != nil {
		return nil, err
	}
	l.probes = nil
	for _, link := range links {
		p := &probe{link: link}
		if err := p.connect(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%w before the fault on %s: %w", ErrProbe, link.ID(), err), l.hangUp())
		}
		l.probes = append(l.probes, p)
	}
	var undo []func(context.Context) error
	heal := func(ctx context.Context) error {
		var errs []error
		for _, one := range slices.Backward(undo) {
			errs = append(errs, one(ctx))
		}
		return errors.Join(errors.Join(errs...), l.hangUp())
	}
	for _, link := range links {
		for _, t := range l.toxics {
			if err := disturb(ctx, link, t, w.Speed(), &undo); err != nil {
				return nil, errors.Join(err, heal(context.WithoutCancel(ctx)))
			}
		}
	}
	return heal, nil
}

// disturb applies one toxic and notes how to undo what was done.
func disturb(ctx context.Context, link world.Link, t toxic.Toxic, speed float64, undo *[]func(context.Context) error) error {
	list := t.Toxics(speed)
	if len(list) == 0 {
		*undo = append(*undo, func(ctx context.Context) error { return link.SetEnabled(ctx, true) })
		return link.SetEnabled(ctx, false)
	}
	for _, one := range list {
		if err := link.AddToxic(ctx, one); err != nil {
			return err
		}
		*undo = append(*undo, func(ctx context.Context) error { return link.RemoveToxic(ctx, one.Name) })
	}
	return nil
}

func (l *Link) hangUp() error {
	for _, p := range l.probes {
		_ = p.open.Close()
	}
	return nil
}

// Bites implements [Prober]: neither the connection that was open nor a fresh
// one gets an answer in time.
func (l *Link) Bites(ctx context.Context, _ world.World) error {
	for _, p := range l.probes {
		if err := answered(ctx, p.ask); err == nil {
			return fmt.Errorf("%s answers on a connection that was open", p.link.ID())
		}
		fresh := &probe{link: p.link}
		within, cancel := context.WithTimeout(ctx, silence)
		err := fresh.connect(within)
		cancel()
		if fresh.open != nil {
			_ = fresh.open.Close()
		}
		if err == nil {
			return fmt.Errorf("%s answers on a fresh connection", p.link.ID())
		}
	}
	return ctx.Err()
}

func answered(ctx context.Context, ask world.RoundTrip) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	return ask(ctx)
}

// Gone implements [Prober]: a fresh connection on each link gets its answer.
func (l *Link) Gone(ctx context.Context, w world.World) error {
	links, err := l.links(w)
	if err != nil {
		return err
	}
	for _, link := range links {
		p := &probe{link: link}
		if err := p.connect(ctx); err != nil {
			return fmt.Errorf("%s does not answer: %w", link.ID(), err)
		}
		_ = p.open.Close()
	}
	return nil
}

// connect opens a connection and has one question answered on it.
func (p *probe) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	if p.open, err = p.link.Dial(ctx); err != nil {
		return err
	}
	if p.ask, err = p.link.Greet(ctx, p.open); err != nil {
		return err
	}
	return p.ask(ctx)
}
