package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// promises are when this handling of a message promised stock to its order that had not
// been promised to it, through all its tries.
type promises map[fulfil.SKU]time.Time

// reserve promises the stock of every line to the order. One that is sold out is
// refused.
func (w *Worker) reserve(ctx context.Context, o *fulfil.Order, made promises) error {
	for _, line := range o.State().Lines {
		err := w.stock(ctx, line.SKU, func(s *fulfil.Stock) error {
			if !s.Holds(o.ID()) {
				made[line.SKU] = time.Now()
			}
			return s.Reserve(o.ID(), line.Quantity, w.by("order "+string(o.ID())))
		})
		if errors.Is(err, fulfil.ErrRule) || errors.Is(err, fulfil.ErrNotFound) {
			return refused(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// giveBack gives back what is promised to an order that was set aside because not all of it
// could be. Only once that is stored: another worker that has the order in hand too, and
// finds these pieces promised, can no longer go on with it. What the worker that set it
// aside did not come to is done by whoever gets its message next. An order in quarantine
// keeps what it has.
func (w *Worker) giveBack(ctx context.Context, o *fulfil.Order) error {
	if o.State().Reserved || w.Controls().Quarantines(o.ID()) {
		return nil
	}
	if err := w.unchanged(ctx, o); err != nil {
		return err
	}
	return w.eachStock(ctx, o, func(s *fulfil.Stock) error {
		return s.Release(o.ID(), w.by("order "+string(o.ID())+" cannot be served"))
	})
}

// unchanged is a conflict where somebody has released the order meanwhile: what is promised
// to it is no longer this worker's to give back.
func (w *Worker) unchanged(ctx context.Context, o *fulfil.Order) error {
	now, err := fulfil.LoadOrder(ctx, w.Repository, o.ID())
	if err == nil && now.Version() != o.Version() {
		return fmt.Errorf("order %s: %w", o.ID(), fulfil.ErrConflict)
	}
	return err
}

// refused marks what only a person can mend.
func refused(err error) error { return fmt.Errorf("%w: %v", fulfil.ErrRejected, err) }

// takeBack gives back what was promised to an order after it had been delivered: by a
// worker that stood still meanwhile, for longer than its lease, so that another one
// delivered the order and took its pieces out of the stock. What it promised before it
// stood still is what the other one has found promised.
func (w *Worker) takeBack(ctx context.Context, o *fulfil.Order, made promises) error {
	var all []error
	for sku, at := range made {
		if !at.After(o.State().DeliveredAt) {
			continue
		}
		all = append(all, w.stock(ctx, sku, func(s *fulfil.Stock) error {
			return s.Release(o.ID(), w.by("order "+string(o.ID())+" was delivered before"))
		}))
	}
	return errors.Join(all...)
}

// ship takes what was delivered out of the stock.
func (w *Worker) ship(ctx context.Context, o *fulfil.Order) error {
	return w.eachStock(ctx, o, func(s *fulfil.Stock) error {
		return s.Ship(o.ID(), w.by("order "+string(o.ID())+" delivered"))
	})
}

func (w *Worker) eachStock(ctx context.Context, o *fulfil.Order, change func(*fulfil.Stock) error) error {
	for _, line := range o.State().Lines {
		err := w.stock(ctx, line.SKU, change)
		if err != nil && !errors.Is(err, fulfil.ErrNotFound) {
			return err
		}
	}
	return nil
}

// stock changes one item's stock. It retries conflicts by itself: a hot item
// must not send the whole order back.
func (w *Worker) stock(ctx context.Context, sku fulfil.SKU, change func(*fulfil.Stock) error) error {
	err := w.changeStock(ctx, sku, change)
	if errors.Is(err, fulfil.ErrConflict) {
		return fmt.Errorf("stock of %s: %w", sku, errContended) // not the order's own conflict
	}
	return err
}

func (w *Worker) changeStock(ctx context.Context, sku fulfil.SKU, change func(*fulfil.Stock) error) error {
	if w.commits != nil {
		return w.commits.change(ctx, sku, change)
	}
	return w.conflicts(sku).Do(ctx, func() error {
		s, err := fulfil.LoadStock(ctx, w.Repository, sku)
		if err != nil {
			return err
		}
		if err := change(s); err != nil {
			return err
		}
		return w.Repository.Save(ctx, s)
	})
}

// conflicts is how those of an item's stock are retried, and noted.
func (w *Worker) conflicts(sku fulfil.SKU) Retry {
	retry := w.Retry
	retry.Conflict = func() { w.Contention.Note(sku) }
	retry.Exhausted = func() {
		if w.Retry.Exhausted != nil {
			w.Retry.Exhausted()
		}
		w.Log.Warn("stock.conflicts_exhausted", "sku", sku)
	}
	return retry
}

// park sets the order aside when cause says that only a person can help.
func (w *Worker) park(ctx context.Context, o *fulfil.Order, cause error) error {
	if !errors.Is(cause, fulfil.ErrRejected) {
		return cause
	}
	if err := w.setAside(ctx, o, cause.Error(), "cannot go on"); err != nil {
		return err
	}
	return w.giveBack(ctx, o)
}

func (w *Worker) setAside(ctx context.Context, o *fulfil.Order, note, reason string) error {
	if err := o.Park(note, w.by(reason)); err != nil {
		return err
	}
	if err := w.Repository.Save(ctx, o); err != nil {
		return err
	}
	w.Metrics.Parked.Inc()
	w.Log.Warn("order.parked", "order", o.ID(), "reason", note)
	return nil
}

// dispatch pins the order to the warehouse on its route, saves that, and only
// then asks the warehouse.
func (w *Worker) dispatch(ctx context.Context, o *fulfil.Order) error {
	controls := w.Controls()
	to := controls.RouteFor(o.ID(), time.Now())
	if controls.SinkPaused || !w.Sink.Ready(to) {
		return errors.Join(errHeld, w.Repository.Save(ctx, o)) // keeps what is allocated
	}
	if aside, err := w.misquoted(ctx, o); aside || err != nil {
		return err
	}
	s := o.State()
	items := 0
	for _, line := range s.Lines {
		items += line.Quantity
	}
	label, err := w.Carriers.Label(ctx, s.Carrier, fulfil.Parcel{Order: o.ID(), Items: items})
	if errors.Is(err, fulfil.ErrUnavailable) {
		return errors.Join(err, w.Repository.Save(ctx, o)) // its carrier may answer later
	}
	if err != nil {
		return w.park(ctx, o, refused(err))
	}
	if err := o.Dispatch(to, label, w.by("route "+string(to))); err != nil {
		return err
	}
	if err := w.Repository.Save(ctx, o); err != nil {
		return err
	}
	return w.deliver(ctx, o)
}

// deliver asks the warehouse that the order is pinned to.
func (w *Worker) deliver(ctx context.Context, o *fulfil.Order) error {
	to := o.State().Warehouse
	err := w.Sink.Deliver(ctx, to, o.Delivery())
	ctx = context.WithoutCancel(ctx) // what the warehouse said must be kept
	switch {
	case err == nil:
		return w.confirm(ctx, o, "the warehouse answered")
	case errors.Is(err, fulfil.ErrInDoubt):
		return w.doubt(ctx, o, err)
	case errors.Is(err, fulfil.ErrRejected):
		w.Log.Error("delivery.rejected", "order", o.ID(), "warehouse", to, "reason", err.Error())
		if err := o.Return(false, w.by("rejected")); err != nil {
			return err
		}
		return w.park(ctx, o, err)
	}
	if err := o.Return(false, w.by("not received")); err != nil {
		return err
	}
	return errors.Join(err, w.Repository.Save(ctx, o))
}

// doubt keeps that nobody knows whether the warehouse has the delivery, so that a
// person can see it, and find out.
func (w *Worker) doubt(ctx context.Context, o *fulfil.Order, why error) error {
	if o.Status() == fulfil.InDoubt {
		return why
	}
	if err := o.Doubt(why.Error(), w.by("no answer")); err != nil {
		return err
	}
	w.Log.Warn("delivery.in_doubt", "order", o.ID(), "warehouse", o.State().Warehouse, "reason", why.Error())
	return errors.Join(why, w.Repository.Save(ctx, o))
}

func (w *Worker) confirm(ctx context.Context, o *fulfil.Order, reason string) error {
	if err := o.Confirm(w.by(reason)); err != nil {
		return err
	}
	if err := w.Repository.Save(ctx, o); err != nil && (errors.Is(err, fulfil.ErrConflict) || !w.confirmed(ctx, o)) {
		return err
	}
	s := o.State()
	promise := "kept"
	if s.DeliveredAt.Sub(s.PlacedAt) > w.Promise {
		promise = "broken"
	}
	w.Metrics.Delivered.WithLabelValues(promise).Inc()
	return w.ship(ctx, o)
}

// confirmed reports whether the delivery that o tells of is stored, although the answer to
// the save was lost: what somebody else has confirmed was delivered at another time.
func (w *Worker) confirmed(ctx context.Context, o *fulfil.Order) bool {
	stored, err := fulfil.LoadOrder(ctx, w.Repository, o.ID())
	return err == nil && stored.State().DeliveredAt.Equal(o.State().DeliveredAt)
}

// resolve asks the warehouse that an order is pinned to whether it has it. When
// it has not, it never will by that attempt, and the order is free to go on.
func (w *Worker) resolve(ctx context.Context, o *fulfil.Order) error {
	s := o.State()
	received, err := w.Sink.Lookup(ctx, s.Warehouse, o.Delivery().Key, s.Attempts)
	if err != nil {
		return w.doubt(ctx, o, err) // whoever asked the warehouse may not be there any more to note it
	}
	if received {
		w.Log.Info("delivery.confirmed_by_lookup", "order", o.ID(), "warehouse", s.Warehouse)
		return w.confirm(ctx, o, "look-up: received")
	}
	if err := o.Return(false, w.by("look-up: not received")); err != nil {
		return err
	}
	return w.dispatch(ctx, o)
}
