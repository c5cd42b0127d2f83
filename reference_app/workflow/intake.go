package workflow

import (
	"context"
	"errors"

	"github.com/drillbook/drillbook/reference_app"
)

// Errors of the intake beside the domain's own.
var (
	// ErrThrottled: more orders come than an operator lets in.
	ErrThrottled = errors.New("throttled")
	// ErrKeyReused: the idempotency key stands for another order already.
	ErrKeyReused = errors.New("idempotency key reused")
)

// Intake accepts orders from customers.
type Intake struct {
	// Gate bounds the work on orders; without one there is no bound. Set it
	// before the first call.
	Gate *Gate

	repository fulfil.Repository
	controls   func() fulfil.ControlsState
	throttles  throttles
}

// NewIntake returns an intake that follows the controls.
func NewIntake(repository fulfil.Repository, controls func() fulfil.ControlsState) *Intake {
	return &Intake{repository: repository, controls: controls, throttles: newThrottles()}
}

// Place makes an order durable, once for each customer and key. It reports
// whether it had been placed before. It returns a [fulfil.RuleError],
// [ErrThrottled], [ErrOverloaded], [ErrKeyReused], or the repository's trouble:
// then the order may or may not be there, and asking again with the same key is
// safe.
//
// Once it has let an order in, it works on it even when the customer hangs up
// meanwhile: half a save helps nobody.
func (i *Intake) Place(ctx context.Context, r fulfil.OrderRequest, key string) (o *fulfil.Order, before bool, err error) {
	if err := r.Validate(); err != nil {
		return nil, false, err
	}
	if !i.throttles.allow(r.CustomerClass(), i.controls()) {
		return nil, false, ErrThrottled
	}
	ctx = context.WithoutCancel(ctx)
	if i.Gate != nil {
		leave, err := i.Gate.Enter(ctx)
		if err != nil {
			return nil, false, err
		}
		defer leave()
	}
	return i.place(ctx, r, key)
}

func (i *Intake) place(ctx context.Context, r fulfil.OrderRequest, key string) (o *fulfil.Order, before bool, err error) {
	id := fulfil.NewOrderID(r.Customer, key)
	o, err = fulfil.PlaceOrder(id, r, fulfil.By{Actor: "customer:" + r.Customer, Reason: "order placed"})
	if err != nil {
		return nil, false, err
	}
	err = i.repository.Save(ctx, o)
	if err == nil {
		return o, false, nil
	}
	// A conflict means that it stands already. Any other error leaves open
	// whether this very save was stored.
	stored, loadErr := fulfil.LoadOrder(ctx, i.repository, id)
	switch {
	case loadErr != nil:
		return nil, false, err
	case !stored.Asks(r):
		return nil, false, ErrKeyReused
	}
	return stored, errors.Is(err, fulfil.ErrConflict), nil
}

// Find returns an order, or [fulfil.ErrNotFound].
func (i *Intake) Find(ctx context.Context, id fulfil.OrderID) (*fulfil.Order, error) {
	return fulfil.LoadOrder(ctx, i.repository, id)
}
