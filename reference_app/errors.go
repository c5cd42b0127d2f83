package fulfil

import (
	"errors"
	"fmt"
)

// Errors that ports return. Match them with [errors.Is].
var (
	// ErrNotFound: no aggregate, message or dead letter has that identity.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the stored version moved on since the aggregate was loaded.
	// Load again, decide again, save again.
	ErrConflict = errors.New("version conflict")
	// ErrReadOnly: the store answers, and takes no writes, whoever asks: its disk is full,
	// say, or it has failed over to a node that only reads. This one was not stored.
	ErrReadOnly = errors.New("the store takes no writes")
	// ErrRule: a rule of the domain forbids the change. See [RuleError].
	ErrRule = errors.New("domain rule")
	// ErrInDoubt: the attempt ended without an answer of the warehouse's own; it may
	// or may not have the delivery. That stays pinned to that warehouse.
	ErrInDoubt = errors.New("delivery in doubt")
	// ErrUnavailable: the peer certainly did not act (refused before the request
	// was sent, breaker open, or an explicit "not now").
	ErrUnavailable = errors.New("unavailable")
	// ErrNotTried: nothing was sent, and any other order would have fared the
	// same: no slot or turn came free, the breaker is open, or the carrier is not here yet.
	// It is an ErrUnavailable for which no order is given up, however often it comes.
	ErrNotTried = fmt.Errorf("not tried: %w", ErrUnavailable)
	// ErrUnauthorized: the peer refuses the service's credential, and did not act.
	// Trying again cannot help until the credential changes.
	ErrUnauthorized = errors.New("credential refused")
	// ErrRejected: the peer understood and refuses for good; trying again cannot help.
	ErrRejected = errors.New("rejected by the peer")
)

// A RuleError says which rule of the domain a change would break. Code is
// stable and machine-readable; Detail is for people.
type RuleError struct {
	Code   string
	Detail string
}

func (e *RuleError) Error() string { return e.Code + ": " + e.Detail }

// Is makes errors.Is(err, ErrRule) true for every RuleError.
func (e *RuleError) Is(target error) bool { return target == ErrRule }

func ruleError(code, format string, args ...any) error {
	return &RuleError{Code: code, Detail: fmt.Sprintf(format, args...)}
}
