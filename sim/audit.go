package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
)

// watchStores begins the watch over the service's stores, before anything is
// done to the service.
func (r *rehearsal) watchStores(ctx context.Context) (err error) {
	if r.system.Audit == nil {
		return nil
	}
	if r.audit, err = r.system.Audit(ctx, r.world); err != nil { // its context is the watch's
		return fmt.Errorf("System.Audit: %w", err)
	}
	return nil
}

// heard notes the calls that are made as the operator.
type heard struct {
	runbook.Operator
	by *rehearsal
}

// Do implements [runbook.Operator].
func (h heard) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	at := time.Now()
	limit := h.by.scale(commandFor)
	answer, err := bounded(ctx, "the command", limit, func(ctx context.Context) (json.RawMessage, error) { return h.Operator.Do(ctx, words) })
	if call, unknown := h.by.contract.Parse(words); unknown == nil {
		h.by.asked = append(h.by.asked, check.Asked{Command: call.Command.Name, At: at, Changes: call.Command.Class != "observe", Answered: err == nil})
	}
	return answer, err
}

// auditStores holds what the service's stores say against their events, and
// both against the entries on operators' calls.
func (r *rehearsal) auditStores(ctx context.Context) []Finding {
	if r.audit == nil {
		r.note(journal.KindAudit, time.Now(), map[string]string{"skipped": "the system has no audit"})
		return nil
	}
	record, err := brought(ctx, "System.Audit", r.audit)
	if err != nil {
		return []Finding{harness(Settle, "audit", err)}
	}
	breaches := check.Audit(record, check.Outside{Accepted: r.accepted(), Asked: r.asked})
	r.result.Audit = &Audited{len(record.Aggregates), len(record.Events), len(record.Calls), len(breaches)}
	r.noteStores(record)
	r.note(journal.KindAudit, time.Now(), map[string]any{"counts": r.result.Audit, "calls": record.Calls, "breaches": breaches})
	return auditFindings(record, breaches)
}

// auditFindings are one for each rule that was broken.
func auditFindings(record check.Record, breaches []check.Breach) []Finding {
	var order []string
	saw := map[string][]string{}
	for _, b := range breaches {
		if saw[b.Rule] == nil {
			order = append(order, b.Rule)
		}
		saw[b.Rule] = append(saw[b.Rule], b.String())
	}
	var findings []Finding
	for _, rule := range order {
		findings = append(findings, Finding{Act: Settle, Name: "audit " + rule, Expected: check.Promises[rule], Saw: check.Some(saw[rule])})
	}
	if len(record.Events) == 0 && len(findings) == 0 {
		findings = append(findings, Finding{Act: Settle, Name: "audit", Expected: "events are stored", Saw: "none", Unverified: true})
	}
	return findings
}
