package operator

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// visit is one request on its way.
type visit struct {
	*Server
	w      http.ResponseWriter
	r      *http.Request
	caller *caller
	entry  fulfil.AuditEntry
}

// overLimit refuses a call that is one too many.
func (v *visit) overLimit() bool {
	if v.caller.limit.Allow() {
		return false
	}
	v.w.Header().Set("Retry-After", "1")
	v.refuse(http.StatusTooManyRequests, codeRate, "more calls than anyone can mean; ask again in a second")
	return true
}

// run carries a command out, if the role allows it. A change is not begun unless
// the audit has it: no record, no change.
func (v *visit) run(command Command) {
	args, ok := v.arguments(command)
	if !ok || !v.allowed(command, args) {
		return
	}
	if command.Class != Observe && v.begin() != nil {
		v.w.Header().Set("Retry-After", "1")
		problem(v.w, http.StatusServiceUnavailable, "unavailable", "the audit cannot be written, so nothing was changed")
		return
	}
	saw := &witness{Repository: v.deps.Repository}
	deps := v.deps
	deps.Repository = saw
	by := fulfil.By{Actor: "operator:" + v.entry.Actor, Reason: v.entry.Reason, Operation: v.entry.Operation}
	answer, err := command.do(v.r.Context(), call{deps, by, args})
	v.finish(saw.events, err)
	if err != nil {
		status, code := failure(err)
		problem(v.w, status, code, err.Error())
		return
	}
	respond(v.w, http.StatusOK, answer)
}

// arguments reads them; a secret in one of them goes no further.
func (v *visit) arguments(command Command) (args map[string]string, ok bool) {
	given := map[string]string{}
	if v.r.Method == http.MethodPost { // the contract is read without
		if err := json.NewDecoder(http.MaxBytesReader(v.w, v.r.Body, bodyLimit)).Decode(&given); err != nil {
			v.refuse(http.StatusBadRequest, "bad-json", "the body is a JSON object of strings")
			return nil, false
		}
	}
	for name, value := range given {
		given[name] = v.Hide(value)
	}
	args, err := command.Check(given)
	if err != nil {
		v.refuse(http.StatusUnprocessableEntity, "argument", err.Error())
	}
	return args, err == nil
}

// allowed reports that the caller may have the command carried out with arguments,
// and notes them in the entry, unless they are such as are not recorded.
func (v *visit) allowed(command Command, args map[string]string) bool {
	unfit := command.admitted(v.deps, args)
	v.entry.Reason = args["reason"]
	if unfit == nil {
		v.entry.Args = maps.Clone(args)
		delete(v.entry.Args, "reason")
	}
	if command.Class != Observe && v.caller.token.Role != Operator {
		v.refuse(http.StatusForbidden, "role", command.Name+" needs the role operator")
		return false
	}
	if unfit != nil {
		status, code := failure(unfit)
		v.refuse(status, code, unfit.Error())
		return false
	}
	return true
}

// begin stores that a change is about to be made.
func (v *visit) begin() error {
	v.entry.Outcome = fulfil.AuditBegun
	return v.append()
}

// finish stores what came of a call. The answer stands, whether that can be
// stored or not: a change has an entry already, and looks are allowed when the
// store is down.
func (v *visit) finish(events []string, err error) {
	v.entry.At, v.entry.Outcome, v.entry.Events = time.Now().UTC(), fulfil.AuditDone, events
	if err != nil {
		_, v.entry.Outcome = failure(err)
		v.entry.Detail = v.clean(err.Error())
	}
	_ = v.append()
}

// refuse stores a refusal, and answers with it. Of calls over the limit a caller
// has one entry a second, which tells how many they were: a flood of calls must
// not become one of entries.
func (v *visit) refuse(status int, code, detail string) {
	defer problem(v.w, status, code, detail)
	v.entry.Outcome, v.entry.Detail = code, v.clean(detail)
	if code == codeRate {
		v.caller.over.Add(1)
		if !v.caller.told.Allow() {
			return
		}
		v.entry.Calls = int(v.caller.over.Swap(0))
	}
	_ = v.append()
}

// append stores the entry, even when the caller has left, and logs it.
func (v *visit) append() error {
	e := v.entry
	v.log.Info("operator.audit", "operation", e.Operation, "actor", e.Actor, "role", e.Role, "command", e.Command,
		"args", e.Args, "reason", e.Reason, "outcome", e.Outcome, "detail", e.Detail)
	err := v.deps.Audit.Append(context.WithoutCancel(v.r.Context()), e)
	if err != nil {
		v.log.Error("operator.audit_failed", "operation", e.Operation, "reason", err.Error())
	}
	return err
}
