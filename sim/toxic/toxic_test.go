package toxic_test

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
)

func of(name, kind, stream string, attributes map[string]any) world.Toxic {
	return world.Toxic{Name: name, Type: kind, Stream: stream, Toxicity: 1, Attributes: attributes}
}

func TestToxics(t *testing.T) {
	second := map[string]any{"latency": 1000, "jitter": 100}
	for name, c := range map[string]struct {
		toxic toxic.Toxic
		speed float64
		want  []world.Toxic
	}{
		"timeout": {toxic.Timeout{}, 10, []world.Toxic{
			of("drill_timeout_upstream", "timeout", world.Upstream, map[string]any{"timeout": 0}),
			of("drill_timeout_downstream", "timeout", world.Downstream, map[string]any{"timeout": 0})}},
		"latency": {toxic.Latency{Delay: time.Second, Jitter: 100 * time.Millisecond}, 1, []world.Toxic{
			of("drill_latency_downstream", "latency", world.Downstream, second)}},
		"latency at speed 10": {toxic.Latency{Delay: 10 * time.Second, Jitter: time.Second}, 10, []world.Toxic{
			of("drill_latency_downstream", "latency", world.Downstream, second)}},
		"bandwidth": {toxic.Bandwidth{KBPerSecond: 3}, 10, []world.Toxic{
			of("drill_bandwidth_upstream", "bandwidth", world.Upstream, map[string]any{"rate": 30}),
			of("drill_bandwidth_downstream", "bandwidth", world.Downstream, map[string]any{"rate": 30})}},
		"no bandwidth is the least": {toxic.Bandwidth{}, 1, []world.Toxic{
			of("drill_bandwidth_upstream", "bandwidth", world.Upstream, map[string]any{"rate": 1}),
			of("drill_bandwidth_downstream", "bandwidth", world.Downstream, map[string]any{"rate": 1})}},
		"cut answers": {toxic.CutAnswers{After: 500}, 10, []world.Toxic{
			of("drill_limit_data_downstream", "limit_data", world.Downstream, map[string]any{"bytes": 500})}},
		"reset": {toxic.Reset{}, 10, []world.Toxic{
			of("drill_reset_peer_upstream", "reset_peer", world.Upstream, map[string]any{"timeout": 0}),
			of("drill_reset_peer_downstream", "reset_peer", world.Downstream, map[string]any{"timeout": 0})}},
		"cut": {toxic.Cut{}, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, c.toxic.Toxics(c.speed))
			assert.NotEmpty(t, c.toxic.Name())
		})
	}
}

func TestSlower(t *testing.T) {
	latency := toxic.Latency{Delay: 2 * time.Second, Jitter: 500 * time.Millisecond}
	assert.Equal(t, 1500*time.Millisecond, latency.Slower(1, 9999), "jitter may shorten it")
	assert.Equal(t, 150*time.Millisecond, latency.Slower(10, 1))
	assert.Equal(t, 2500*time.Millisecond, latency.Slowest(1, 9999), "or make it longer")
	assert.Equal(t, 250*time.Millisecond, latency.Slowest(10, 1))
	bandwidth := toxic.Bandwidth{KBPerSecond: 5}
	assert.Equal(t, 200*time.Millisecond, bandwidth.Slower(1, 1000))
	assert.Equal(t, 20*time.Millisecond, bandwidth.Slower(10, 1000))
	for _, other := range []toxic.Toxic{toxic.Timeout{}, toxic.Cut{}, toxic.Reset{}, toxic.CutAnswers{}} {
		assert.NotImplements(t, (*toxic.Slow)(nil), other, "not everything passes it")
	}
}
