package sim_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a fault on a link that the service does not go over could not be verified,
// whatever else is green or quiet, and what is said names the link and what to look at. A
// link that is used on demand only is none of those.
func TestAFaultThatDoesNotReachTheService(t *testing.T) {
	both := func(spare toxic.Toxic) fault.Fault {
		return fault.All(fault.On("shelf", toxic.Cut{}), fault.On("spare", spare))
	}
	right := func(*virtual.Link) {}
	for name, c := range map[string]struct {
		slip    func(*virtual.Link) // in the link that the fault is on, the spare one if it is on both
		fault   fault.Fault
		outcome sim.Outcome
		act     sim.Act
		name    string
		saw     string
	}{
		"no slip":   {right, both(toxic.Timeout{}), sim.Failed, sim.Respond, "objectives", ""},
		"on demand": {right, both(toxic.Latency{Delay: 100 * time.Millisecond}), sim.Passed, "", "", ""},
		"its Addr is not dialled": {func(l *virtual.Link) { l.Addr = "spare:80" }, both(toxic.Timeout{}), sim.Unverified, sim.Respond, "shelf: cut + spare: timeout",
			"notes has dialled spare.link:80 itself, past link spare[1]: let it dial that link's Addr, spare:80"},
		"its From does not dial": {func(l *virtual.Link) { l.From = "own.link" }, both(toxic.Timeout{}), sim.Unverified, sim.Respond, "shelf: cut + spare: timeout",
			"own.link has never come over link spare[1]: look whether that is who dials (From), and spare.link:80 what it dials (Addr); notes has dialled spare.link:80 straight"},
		"it is the only one": {func(l *virtual.Link) { l.Addr = "own:80" }, fault.On("shelf", toxic.Cut{}), sim.Unverified, sim.Notice, "shelf: cut",
			"notes has dialled own.link:80 itself, past link shelf[1]: let it dial that link's Addr, own:80"},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Virtual = func(w *virtual.World) error { return straightNotes(w, c.fault, c.slip) }
			result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: c.fault})
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			again := judged(t, result)
			assert.Equal(t, string(c.outcome), again.Outcome, "%+v", again.Verdicts)
			if c.name == "" {
				return
			}
			require.Len(t, result.Findings, 1, "%v", result.Findings)
			assert.Equal(t, c.act, result.Findings[0].Act)
			assert.Equal(t, c.name, result.Findings[0].Name)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
		})
	}
}

// straightNotes adds the parts under names by which the service can get at them with no
// link at all, as where everything has its real address.
func straightNotes(w *virtual.World, f fault.Fault, slip func(*virtual.Link)) error {
	links := map[string]string{"own": "shelf", "spare": "spare"}
	for _, name := range []string{"own", "spare"} {
		host := name + ".link"
		w.AddService(virtual.Service{Name: host, Run: func(ctx context.Context, h *virtual.Host, _ io.Writer) error {
			return serve(ctx, h, new(shelf))
		}})
		w.AddEndpoint(name, host+":80")
		link := virtual.Link{ID: world.LinkID{Dependency: links[name], Replica: 1}, From: "notes", Addr: host + ":80", To: host + ":80", Greet: greet.HTTP("/probe")}
		if _, alone := f.(*fault.Link); alone == (name == "own") {
			slip(&link)
		}
		w.AddLink(link)
	}
	return startDesk(w, func(d *desk) http.Handler { return d })
}
