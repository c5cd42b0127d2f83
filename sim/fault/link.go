package fault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
	"golang.org/x/sync/errgroup"
)

// Link is a fault on the links to a dependency.
type Link struct {
	dependency string
	replicas   []int // none means all
	toxics     []toxic.Toxic
	probes     []*probe // connections that were open before the fault
	taken      taken
}

var (
	_ Prober  = (*Link)(nil)
	_ Fitting = (*Link)(nil)
)

// On disturbs every replica's link to a dependency. With several toxics a link has all of
// them at once, each kind once: it is slow, or loses answers, or both; and where one lets
// nothing pass, nothing does.
func On(dependency string, toxics ...toxic.Toxic) *Link {
	return &Link{dependency: dependency, toxics: toxics}
}

// Of restricts the fault to some replicas, which count from 1. One that the world has no
// link of is an error before anything starts.
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

// links are those of the fault. Each replica that it names has one, or there is none of
// them: a fault that is smaller than it says would pass for the one that was asked for.
func (l *Link) links(w world.World) ([]world.Link, error) {
	var links []world.Link
	var there []int // replicas
	for _, link := range w.Links() {
		id := link.ID()
		if id.Dependency != l.dependency {
			continue
		}
		there = append(there, id.Replica)
		if len(l.replicas) == 0 || slices.Contains(l.replicas, id.Replica) {
			links = append(links, link)
		}
	}
	if len(there) == 0 {
		return nil, fmt.Errorf("no link to %q; there are links to %s", l.dependency, cmp.Or(strings.Join(dependencies(w), ", "), "nothing"))
	}
	for _, replica := range l.replicas {
		if !slices.Contains(there, replica) {
			return nil, fmt.Errorf("no link to %q of replica %d; there are those of %v", l.dependency, replica, there)
		}
	}
	return links, nil
}

// dependencies are those that the world has links to.
func dependencies(w world.World) []string {
	var all []string
	for _, link := range w.Links() {
		all = append(all, link.ID().Dependency)
	}
	return slices.Compact(all) // they are sorted
}

// Inject implements [Fault]. Before that it opens a connection on each link,
// for the probe. One that was only slowed stays open when the fault is healed, so that
// Bites can tell that its answers come as early as ever; Gone hangs up.
func (l *Link) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	return l.taken.inject(l.Name(), func() (func(context.Context) error, error) { return l.inject(ctx, w) })
}

func (l *Link) inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	links, err := l.links(w)
	if err != nil {
		return nil, err
	}
	if err := l.distinct(w.Speed()); err != nil {
		return nil, err
	}
	if err := l.openProbes(ctx, links, w.Speed()); err != nil {
		l.hangUp()
		return nil, err
	}
	var undo []func(context.Context) error
	heal := func(ctx context.Context) error {
		var errs []error
		for _, one := range slices.Backward(undo) {
			errs = append(errs, one(ctx))
		}
		if l.slow() == nil {
			l.hangUp() // what nothing passed on is of no use any more
		}
		return errors.Join(errs...)
	}
	for _, link := range links {
		for _, t := range l.toxics {
			if err := disturb(ctx, link, t, w.Speed(), &undo); err != nil {
				err = errors.Join(err, heal(context.WithoutCancel(ctx)))
				l.hangUp()
				return nil, err
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

func (l *Link) openProbes(ctx context.Context, links []world.Link, speed float64) error {
	l.probes = nil
	for _, link := range links {
		p, err := connect(ctx, link, patience)
		if err == nil {
			l.probes = append(l.probes, p)
			err = p.measure(ctx)
		}
		if err != nil {
			return fmt.Errorf("%w before the fault on %s: %w", ErrProbe, link.ID(), err)
		}
		if err := l.roomy(p, speed); err != nil {
			return err
		}
	}
	return nil
}

func (l *Link) hangUp() {
	for _, p := range l.probes {
		_ = p.open.Close()
	}
}

// Bites implements [Prober]: answers come as late as the toxics have them, as few
// of them, or, where nothing is to pass, none at all.
func (l *Link) Bites(ctx context.Context, w world.World) error {
	group, ctx := errgroup.WithContext(ctx) // all at once: the budget to detect runs
	for _, p := range l.probes {
		group.Go(func() error { return l.bites(ctx, p, w.Speed()) })
	}
	return group.Wait()
}

func (l *Link) bites(ctx context.Context, p *probe, speed float64) error {
	slow, loss := l.slow(), l.loss()
	if slow == nil && loss == 0 {
		return p.silent(ctx)
	}
	if slow != nil {
		if err := slow.bites(ctx, p, speed); err != nil {
			return err
		}
	}
	if loss > 0 {
		return loss.bites(ctx, p, slow.limit(speed, p.usual))
	}
	return nil
}

// silent sees no answer in time, neither on the connection that was open nor on
// a fresh one.
func (p *probe) silent(ctx context.Context) error {
	if _, err := p.trip(ctx, silence); err == nil {
		return fmt.Errorf("%s answers on a connection that was open", p.link.ID())
	}
	if fresh, err := connect(ctx, p.link, silence); err == nil {
		_ = fresh.open.Close()
		return fmt.Errorf("%s answers on a fresh connection", p.link.ID())
	}
	return nil
}

// Gone implements [Prober]: a fresh connection on each link gets its answer, as
// early as before the fault.
func (l *Link) Gone(ctx context.Context, w world.World) error {
	links, err := l.links(w)
	if err != nil {
		return err
	}
	for _, link := range links {
		p, err := connect(ctx, link, patience)
		if err != nil {
			return fmt.Errorf("%s does not answer: %w", link.ID(), err)
		}
		if slow := l.slow(); slow != nil {
			err = slow.gone(ctx, p, w.Speed(), l.usual(link.ID()))
		}
		if loss := l.loss(); err == nil && loss > 0 {
			err = loss.gone(ctx, p)
		}
		_ = p.open.Close()
		if err != nil {
			return err
		}
	}
	l.hangUp()
	return nil
}

// usual is what a round trip on a link took before the fault.
func (l *Link) usual(id world.LinkID) trip {
	for _, p := range l.probes {
		if p.link.ID() == id {
			return p.usual
		}
	}
	return trip{}
}
