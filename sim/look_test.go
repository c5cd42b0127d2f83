package sim

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
)

// Promise: a bounded number of clients look, each once, others with another seed;
// whoever was charged by terms that it was not told looks in any case, and so do those
// whose took longest.
func TestLookers(t *testing.T) {
	var l check.Ledger
	var changed []string
	began := time.Now()
	for n := range 5 * mostLooks {
		id, terms, took := strconv.Itoa(n), "old", time.Second
		if n < mostLooks {
			terms = "new"
			changed = append(changed, id)
		}
		if n < slowest {
			took = time.Minute
		}
		one := check.Accepted{ID: id, At: began, Answer: check.Answer{Terms: "old"}}
		l.Accepted = append(l.Accepted, one, one)
		l.Arrived = append(l.Arrived, check.Arrived{ID: id, Terms: terms, At: began.Add(took)})
	}
	drawn, slow := lookers(l, 1)
	assert.ElementsMatch(t, changed[:slowest], slow)
	assert.Subset(t, drawn, changed[slowest:])
	assert.NotSubset(t, drawn, slow[:1], "each once")
	assert.Greater(t, len(drawn), mostLooks)
	assert.LessOrEqual(t, len(drawn), 2*mostLooks)
	others, _ := lookers(l, 2)
	assert.NotEqual(t, drawn, others)
	drawn, slow = lookers(check.Ledger{Arrived: l.Arrived}, 1)
	assert.Empty(t, slices.Concat(drawn, slow), "nobody had asked")
}

// Promise: whoever is told to come again does, and whoever is told that it is on its
// way; another's, or a mistake of the service, is what was shown.
func TestLooksThatAreTooEarly(t *testing.T) {
	of := func(status int, id string, done bool) traffic.Result {
		return traffic.Result{Status: status, ID: id, Answer: traffic.Answer{Done: &done}}
	}
	for name, c := range map[string]struct {
		result  traffic.Result
		arrived bool
		early   bool
		why     string
	}{
		"as it is":              {of(200, "a", true), true, false, ""},
		"not yet known":         {of(200, "a", false), true, true, ""},
		"really on its way":     {of(200, "a", false), false, false, ""},
		"done, it says":         {of(200, "a", true), false, false, ""},
		"another's, on its way": {of(200, "b", false), true, false, ""},
		"says nothing of it":    {traffic.Result{Status: 200, ID: "a"}, true, false, ""},
		"busy":                  {of(429, "", false), true, true, "status 429"},
		"not now":               {of(503, "", false), true, true, "status 503"},
		"a gateway's own":       {of(502, "", false), true, true, "status 502"},
		"a gateway that waited": {of(504, "", false), true, true, "status 504"},
		"no answer":             {traffic.Result{Detail: "EOF"}, true, true, "EOF"},
		"a mistake":             {of(500, "", false), true, false, "status 500"},
		"not there":             {of(404, "", false), true, false, "status 404"},
	} {
		look := shown(question{id: "a"}, c.result)
		assert.Equal(t, c.early, tooEarly(c.result, look, c.arrived), name)
		assert.Equal(t, check.Look{ID: "a", Shown: c.result.ID, Why: c.why, Answer: check.Answer(c.result.Answer)}, look, name)
	}
}
