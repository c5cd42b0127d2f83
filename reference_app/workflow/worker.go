package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
)

// Worker takes messages from the queue and carries their orders on. Set its
// fields before Run.
type Worker struct {
	Repository fulfil.Repository
	Queue      fulfil.Queue
	Sink       fulfil.Sink
	Carriers   fulfil.Carriers
	Controls   func() fulfil.ControlsState
	// Healthy reports whether the repository answered lately: without it, taking
	// messages would only use up their attempts. Nil means always.
	Healthy func() bool
	// Suspects reports whether an order is suspected, for all that is known. Nil means that
	// one is only when its message has come before.
	Suspects func(fulfil.OrderID) bool
	// Contention is told which items' stock conflicts; nil is nobody.
	Contention *Contention
	Metrics    *telemetry.Metrics
	Log        *slog.Logger

	Slots       int           // messages in hand at a time
	MostSlots   int           // as many of those as an operator may ask for; Slots when that is more
	LaneSlots   int           // messages of the lane in hand at a time, beside those; 0 leaves the lane to other processes
	MaxAttempts int           // of a message, before it becomes a dead letter
	Backoff     time.Duration // before the second attempt, doubling
	Promise     time.Duration // from accepted to delivered
	Idle        time.Duration // between looks while no delivery may begin
	Retry       Retry         // of version conflicts
	Actor       string        // in events

	// Tariff is what was stored at that time or later, by which quotes are judged
	// before a delivery leaves the house; nil means that they are not. TariffGrace
	// is how long an old price is honoured.
	Tariff      func(ctx context.Context, notBefore time.Time) (*fulfil.Tariff, error)
	TariffGrace time.Duration
	commits     *commits // set in the lane only
}

var (
	// errLater: the order cannot go on now; the message is to come again.
	errLater = errors.New("later")
	// errContended: others were faster at every try; the message is to come again.
	errContended = errors.New("others changed it at every try")
	// errHeld: no delivery may begin now, whichever it is.
	errHeld = errors.New("held")
)

// Run works until ctx is done and finishes what is in hand by then, at the
// latest when hard is done. It returns the error of a handler that panicked.
func (w *Worker) Run(ctx, hard context.Context) error {
	asked := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var slots sync.WaitGroup
	for n := range w.most() {
		slots.Go(func() {
			if err := w.slot(ctx, hard, n); err != nil {
				cancel(err)
			}
		})
	}
	if w.LaneSlots > 0 {
		slots.Go(func() { w.lane(ctx, hard, cancel) })
	}
	slots.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Cause(asked)) {
		return err
	}
	return nil
}

func (w *Worker) most() int { return max(w.Slots, w.MostSlots) }

// Size is how many messages may be in hand at a time, as the controls have it.
func (w *Worker) Size() int {
	if to := w.Controls().Workers; to > 0 {
		return min(to, w.most())
	}
	return w.Slots
}

// slot works while the pool is large enough for it. One that is too many
// finishes the message that it has, or waits for: a receipt that is broken off
// would hide its message until the lease expires.
func (w *Worker) slot(ctx, hard context.Context, n int) error {
	for ctx.Err() == nil {
		if n >= w.Size() {
			pause(ctx, w.Idle)
			continue
		}
		w.Metrics.Workers.Inc()
		err := w.work(ctx, hard, n)
		w.Metrics.Workers.Dec()
		if err != nil {
			return err
		}
	}
	return nil
}

// work takes messages for as long as the n-th slot is wanted.
func (w *Worker) work(ctx, hard context.Context, n int) error {
	for ctx.Err() == nil && n < w.Size() {
		lease := w.take(ctx, w.Queue.Receive)
		if lease == nil {
			continue
		}
		if err := w.Handle(hard, lease); err != nil {
			return err
		}
	}
	return nil
}

// take waits for a message, and returns nil after a pause when there cannot be
// one now.
func (w *Worker) take(ctx context.Context, receive func(context.Context) (fulfil.Lease, error)) fulfil.Lease {
	if !w.mayDeliver() {
		pause(ctx, w.Idle)
		return nil
	}
	lease, err := receive(ctx)
	if err != nil {
		pause(ctx, w.Idle)
		return nil
	}
	return lease
}

// mayDeliver reports whether a new delivery could begin: not while an operator
// has paused it, nor while no warehouse on the route would be tried, nor without
// the repository.
func (w *Worker) mayDeliver() bool {
	s := w.Controls()
	if s.SinkPaused || !w.healthy() {
		return false
	}
	if w.Sink.Ready(s.Target()) {
		return true
	}
	return s.Ramping(time.Now()) && w.Sink.Ready(s.RampFrom)
}

