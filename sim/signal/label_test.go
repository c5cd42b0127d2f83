package signal_test

import (
	"testing"
	"testing/synctest"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const apiDown = `
groups:
  - name: api
    rules:
      - alert: ApiDown
        expr: up{job="api", namespace="shop"} == 0
      - alert: WorkerDown
        expr: up{job="worker"} == 0
`

// Promise: rules that choose by what production's scrapes set on their targets choose
// the same ones here.
func TestRulesChooseByLabelsOfTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &target{name: "a", metrics: "orders_total{job=\"batch\",instance=\"till\",exported_instance=\"x\"} 7\n"}, &target{name: "b"}
		w := watchWith(t, signal.Config{Rules: []byte(apiDown), Offset: interval, Labels: map[string]map[string]string{
			"a": {"job": "api", "namespace": "shop"}, "b": {"job": "worker"}}}, a, b)
		round(t, w)
		for _, alert := range []string{"ApiDown", "WorkerDown"} {
			assert.Equal(t, signal.Status{State: signal.Quiet}, w.Status(signal.Alert(alert)))
		}
		assert.Equal(t, signal.Holds, judged(t, w, `sum(orders_total{job="api",namespace="shop",instance="a"}) == 7`))
		assert.Equal(t, signal.Holds, judged(t, w, `sum(orders_total{exported_job="batch",exported_exported_instance="till",exported_instance="x"}) == 7`),
			"a label of the service's own gives way, as with honor_labels: false")

		a.set(func(a *target) { a.dead = true })
		round(t, w)
		assert.Equal(t, []string{"ApiDown"}, w.Firing())
		assert.Equal(t, signal.Missing, judged(t, w, "orders_total > 0"), "stale under its labels")
	})
}

// Promise: a label that cannot be one of a target is refused by its name.
func TestLabelsThatTargetsCannotHave(t *testing.T) {
	require.NoError(t, signal.CheckLabels(map[string]string{"job": "api", "k8s.namespace": "shop"}))
	for name, want := range map[string]string{
		"":         `"" is no name of a label`,
		"__meta_x": `"__meta_x" is Prometheus' own`,
		"instance": `"instance" is the name of the target`,
		"a\xff":    `"a\xff" is no name of a label`,
	} {
		assert.ErrorContains(t, signal.CheckLabels(map[string]string{name: "x"}), want)
	}
}
