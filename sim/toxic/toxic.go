// Package toxic names what can be done to a link. Each value is one or more
// toxiproxy toxics with their direction, which toxiproxy's own default (only
// the answers) leaves easy to get wrong.
package toxic

import (
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Toxic is a disturbance of a link.
type Toxic interface {
	Name() string
	// Toxics at that speed: durations are divided by it. None means that the link
	// is cut.
	Toxics(speed float64) []world.Toxic
}

// Timeout is a black hole: nothing passes in either direction, and connections
// stay open.
type Timeout struct{}

// Name implements [Toxic].
func (Timeout) Name() string { return "timeout" }

// Toxics implements [Toxic].
func (Timeout) Toxics(float64) []world.Toxic {
	return both("timeout", map[string]any{"timeout": 0})
}

// Latency delays every answer.
type Latency struct {
	Delay, Jitter time.Duration
}

// Name implements [Toxic].
func (Latency) Name() string { return "latency" }

// Toxics implements [Toxic].
func (l Latency) Toxics(speed float64) []world.Toxic {
	ms := func(d time.Duration) int { return int(float64(d.Milliseconds()) / speed) }
	return []world.Toxic{one("latency", world.Downstream, map[string]any{"latency": ms(l.Delay), "jitter": ms(l.Jitter)})}
}

// Cut closes open connections and refuses new ones.
type Cut struct{}

// Name implements [Toxic].
func (Cut) Name() string { return "cut" }

// Toxics implements [Toxic].
func (Cut) Toxics(float64) []world.Toxic { return nil }

func both(kind string, attributes map[string]any) []world.Toxic {
	return []world.Toxic{one(kind, world.Upstream, attributes), one(kind, world.Downstream, attributes)}
}

func one(kind, stream string, attributes map[string]any) world.Toxic {
	return world.Toxic{Name: "drill_" + kind + "_" + stream, Type: kind, Stream: stream, Toxicity: 1, Attributes: attributes}
}
