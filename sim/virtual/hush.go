package virtual

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
)

// hushToxics keeps what toxiproxy's toxics write to the global logger from being printed.
// Only they are hushed, and no level is set: services of this process may log by zerolog,
// too, and have to be heard.
var hushToxics = sync.OnceFunc(func() {
	log.Logger = log.Logger.Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, message string) {
		if strings.HasPrefix(message, "BandwidthToxic was interrupted") || message == "Could not write last packets after interrupt to Output" {
			e.Discard()
		}
	}))
})

// hushed is a context by which toxiproxy logs to nobody, also where a service has set
// zerolog's default for contexts.
func hushed(ctx context.Context) context.Context { return zerolog.New(io.Discard).WithContext(ctx) }
