package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger writes JSON lines. The message of each is its event, under the key
// "event": a name in lower case, part and happening joined by a dot, that never
// changes once it is used.
func NewLogger(w io.Writer, replica string) *slog.Logger {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.MessageKey {
			a.Key = "event"
		}
		return a
	}})
	return slog.New(handler).With("replica", replica)
}

// Events are all that may be logged.
var Events = []string{
	"controls.applied",
	"delivery.confirmed_by_lookup", "delivery.dead_lettered", "delivery.in_doubt", "delivery.rejected",
	"dependency.down", "dependency.up",
	"handler.panicked",
	"http.panicked",
	"notices.unheard",
	"operator.audit", "operator.audit_failed",
	"order.misquoted", "order.parked",
	"plugin.failed", "plugin.refused", "plugin.registered",
	"plugins.depot_down", "plugins.depot_up",
	"repository.read_only", "repository.writable",
	"service.embedded", "service.started", "service.stopped", "service.stopping", "service.waiting",
	"sink.circuit_closed", "sink.circuit_half_open", "sink.circuit_opened", "sink.credential_accepted", "sink.credential_refused",
	"stock.conflicts_exhausted",
	"suspect.not_noted",
	"tariff.current", "tariff.refreshed", "tariff.stale", "tariff.unannounced",
	"warehouse.received",
}

// Errors are those of the events that mean work for a person, or a bug. A runbook
// names the ones that its failure brings about.
var Errors = []string{
	"delivery.dead_lettered", "delivery.rejected",
	"handler.panicked",
	"http.panicked",
	"operator.audit_failed",
	"plugin.failed", "plugin.refused",
	"repository.read_only",
	"sink.credential_refused",
	"suspect.not_noted",
	"tariff.stale",
}
