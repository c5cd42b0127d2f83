package exercises

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/sim/signal"
)

// missingAnswer is what a learner writes down in exercise 2.
type missingAnswer struct {
	Boundary string `yaml:"boundary"`
	Metric   string `yaml:"metric"`
	Alert    string `yaml:"alert"`
	Because  string `yaml:"because"`
}

// boundaries that an answer may name, and why each is not the one, if it is not.
var boundaries = map[string]string{
	"intake":     "",
	"repository": "The repository is where it broke. Customers do not wait for the repository, they wait for an answer, and that may be late for many reasons. Where do they stand?",
	"queue":      "What is in the queue has been answered already: its customer has gone home.",
	"sink":       "The warehouse was well, and delivered in time. Look again at who waits, and for what.",
	"carriers":   "No carrier was asked before the customer was answered.",
	"tariff":     "Every order was quoted from the tariff in force.",
	"replica":    "Both replicas were up, and said so. What would a customer say?",
}

// felt is how metrics begin that are measured where the customer stands.
var felt = []string{"fulfil_http_", "fulfil_intake_", "fulfil_orders_accepted_", "fulfil_orders_refused_"}

// measured is the boundary at which other metrics are, by how they begin.
var measured = map[string]string{
	"fulfil_repository_":       "repository",
	"fulfil_conflict_":         "repository",
	"fulfil_queue_":            "queue",
	"fulfil_outbox_":           "queue",
	"fulfil_delivery_":         "sink",
	"fulfil_sink_":             "sink",
	"fulfil_orders_delivered_": "sink",
	"fulfil_plugin":            "carriers",
	"fulfil_tariff_":           "tariff",
}

// unfelt is why a metric does not show what a customer feels; empty where it may.
func unfelt(metric string) string {
	metrics := fulfilment.System.Shows.Metrics
	begins := func(with string) bool { return strings.HasPrefix(metric, with) }
	switch {
	case slices.Contains(metrics, "fulfil_"+metric):
		return fmt.Sprintf("write fulfil_%s, as it is scraped.", metric)
	case !slices.Contains(metrics, metric):
		return fmt.Sprintf("the service has no metric %q. Of a histogram, write the name without _bucket, _sum or _count.", metric)
	case metric == "fulfil_setting":
		return "a setting is what somebody has decided: it stays the same, whatever customers feel. An alert may hold what it measures against one."
	case slices.ContainsFunc(felt, begins):
		return ""
	}
	for with, boundary := range measured {
		if begins(with) {
			return fmt.Sprintf("%s is measured at the boundary %s. %s", metric, boundary, boundaries[boundary])
		}
	}
	return metric + " is not measured where the customer stands. Which metrics are of requests, or of the intake?"
}

func (m missingAnswer) problems(l lines) []string {
	var problems []string
	why, known := boundaries[m.Boundary]
	switch {
	case !known:
		problems = append(problems, l.at("boundary")+fmt.Sprintf("%q is no boundary of this service. It is one of intake, repository, queue, sink, carriers, tariff, replica.", m.Boundary))
	case why != "":
		problems = append(problems, l.at("boundary")+why)
	}
	if why := unfelt(m.Metric); why != "" {
		problems = append(problems, l.at("metric")+why)
	}
	if m.Alert == "" {
		problems = append(problems, l.at("alert")+"what do you call the alert that was missing?")
	}
	if len(strings.Fields(m.Because)) < leastWords {
		problems = append(problems, l.at("because")+"say in a sentence why the alerts that there are kept silent.")
	}
	return problems
}

// ruleProblems: the rule file can be loaded, and has the alert of the answer, made of
// its metric.
func ruleProblems(file string, src []byte, m missingAnswer) []string {
	rules, err := signal.ParseRules(file, src)
	if err != nil {
		return []string{"Prometheus does not load your rules: " + err.Error()}
	}
	i := slices.IndexFunc(rules, func(r signal.Rule) bool { return r.Name == m.Alert })
	if i < 0 {
		return []string{fmt.Sprintf("%s: there is no alert %q, which your answer names.", file, m.Alert)}
	}
	if existing, _ := signal.ParseRules("alerts.yml", fulfil.AlertRules); slices.ContainsFunc(existing, func(r signal.Rule) bool { return r.Name == m.Alert }) {
		return []string{fmt.Sprintf("%s: %s exists, and kept silent. Yours needs a name of its own.", file, m.Alert)}
	}
	var problems []string
	names, err := signal.Reads(file, src, m.Alert) // by way of recording rules, too
	if err != nil || !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, m.Metric) }) {
		problems = append(problems, fmt.Sprintf("%s: %s does not read %s, which your answer names.", file, m.Alert, m.Metric))
	}
	if rules[i].Labels["severity"] == "" || rules[i].Annotations["summary"] == "" {
		problems = append(problems, fmt.Sprintf("%s: %s needs a label severity and an annotation summary: whoever is woken by it reads that first.", file, m.Alert))
	}
	if len(rules) > 1 {
		problems = append(problems, file+": one alert is enough: the one that was missing.")
	}
	return problems
}
