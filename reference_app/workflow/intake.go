package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Errors of the intake beside the domain's own.
var (
	// ErrThrottled: more orders come than an operator lets in.
	ErrThrottled = errors.New("throttled")
	// ErrRepeated: the key came before, lately, and an operator has repeats
	// refused. What became of the order then is left open.
	ErrRepeated = errors.New("repeated")
	// ErrKeyReused: the idempotency key stands for another order already.
	ErrKeyReused = errors.New("idempotency key reused")
	// ErrWithdrawn: an operator has taken the carrier out of service.
	ErrWithdrawn = errors.New("carrier withdrawn")
)

// Intake accepts orders from customers.
type Intake struct {
	// Tariff is what orders are quoted from; without one they have no price.
	Tariff func() *fulfil.Tariff
	// Gate bounds the work on orders; without one there is no bound. Set it
	// before the first call.
	Gate *Gate
	// Repeated is told of every order whose key came before, lately. It may be
	// nil.
	Repeated func()

	repository fulfil.Repository
	controls   func() fulfil.ControlsState
	throttles  throttles
	repeats    repeats
}

// repeatWindow is for how long a key is remembered when nobody says otherwise.
const repeatWindow = 30 * time.Second

// NewIntake returns an intake that follows the controls.
func NewIntake(repository fulfil.Repository, controls func() fulfil.ControlsState) *Intake {
	return &Intake{repository: repository, controls: controls, throttles: newThrottles(), repeats: repeats{window: repeatWindow}}
}

// Remember sets for how long the intake knows a key again. Call it before the
// first order.
func (i *Intake) Remember(window time.Duration) { i.repeats.window = window }

// Place makes an order durable, once for each customer and key. It reports
// whether it had been placed before. It returns a [fulfil.RuleError],
// [ErrRepeated], [ErrThrottled], [ErrOverloaded], [ErrWithdrawn], [ErrKeyReused], or the
// repository's trouble: then the order may or may not be there, and asking again
// with the same key is safe.
//
// Once it has let an order in, it works on it even when the customer hangs up
// meanwhile: half a save helps nobody.
func (i *Intake) Place(ctx context.Context, r fulfil.OrderRequest, key string) (o *fulfil.Order, before bool, err error) {
	if err := r.Validate(); err != nil {
		return nil, false, err
	}
	if err := i.admit(fulfil.NewOrderID(r.Customer, key), r.CustomerClass()); err != nil {
		return nil, false, err
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

// admit holds an order against the mitigations in force.
func (i *Intake) admit(id fulfil.OrderID, class fulfil.Class) error {
	controls := i.controls()
	if i.repeats.again(id) {
		if i.Repeated != nil {
			i.Repeated()
		}
		if controls.RepeatsRefused {
			return ErrRepeated
		}
	}
	if !i.throttles.allow(class, controls) {
		return ErrThrottled
	}
	return nil
}

func (i *Intake) place(ctx context.Context, r fulfil.OrderRequest, key string) (o *fulfil.Order, before bool, err error) {
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
	// whether this very save was stored: what was placed at another time was not.
	stored, loadErr := fulfil.LoadOrder(ctx, i.repository, id)
	switch {
	case loadErr != nil:
		return nil, false, err
	case !stored.Asks(r):
		return nil, false, ErrKeyReused
	}
	return stored, errors.Is(err, fulfil.ErrConflict) || !stored.State().PlacedAt.Equal(o.State().PlacedAt), nil
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

// Find returns an order, or [fulfil.ErrNotFound].
func (i *Intake) Find(ctx context.Context, id fulfil.OrderID) (*fulfil.Order, error) {
	return fulfil.LoadOrder(ctx, i.repository, id)
}
