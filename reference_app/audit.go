package fulfil

import (
	"context"
	"time"
)

// AuditEntry is a line of the record of what operators asked for. A call that
// may change something has two: one with the outcome [AuditBegun], stored before
// anything is done, and one that says what came of it. Every other call, and
// every refusal, has one. No entry holds a secret.
type AuditEntry struct {
	// Operation identifies the call: in all its entries, and as By.Operation in
	// every event that it caused.
	Operation string    `json:"operation"`
	At        time.Time `json:"at"`
	// Actor and Role are empty when nobody knows whose call it was.
	Actor   string            `json:"actor,omitempty"`
	Role    string            `json:"role,omitempty"`
	Command string            `json:"command"`        // for a refusal without one: the method and the path
	Args    map[string]string `json:"args,omitempty"` // without the reason
	Reason  string            `json:"reason,omitempty"`
	// Outcome is AuditBegun, AuditDone, or the code of the answer's problem.
	Outcome string `json:"outcome"`
	Detail  string `json:"detail,omitempty"`
	// Calls that the entry stands for, when they are more than one.
	Calls int `json:"calls,omitempty"`
	// Events are the identities of those that the call is known to have stored.
	// Where the store did not answer a save, one may be missing here: then the
	// event itself names the operation.
	Events []string `json:"events,omitempty"`
}

// Outcomes that are no problem's code.
const (
	AuditBegun = "begun"
	AuditDone  = "done"
)

// Audit keeps entries for good: nothing that goes through it can change one or
// take it away. Implementations are safe for concurrent use and pass
// apptest.TestAudit.
type Audit interface {
	// Append stores an entry durably before it returns nil. Any error leaves open
	// whether it did; the same entry may then be appended again, and may be there
	// twice.
	Append(ctx context.Context, e AuditEntry) error
	// Recent returns the newest entries, at most limit, the newest last.
	Recent(ctx context.Context, limit int) ([]AuditEntry, error)
}
