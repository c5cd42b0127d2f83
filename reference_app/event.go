package fulfil

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// Kind names a type of aggregate.
type Kind string

// The kinds of aggregate.
const (
	KindOrder    Kind = "order"
	KindStock    Kind = "stock"
	KindControls Kind = "controls"
	KindTariff   Kind = "tariff"
	KindSuspects Kind = "suspects"
)

// Ref identifies one aggregate.
type Ref struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

func (r Ref) String() string { return string(r.Kind) + "/" + r.ID }

// By says who changes an aggregate and why. Both are required, each a line of at
// most 200 printable characters: a change without them is refused. Operation is the [AuditEntry].Operation of the
// operator's call that caused the change, and empty where none did.
type By struct {
	Actor     string `json:"actor"`
	Reason    string `json:"reason"`
	Operation string `json:"operation,omitempty"`
}

// An Event is one change of one aggregate. Version counts the aggregate's
// events from 1; with the aggregate's identity it identifies the event.
type Event struct {
	Aggregate Ref
	Version   int
	At        time.Time
	By        By
	Change    Change
}

// ID is unique over all events and stable over retries.
func (e Event) ID() string { return fmt.Sprintf("%s@%d", e.Aggregate, e.Version) }

// Change is what an event did. Its name is part of the stored format and never
// changes.
type Change interface{ Name() string }

var changes = func() map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for _, c := range []Change{
		OrderPlaced{}, OrderAllocated{}, DeliveryDispatched{}, DeliveryInDoubt{}, DeliveryReturned{},
		DeliveryConfirmed{}, OrderParked{}, OrderReleased{}, OrderCancelled{},
		StockReceived{}, StockReserved{}, StockReleased{}, StockShipped{},
		SinkRouted{}, SinkPaused{}, SinkResumed{}, IntakeThrottled{}, IntakeRestored{},
		PluginHeld{}, PluginQuarantined{}, PluginRestored{},
		TariffChanged{}, TariffRefreshAsked{}, OrderQuoted{}, OrderMisquoted{}, OrderRepriced{},
		RepeatsRefused{}, RepeatsAllowed{},
		StockLaned{}, StockUnlaned{},
		WorkersScaled{}, WorkersRestored{},
		CredentialRotated{},
		OrderQuarantined{}, QuarantineLifted{}, OrderAmended{}, WorkerCrashed{}, SuspectCleared{},
	} {
		known[c.Name()] = reflect.TypeOf(c)
	}
	return known
}()

type eventJSON struct {
	Aggregate Ref       `json:"aggregate"`
	Version   int       `json:"version"`
	At        time.Time `json:"at"`
	Actor     string    `json:"actor"`
	Reason    string    `json:"reason"`
	Operation string    `json:"operation,omitempty"`
	Name      string    `json:"name"`
	Change    any       `json:"change"`
}

// MarshalJSON writes the stored format of an event.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(eventJSON{e.Aggregate, e.Version, e.At, e.By.Actor, e.By.Reason, e.By.Operation, e.Change.Name(), e.Change})
}

// UnmarshalJSON reads the stored format of an event. A change of an unknown
// name is an error: state folded without it would be wrong.
func (e *Event) UnmarshalJSON(data []byte) error {
	var content json.RawMessage
	raw := eventJSON{Change: &content}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	t, ok := changes[raw.Name]
	if !ok {
		return fmt.Errorf("event %s@%d: unknown change %q", raw.Aggregate, raw.Version, raw.Name)
	}
	change := reflect.New(t)
	if err := json.Unmarshal(content, change.Interface()); err != nil {
		return fmt.Errorf("event %s@%d: %w", raw.Aggregate, raw.Version, err)
	}
	*e = Event{raw.Aggregate, raw.Version, raw.At, By{raw.Actor, raw.Reason, raw.Operation}, change.Elem().Interface().(Change)}
	return nil
}
