package workflow

import (
	"context"
	"errors"

	"github.com/drillbook/drillbook/reference_app"
	"golang.org/x/time/rate"
)

// Errors of the intake beside the domain's own.
var (
	// ErrThrottled: more orders come than an operator lets in.
	ErrThrottled = errors.New("throttled")
	// ErrKeyReused: the idempotency key stands for another order already.
	ErrKeyReused = errors.New("idempotency key reused")
	// ErrWithdrawn: an operator has taken the carrier out of service.
	ErrWithdrawn = errors.New("carrier withdrawn")
)

// Intake accepts orders from customers.
type Intake struct {
	// Tariff is what orders are quoted from; without one they have no price.
	Tariff func() *fulfil.Tariff

	repository fulfil.Repository
	controls   func() fulfil.ControlsState
	limiter    *rate.Limiter
}

// NewIntake returns an intake that follows the controls.
func NewIntake(repository fulfil.Repository, controls func() fulfil.ControlsState) *Intake {
	return &Intake{repository: repository, controls: controls, limiter: rate.NewLimiter(rate.Inf, 1)}
}

// Place makes an order durable, once for each customer and key. It reports
// whether it had been placed before. It returns a [fulfil.RuleError],
// [ErrThrottled], [ErrWithdrawn], [ErrKeyReused], or the repository's trouble: then the order
// may or may not be there, and asking again with the same key is safe.
func (i *Intake) Place(ctx context.Context, r fulfil.OrderRequest, key string) (o *fulfil.Order, before bool, err error) {
	if err := r.Validate(); err != nil {
		return nil, false, err
	}
	if !i.admit() {
		return nil, false, ErrThrottled
	}
	id := fulfil.NewOrderID(r.Customer, key)
	if i.controls().Withdrawn(r.Carrier) {
		return i.placedBefore(ctx, id, r)
	}
	by := fulfil.By{Actor: "customer:" + r.Customer, Reason: "order placed"}
	o, err = fulfil.PlaceOrder(id, r, by)
	if err != nil {
		return nil, false, err
	}
	if err := i.quote(o, by); err != nil {
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

// placedBefore answers for a carrier that has been withdrawn: what was accepted
// before stands.
func (i *Intake) placedBefore(ctx context.Context, id fulfil.OrderID, r fulfil.OrderRequest) (*fulfil.Order, bool, error) {
	stored, err := fulfil.LoadOrder(ctx, i.repository, id)
	switch {
	case errors.Is(err, fulfil.ErrNotFound):
		return nil, false, ErrWithdrawn
	case err != nil:
		return nil, false, err
	case !stored.Asks(r):
		return nil, false, ErrKeyReused
	}
	return stored, true, nil
}

func (i *Intake) admit() bool {
	limit, burst := rate.Inf, 1
	if r := i.controls().IntakeRate; r > 0 {
		limit, burst = rate.Limit(r), max(1, int(r))
	}
	if i.limiter.Limit() != limit {
		i.limiter.SetLimit(limit)
		i.limiter.SetBurst(burst)
	}
	return i.limiter.Allow()
}

// Find returns an order, or [fulfil.ErrNotFound].
func (i *Intake) Find(ctx context.Context, id fulfil.OrderID) (*fulfil.Order, error) {
	return fulfil.LoadOrder(ctx, i.repository, id)
}
