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
