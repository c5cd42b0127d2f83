package signal_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogSignals(t *testing.T) {
	for _, speed := range []float64{1, 10} {
		synctest.Test(t, func(t *testing.T) {
			w := watch(t, hot, speed, &target{name: "app"}) // an event is remembered for 35 s at speed 1
			memory := time.Duration(float64(w.Settle()) / speed)
			opened := signal.Log("circuit.opened")
			assert.Equal(t, signal.Status{Detail: "app has logged nothing; let it log an event when it starts"}, w.Status(opened))
			for _, line := range []string{"starting up", `"circuit.opened"`, `{"event":""}`, `{"event":7}`, `{"msg":"circuit.opened"}`, ""} {
				w.Log("app", []byte(line))
			}
			assert.Equal(t, signal.Status{Detail: `no line of app is a JSON object with the key "event"; the first: starting up`}, w.Status(opened))

			w.Log("app", []byte(`{"event":"started"}`))
			assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(opened))

			first := time.Now()
			w.Log("app", []byte(`{"event":"circuit.opened","warehouse":"a"}`))
			<-time.After(memory / 2)
			w.Log("app", []byte(`{"event":"circuit.opened"}`))
			<-time.After(memory)
			assert.Equal(t, signal.Status{State: signal.Shown, Since: first}, w.Status(opened), "since the first time")
			<-time.After(time.Millisecond)
			assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(opened), "not seen for as long")

			again := time.Now()
			w.Log("app", []byte(`{"event":"circuit.opened"}`))
			assert.Equal(t, signal.Status{State: signal.Shown, Since: again}, w.Status(opened))
		})
	}
}

// Promise: what was logged before anybody watched tells that a service logs events, and
// shows nothing.
func TestLogsFromBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, hot, 1, &target{name: "app"})
		opened := signal.Log("circuit.opened")
		w.Hear("app", []byte("starting up"))
		w.Hear("app", world.Options{}.Crashed(assert.AnError))
		assert.Equal(t, signal.Status{Detail: `no line of app is a JSON object with the key "event"; the first: starting up`}, w.Status(opened))
		w.Hear("app", []byte(`{"event":"circuit.opened"}`))
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(opened))
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(signal.Log("process.crashed")))
		assert.Empty(t, w.Crash())
	})
}

// Promise: what one replica logs says nothing of another's log, and neither does what the
// world logs in its name, or what is not under drill; an event that was logged shows all
// the same.
func TestLogsOfSomeReplicas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, hot, 1, &target{name: "a"}, &target{name: "b"})
		opened := signal.Log("circuit.opened")
		w.Log("broker", []byte(`{"event":"started"}`))
		w.Log("a", world.Options{}.Crashed(assert.AnError))
		w.Log("b", []byte("starting up"))
		const lacksB = `no line of b is a JSON object with the key "event"; the first: starting up`
		assert.Equal(t, signal.Status{Detail: "a has logged nothing; let it log an event when it starts; " + lacksB}, w.Status(opened))
		assert.Equal(t, signal.Shown, w.Status(signal.Log("process.crashed")).State)

		w.Log("a", []byte(`{"event":"started"}`))
		assert.Equal(t, signal.Status{Detail: lacksB}, w.Status(opened))
		w.Log("a", []byte(`{"event":"circuit.opened"}`))
		assert.Equal(t, signal.Shown, w.Status(opened).State)
		<-time.After(w.Settle() + time.Millisecond)
		assert.Equal(t, signal.Status{Detail: lacksB}, w.Status(opened), "who knows of b")

		w.Log("b", []byte(`{"event":"started"}`))
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(opened))
	})
}