// Handle carries one message's order on and answers the lease. Its error is a
// panic of a handler; everything else has been dealt with.
func (w *Worker) Handle(ctx context.Context, lease fulfil.Lease) (crash error) {
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("handler.panicked", "order", lease.Message().Order, "panic", fmt.Sprint(r))
			w.suspect(ctx, lease.Message().Order, fmt.Sprint(r))
			crash = fmt.Errorf("order %s: panic: %v", lease.Message().Order, r)
		}
	}()
	if lease.Attempt() > 1 {
		w.Metrics.Redeliveries.Inc()
	}
	made := promises{}
	err := w.Retry.Do(ctx, func() error { return w.carryOn(ctx, lease.Message().Order, made) })
	if err == nil && (lease.Attempt() > 1 || w.suspected(lease.Message().Order)) {
		err = w.clear(ctx, lease.Message().Order)
	}
	w.answer(ctx, lease, err)
	return nil
}

// suspected knows of an order whose message has a fresh count: it was handed over, or redriven.
func (w *Worker) suspected(id fulfil.OrderID) bool { return w.Suspects != nil && w.Suspects(id) }

func (w *Worker) healthy() bool { return w.Healthy == nil || w.Healthy() }

// answer gives the lease back; no attempt is the last when it ended for what is
// not the order's fault. It is counted all the same: a queue counts deliveries, and knows
// nothing of why they ended. An answer that does not arrive means that the message
// comes again, which every step can bear.
func (w *Worker) answer(ctx context.Context, lease fulfil.Lease, err error) {
	if err == nil {
		_ = lease.Ack(ctx)
		return
	}
	if errors.Is(err, errLaned) {
		if lease.HandOver(ctx) == nil {
			w.Metrics.HandedOver.Inc()
		}
		return
	}
	unknown := errors.Is(err, fulfil.ErrNotFound)
	if !unknown && (lease.Attempt() < w.MaxAttempts || w.blameless(err)) {
		_ = lease.Retry(ctx, w.backoff(lease.Attempt()))
		return
	}
	if lease.DeadLetter(ctx, err.Error()) == nil {
		w.Metrics.DeadLettered.Inc()
		w.Log.Error("delivery.dead_lettered", "order", lease.Message().Order, "attempts", lease.Attempt(), "reason", err.Error())
	}
}

// blameless reports that any order would have failed: without the repository, or
// while that takes no writes, while deliveries are held, while the warehouse or the carrier
// has too much in hand to be asked, or the carrier is not here yet, with a credential that no
// warehouse takes, or while everybody wants the same item.
func (w *Worker) blameless(err error) bool {
	return !w.healthy() || errors.Is(err, fulfil.ErrReadOnly) || errors.Is(err, errHeld) || errors.Is(err, fulfil.ErrNotTried) ||
		errors.Is(err, fulfil.ErrUnauthorized) || errors.Is(err, errContended)
}

// backoff doubles up to the last attempt of an order that is to blame; those of
// one that is not go on at that distance.
func (w *Worker) backoff(attempt int) time.Duration {
	return jitter(w.Backoff<<(min(attempt, max(w.MaxAttempts, 1))-1), 0.2)
}

func (w *Worker) by(reason string) fulfil.By { return fulfil.By{Actor: w.Actor, Reason: reason} }

// carryOn does what the order needs next, as far as it goes.
func (w *Worker) carryOn(ctx context.Context, id fulfil.OrderID, made promises) error {
	o, err := fulfil.LoadOrder(ctx, w.Repository, id)
	if err != nil {
		return err
	}
	if held, err := w.quarantined(ctx, o); err != nil {
		return err
	} else if held {
		return w.isolate(ctx, o)
	}
	if w.commits == nil && w.Controls().Laned(o.State().Lines) {
		return errLaned
	}
	switch o.Status() {
	case fulfil.Placed:
		if err := w.reserve(ctx, o, made); err != nil {
			return w.park(ctx, o, err)
		}
		if err := o.Allocate(w.by("stock reserved")); err != nil {
			return err
		}
		return w.dispatch(ctx, o) // saved together with the dispatch
	case fulfil.Allocated:
		return w.dispatch(ctx, o)
	case fulfil.Dispatched, fulfil.InDoubt:
		return w.resolve(ctx, o)
	case fulfil.Parked: // a person has it
		return w.giveBack(ctx, o)
	case fulfil.Delivered:
		// The last step of an attempt that was cut short, or others were faster.
		if err := w.takeBack(ctx, o, made); err != nil {
			return err
		}
		return w.ship(ctx, o)
	}
	return nil // misquoted or cancelled: a person has it, or nobody
}
