package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/drillbook/drillbook/reference_app"
)

// suspect notes, with the worker's last breath, that the order crashed it.
func (w *Worker) suspect(ctx context.Context, id fulfil.OrderID, panicked string) {
	const most = 200 // bytes of a panic are enough to know it again
	err := w.suspects(ctx, func(s *fulfil.Suspects) error {
		return s.Crashed(id, panicked[:min(len(panicked), most)], w.by("handler panicked"))
	})
	if err != nil {
		w.Log.Error("suspect.not_noted", "order", id, "reason", err.Error())
	}
}

// clear takes an order off the list of suspects once it has been handled.
func (w *Worker) clear(ctx context.Context, id fulfil.OrderID) error {
	return w.suspects(ctx, func(s *fulfil.Suspects) error { return s.Clear(id, w.by("handled without a crash")) })
}

func (w *Worker) suspects(ctx context.Context, change func(*fulfil.Suspects) error) error {
	return w.Retry.Do(ctx, func() error {
		s, err := fulfil.LoadSuspects(ctx, w.Repository)
		if err != nil {
			return err
		}
		if err := change(s); err != nil {
			return err
		}
		return w.Repository.Save(ctx, s)
	})
}

// quarantined reports whether an operator has the order in quarantine, where it
// can still be set aside. A copy of the controls that says so may be older than the
// order's release, so they are read once more.
func (w *Worker) quarantined(ctx context.Context, o *fulfil.Order) (bool, error) {
	if o.Done() || o.Status() == fulfil.Parked || !w.Controls().Quarantines(o.ID()) {
		return false, nil
	}
	controls := fulfil.NewControls()
	if err := w.Repository.Load(ctx, controls); err != nil && !errors.Is(err, fulfil.ErrNotFound) {
		return false, err
	}
	return controls.State().Quarantines(o.ID()), nil
}

// isolate sets an order in quarantine aside. One that is pinned waits, in doubt, for
// a person to say what the warehouse has: no worker may go on to look it up.
func (w *Worker) isolate(ctx context.Context, o *fulfil.Order) error {
	if o.Pinned() {
		return w.doubt(ctx, o, fmt.Errorf("in quarantine: %w", errHeld))
	}
	return w.setAside(ctx, o, "in quarantine", "quarantine")
}