func TestHealthSignals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const up, down = `{"status":"ready","checks":{"sink":{"status":"up"}}}`, `{"status":"ready","checks":{"sink":{"status":"down"}}}`
		a, b := &target{name: "a", ready: up}, &target{name: "b", ready: up}
		w := watch(t, noRules, 1, a, b)
		sink := signal.Health("sink=down")
		round(t, w)
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(sink))
		assert.Equal(t, signal.Shown, w.Status(signal.Health("status=ready")).State)
		assert.Equal(t, signal.Status{Detail: "no target answers with the check ghost; a has sink, status; b has sink, status"}, w.Status(signal.Health("ghost=down")))

		b.set(func(b *target) { b.ready = down })
		began := round(t, w)
		round(t, w)
		assert.Equal(t, signal.Status{State: signal.Shown, Since: began.At}, w.Status(sink), "on one replica of two")

		b.set(func(b *target) { b.dead = true })
		ended := round(t, w)
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(sink), "by the word of the other")
		assert.Equal(t, []signal.Span{{From: began.At, To: ended.At}}, w.Spans(sink))

		for ready, why := range map[string]string{
			`{"status":"ready"}`: "b has status",
			"all is well":        `b: /readyz did not answer {"status": …, "checks": {name: {"status": …}}}: invalid character 'a'`,
		} {
			b.set(func(b *target) { b.dead, b.ready = false, ready })
			round(t, w)
			assert.Equal(t, signal.NoData, w.Status(sink).State, "nobody knows of b, which is up")
			assert.Contains(t, w.Status(sink).Detail, "b is up and does not answer with the check sink; a has sink, status; "+why)
		}
		b.set(func(b *target) { b.broken = true })
		round(t, w)
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(sink), "b is down again, whatever it answers")
		b.set(func(b *target) { b.dead, b.broken = true, false })

		a.set(func(a *target) { a.ready = "all is well" })
		round(t, w)
		assert.Equal(t, signal.NoData, w.Status(sink).State, "nobody says")
		assert.Contains(t, w.Status(sink).Detail, `a: /readyz did not answer {"status": …, "checks": {name: {"status": …}}}: invalid character 'a'`)
		assert.Contains(t, w.Status(sink).Detail, "; b: ")
	})
}

// Promise: a service that shows itself elsewhere, and logs by another key, is seen all
// the same.
func TestElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &target{name: "a", metrics: "temperature 20\n", ready: "ready", path: "/actuator/prometheus"}
		w := watchWith(t, signal.Config{Rules: []byte(noRules), Offset: interval, MetricsPath: "/actuator/prometheus", ReadyPath: "/status/ready", EventKey: "msg"}, a)
		round(t, w)
		assert.Equal(t, signal.Holds, judged(t, w, "temperature == 20 and up == 1"))
		assert.Contains(t, w.Status(signal.Health("sink=down")).Detail, "/status/ready did not answer")
		a.set(func(a *target) { a.ready = `{"status":"ready","checks":{"sink":{"status":"down"}}}` })
		round(t, w)
		assert.Equal(t, signal.Shown, w.Status(signal.Health("sink=down")).State)

		w.Log("a", []byte(`{"event":"opened"}`))
		assert.Equal(t, signal.Status{Detail: `no line of a is a JSON object with the key "msg"; the first: {"event":"opened"}`}, w.Status(signal.Log("opened")))
		w.Log("a", []byte(`{"time":"…","level":"WARN","msg":"circuit opened"}`))
		assert.Equal(t, signal.Shown, w.Status(signal.Log("circuit opened")).State)
	})
}

// Promise: how long a scrape took, and how much it brought, is known to rules as it is in
// production, of one that failed, too.
func TestRulesReadWhatIsKnownOfScrapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &target{name: "a", metrics: "temperature 20\nnobody 0\n", slow: 2 * time.Second}
		w := watch(t, "groups: [{name: g, rules: [{alert: SlowToScrape, expr: scrape_duration_seconds > 1}]}]", 1, a)
		round(t, w)
		assert.Equal(t, []string{"SlowToScrape"}, w.Firing())
		assert.Equal(t, signal.Holds, judged(t, w, `scrape_duration_seconds{instance="a"} == 2 and scrape_samples_scraped == 2`))
		a.set(func(a *target) { a.slow, a.dead = 0, true })
		round(t, w)
		assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(signal.Alert("SlowToScrape")))
		assert.Equal(t, signal.Holds, judged(t, w, "scrape_duration_seconds == 0 and scrape_samples_scraped == 0"))
	})
}

func TestRecordsWhatBeginsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		a := &target{name: "a", ready: `{"status":"ready"}`}
		w := watchWith(t, signal.Config{Rules: []byte(noRules), Offset: interval, Record: func(kind string, _ time.Time, data any) {
			one := data.(map[string]string)
			seen = append(seen, kind+": "+one["signal"]+" "+one["what"])
		}}, a)
		round(t, w)
		a.set(func(a *target) { a.dead = true })
		round(t, w)
		assert.Equal(t, []string{"signal: health status=ready begins", "signal: health status=ready ends"}, seen)
		assert.Equal(t, 2, w.Stats().Scrapes)
	})
}

func TestNextEndsWithItsContext(t *testing.T) {
	w, err := signal.Open(signal.Config{Rules: []byte(noRules), Interval: interval, Dir: t.TempDir()})
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(assert.AnError)
	_, err = w.Next(ctx)
	assert.ErrorIs(t, err, assert.AnError)
	require.NoError(t, w.Close())
}
