package sim_test

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a service whose answer is all that its customers are owed is drilled
// without a ledger, and is not said to have delivered anything.
func TestWithoutALedger(t *testing.T) {
	system := answering(t, func(status int) traffic.Verdict {
		if status == http.StatusCreated {
			return traffic.Accepted
		}
		return traffic.Refused
	})
	result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	assert.Regexp(t, `^\d+ accepted; no ledger$`, result.Ledger())
	file, err := os.Open(result.Journal)
	require.NoError(t, err)
	defer file.Close()
	j, err := journal.Read(file)
	require.NoError(t, err)
	assert.Equal(t, history.Passed, history.Judge(j).Outcome, "and today's checks say the same")
}

// Promise: without a ledger, too, a drill is red when a customer is never answered.
func TestWithoutALedgerCustomersAreAnswered(t *testing.T) {
	var asked atomic.Int32
	system := answering(t, func(status int) traffic.Verdict {
		if asked.Add(1) > 300 || status != http.StatusCreated {
			return traffic.Unknown
		}
		return traffic.Accepted
	})
	result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome)
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, "unanswered", result.Findings[0].Name)
}

// Promise: customers who look, or ask once more, are shown what they asked for where
// answers name nothing, and requests have no keys; and nobody misses what answers do not
// tell.
func TestAnswersThatNameNothing(t *testing.T) {
	system := answering(t, func(status int) traffic.Verdict {
		if status == http.StatusCreated {
			return traffic.Accepted
		}
		return traffic.Refused
	})
	system.Virtual = showsNotes(func(string) bool { return true })
	system.Objectives, _, _ = bytes.Cut(system.Objectives, []byte("claims:")) // those who ask once more are counted, too
	system.Customers.Repeats = true
	system.Customers.Reads = func([]byte) traffic.Answer { return traffic.Answer{} }
	system.Customers.Request = func(n int, r *rand.Rand) traffic.Request {
		one := bringNote(n, r)
		one.Key = ""
		return one
	}
	system.Customers.Look = func(id string) traffic.Request {
		return traffic.Request{Method: http.MethodGet, Path: "/notes/" + url.PathEscape(id)}
	}
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
}

// answering is the service of notes, for those who care for its answers only.
func answering(t *testing.T, judge func(status int) traffic.Verdict) sim.System {
	t.Helper()
	system := notes(t)
	system.Ledger = nil
	system.Customers.Judge = func(status int, _ []byte) (traffic.Verdict, string) { return judge(status), "" }
	return system
}
