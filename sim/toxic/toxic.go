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

// Slow is a toxic that lets everything pass, only later. Nothing passes one that
// is neither this nor [Lossy], whatever else is on the link.
type Slow interface {
	// Slower is by how much longer, at that speed, a round trip takes at least
	// that sends and receives so many bytes.
	Slower(speed float64, bytes int) time.Duration
}

// Jittery is a [Slow] toxic that slows one round trip more than another.
type Jittery interface {
	Slow
	// Slowest is by how much longer, at that speed, such a round trip takes at most.
	Slowest(speed float64, bytes int) time.Duration
}

// Lossy is a toxic that lets every request pass, and loses some of the answers.
type Lossy interface {
	// Passes is how many bytes of answers pass on a connection before it is
	// closed.
	Passes() int
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

// Latency delays every answer, by up to Jitter more or less as toxiproxy draws it: that is not
// by the seed of the run.
type Latency struct {
	Delay, Jitter time.Duration
}

// Name implements [Toxic].
func (Latency) Name() string { return "latency" }

// Toxics implements [Toxic].
func (l Latency) Toxics(speed float64) []world.Toxic {
	return []world.Toxic{one("latency", world.Downstream, map[string]any{"latency": ms(l.Delay, speed), "jitter": ms(l.Jitter, speed)})}
}

// Slower implements [Slow].
func (l Latency) Slower(speed float64, _ int) time.Duration {
	return time.Duration(ms(l.Delay, speed)-ms(l.Jitter, speed)) * time.Millisecond
}

// Slowest implements [Jittery].
func (l Latency) Slowest(speed float64, _ int) time.Duration {
	return time.Duration(ms(l.Delay, speed)+ms(l.Jitter, speed)) * time.Millisecond
}

// ms is a duration at that speed in whole milliseconds, as toxiproxy has it.
func ms(d time.Duration, speed float64) int { return int(float64(d.Milliseconds()) / speed) }

// Bandwidth lets so much pass in each direction: 1000 bytes a second for each
// KB, at least one.
type Bandwidth struct {
	KBPerSecond int
}

// Name implements [Toxic].
func (Bandwidth) Name() string { return "bandwidth" }

// Toxics implements [Toxic].
func (b Bandwidth) Toxics(speed float64) []world.Toxic {
	return both("bandwidth", map[string]any{"rate": b.rate(speed)})
}

// Slower implements [Slow].
func (b Bandwidth) Slower(speed float64, bytes int) time.Duration {
	return time.Duration(bytes) * time.Millisecond / time.Duration(b.rate(speed))
}

func (b Bandwidth) rate(speed float64) int { return max(1, int(float64(b.KBPerSecond)*speed)) }

// CutAnswers closes a connection once so many bytes of answers have passed on it,
// most often in the middle of one. The requests have arrived.
type CutAnswers struct {
	After int // bytes
}

// Name implements [Toxic].
func (CutAnswers) Name() string { return "cut answers" }

// Toxics implements [Toxic].
func (c CutAnswers) Toxics(float64) []world.Toxic {
	return []world.Toxic{one("limit_data", world.Downstream, map[string]any{"bytes": c.After})}
}

// Passes implements [Lossy].
func (c CutAnswers) Passes() int { return c.After }

// Reset breaks open connections and every new one, as a peer that has lost its
// memory does.
type Reset struct{}

// Name implements [Toxic].
func (Reset) Name() string { return "reset" }

// Toxics implements [Toxic].
func (Reset) Toxics(float64) []world.Toxic {
	return both("reset_peer", map[string]any{"timeout": 0})
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
