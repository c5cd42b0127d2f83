package exercises

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wrong is a plausible wrong answer: the reference solution, edited.
type wrong struct {
	exercise, name string
	file           string
	edits          []string // old and new, in turn
	check          string   // that has to fail
	says           string   // what the learner is told, among other things
}

const (
	kept  = `sum(rate(fulfil_orders_delivered_total{promise="kept"}[30s]))` + "\n     / sum(rate(fulfil_orders_accepted_total[30s])) > 0.9"
	redo  = "opctl deliveries redrive --limit 200 --rate 5 --reason \"primary answers again\""
	sayNo = "opctl orders show ${id}"
)

// Each is something that somebody would try.
var wrongs = []wrong{
	{"1", "an alert that does not fire is listed", "runbook.md", []string{"[RepositorySlow, OrdersLate]", "[RepositorySlow, OrdersLate, RepositoryDown]"}, "drill",
		"lists alert `RepositoryDown`, and it did not show within your budget"},
	{"1", "an alert that fires is not listed", "runbook.md", []string{"[RepositorySlow, OrdersLate]", "[RepositorySlow]"}, "drill",
		"`OrdersLate` fired after"},
	{"1", "nothing is done", "runbook.md", []string{"opctl workers scale --to 8 --reason \"the repository answers slowly\"", "opctl workers scale --to 3 --reason \"to be sure\""}, "drill",
		"step `scale`"},
	{"1", "no rollback", "runbook.md", []string{"opctl workers restore --reason \"the repository is well again\"", "opctl queue status"}, "lint",
		"no later step rolls \"scale\" back"},
	{"1", "customers are sent away", "runbook.md", []string{"opctl workers scale --to 8", "opctl intake throttle --rate 1", "opctl workers restore", "opctl intake restore"}, "drill",
		"customers were still not served"},
	{"1", "a condition that is true anyway", "runbook.md", []string{"opctl workers scale", "opctl workers scale", kept + "\n   ```\n\n## Recovery", "min(up) == 1\n   ```\n\n## Recovery"}, "steps",
		"was true before the step had done anything"},
	{"1", "a budget that nothing exceeds", "runbook.md", []string{"detect: 75s", "detect: 20m"}, "budgets",
		"Your budget to detect is 20:00, and it took "},
	{"1", "restart it", "runbook.md", []string{"Wait until the repository's owner says that it is well.", "Restart all replicas, one after the other."}, "lint",
		"bypass-host"},
	{"1", "diagnosis of something else", "runbook.md", []string{"sum(rate(fulfil_repository_operation_duration_seconds_sum[30s]))\n     / sum(rate(fulfil_repository_operation_duration_seconds_count[30s]))\n     > 0.01 * max(fulfil_setting{setting=\"promise\"})", "max(fulfil_queue_waiting) > 0"}, "lint",
		"Nothing under Diagnosis tells the operator how to see that it is the repository"},

	{"2", "where it broke, not where it hurts", "answer.yml", []string{"boundary: intake", "boundary: repository"}, "answer",
		"Customers do not wait for the repository"},
	{"2", "a metric that there is not", "answer.yml", []string{"fulfil_http_request_duration_seconds", "fulfil_latency_seconds"}, "answer",
		"the service has no metric \"fulfil_latency_seconds\""},
	{"2", "a metric without its prefix", "answer.yml", []string{"fulfil_http_request_duration_seconds", "http_request_duration_seconds"}, "answer",
		"write fulfil_http_request_duration_seconds, as it is scraped"},
	{"2", "a setting", "answer.yml", []string{"fulfil_http_request_duration_seconds", "fulfil_setting"}, "answer",
		"a setting is what somebody has decided"},
	{"2", "a metric of where it broke", "both", []string{"fulfil_http_request_duration_seconds_bucket{route=\"POST /orders\"}", "fulfil_repository_operation_duration_seconds_bucket",
		"fulfil_http_request_duration_seconds", "fulfil_repository_operation_duration_seconds"}, "answer", "is measured at the boundary repository"},
	{"2", "a metric of all that is well", "answer.yml", []string{"fulfil_http_request_duration_seconds", "fulfil_workers"}, "answer",
		"fulfil_workers is not measured where the customer stands"},
	{"2", "a label that there is not", "rules.yml", []string{`route="POST /orders"`, `route="orders"`}, "alone",
		"Your expression found no series: fulfil_http_request_duration_seconds_bucket{route=\"orders\"}."},
	{"2", "a key of one's own", "answer.yml", []string{"because:", "why:"}, "answer",
		"work/2/answer.yml:4: this cannot be read"},
	{"2", "the alert that there is", "rules.yml", []string{"AnswersSlow", "OrdersLate"}, "rule",
		"there is no alert \"AnswersSlow\""},
	{"2", "it always fires", "rules.yml", []string{"> 0.05 * max", "> -1 * max"}, "alone",
		"showed before anything was broken"},
	{"2", "the middle customer", "rules.yml", []string{"0.95, sum", "0.3, sum"}, "alone",
		"It was at most"},
	{"2", "the buckets are lost", "rules.yml", []string{"sum by (le) (rate", "sum (rate"}, "alone", "sum by (le) keeps it"},
	{"2", "it takes its time", "rules.yml", []string{"for: 15s", "for: 2m"}, "alone", "on, and not for as long as `for` says"},
	{"2", "it takes longer than there is", "rules.yml", []string{"for: 15s", "for: 5m"}, "alone", "may still fire 5m30s after all is well again"},
	{"2", "only with its cause", "rules.yml", []string{"> 0.05 * max(fulfil_setting{setting=\"promise\"})",
		"> 0.05 * max(fulfil_setting{setting=\"promise\"})\n            and histogram_quantile(0.95, sum by (le) (rate(fulfil_repository_operation_duration_seconds_bucket[30s]))) > 1"},
		"elsewhere", "an incident of the same kind with another cause"},
	{"2", "one alert for everything", "rules.yml", []string{"> 0.05 * max(fulfil_setting{setting=\"promise\"})",
		"> 0.05 * max(fulfil_setting{setting=\"promise\"})\n            or sum(rate(fulfil_delivery_attempts_total{outcome=\"in_doubt\"}[30s])) > 0"}, "quiet",
		"Your alert fired after"},

	{"3.2", "removed, and nothing in its place", "runbook.md", []string{redo, "opctl deliveries list --state dead-letter"}, "drill", "step `redrive`"},
	{"3.2", "purge in other words", "runbook.md", []string{"Healthy looks like this:", "Purge the dead letters that are left. Healthy looks like this:"}, "lint", "bypass-queue"},
	{"3.3", "the right step is gone, too", "runbook.md", []string{"{step=\"route-back\" after=\"route\"}\n   opctl sink route --to primary --ramp 30s --reason \"primary is well again\"", "{step=\"look-again\"}\n   opctl sink status"}, "kept",
		"Step `route-back` is gone"},
	{"3.4", "said in other words", "runbook.md", []string{"halve the rate; then throttle partners as well", "change the capacity in the settings"}, "lint", "bypass-config"},
	{"3.5", "the other guess", "runbook.md", []string{sayNo, `opctl deliveries resolve ${id} --as received --reason "it must be there"`}, "ledger", "never reached a warehouse"},
	{"3.5", "a look, and then a guess", "runbook.md", []string{sayNo, `opctl deliveries resolve ${id} --as not-received --reason "we have looked"`}, "ledger", "delivered more than once"},
}

// attempt makes the wrong answer.
func (w wrong) attempt(t *testing.T) (Exercise, Attempt) {
	t.Helper()
	e, err := Find(w.exercise)
	require.NoError(t, err)
	a := solution(t, e)
	for name, src := range a.Files {
		if w.file != "both" && name != w.file {
			continue
		}
		text := string(src)
		for i := 0; i < len(w.edits); i += 2 {
			require.True(t, w.file == "both" || strings.Contains(text, w.edits[i]), "%s has no %q", name, w.edits[i])
			text = strings.ReplaceAll(text, w.edits[i], w.edits[i+1])
		}
		a.Files[name] = []byte(text)
	}
	return e, a
}

// Promise: what somebody would try and is wrong fails, each by the check that it
// should, with feedback that says why.
func TestWrongAnswersFail(t *testing.T) {
	for _, w := range wrongs {
		t.Run(w.exercise+" "+w.name, func(t *testing.T) {
			t.Parallel()
			e, a := w.attempt(t)
			g, mine := e.Grade(t, a)
			if !mine {
				return
			}
			assert.Equal(t, Fail, g.Status(e))
			assert.True(t, g.failed(w.check), "%s", told(g))
			assert.Contains(t, told(g), w.says)
		})
	}
}

// Promise: each exercise has five wrong answers at least, and no two of one are told
// the same.
func TestWrongAnswersAreMany(t *testing.T) {
	count, said := map[string]int{}, map[string]bool{}
	for _, w := range wrongs {
		exercise, _, _ := strings.Cut(w.exercise, ".")
		count[exercise]++
		assert.False(t, said[w.exercise+w.says], "%s %s", w.exercise, w.name)
		said[w.exercise+w.says] = true
	}
	for _, exercise := range []string{"1", "2", "3"} {
		assert.GreaterOrEqual(t, count[exercise], 5, exercise)
	}
}
