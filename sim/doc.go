// Package sim rehearses runbooks: it breaks a running service on purpose, waits
// for the signals that its runbook promises, runs the runbook's own steps, and
// proves that the service came back with nothing lost and nothing doubled.
//
// # A drill
//
// A drill is a Go test of one statement. What it expects is not said there: that
// is in the runbook, a Markdown file for people (see package runbook).
//
//	func TestSinkTimeout(t *testing.T) {
//		sim.Rehearse(t, fulfilment.System, sim.Drill{
//			Runbook: "sink-timeout",
//			Traffic: traffic.Steady(5), // orders per second
//			Fault:   fault.On("sink", toxic.Timeout{}),
//		})
//	}
//
// [Rehearse] plays five acts. In each of them something can be found:
//
//   - steady: traffic flows; the steady state comes, and lasts, no listed signal
//     shows, and no alert fires: one that the runbook lets fire has to wait for the
//     fault, too. It lasts as long as any alert of the rules may still fire when all is
//     well, by its range, "for", "keep_firing_for" and "query_offset"; but not for an alert that the
//     runbook does not name, and that takes longer than the budget to recover: that one
//     has to keep quiet, and is not waited for. To list such an alert is a mistake.
//   - break: the fault is injected, within a minute, at a moment that the seed draws, and
//     a probe of its own sees it bite. Whether the
//     service goes over the link, and not past it, is asked before the fault ends, so that
//     what is used on demand has its time, and when a signal is missing. A virtual world
//     can tell; one of containers tells whether anybody has come over a link that has, or
//     had, a toxic, and not of one that was cut.
//   - notice: every signal that the runbook lists shows within its budget, and no
//     alert that it does not list fires.
//   - respond: the steps run as written, each a pace after the one before, and
//     what each promises comes true; then the fault ends, and recovery follows. Under
//     the fault the mitigation brings the objectives back. With heals: self there is
//     none; if its front matter says serves: 0.99, as many customers were served by
//     their own record, of those who came while the fault was on.
//   - settle: all signals are quiet and the steady state is back, for good; what
//     was accepted has arrived, once, and within what customers are promised
//     whenever the service said that it served them; the stores hold what their
//     events make, and every change has somebody who answers for it; nothing is
//     left behind: no toxic, no service that does not run, no mitigation in force,
//     alert of the runbook pending, listed or let fire, no [Pool] of another size. The
//     load ends when all is quiet and steady, and before the books are read: an alert that
//     the runbook does not list, and that fires only then, such as one that nobody comes,
//     is no finding.
//
// A drill has one of three outcomes. It passed, it failed, or it could not be
// verified: data was missing, the harness itself broke, or the drill was stopped.
// The last is never taken for one of the others. A test binary with [Main] in it
// exits with 0 when all passed, with 1 when something failed, and with 2 when
// nothing failed and something could not be verified. Run it itself to see that
// (go test -c): "go test" turns every status but 0 into 1.
//
// Drills belong in a package of their own, without tests of anything else. All tests of a
// package are one binary. To learn which drills there are, it is run with -sim.describe,
// by every command that works on them ("drill list", "drill lint", "drill new", the
// completion of their names …): the drills register only, and what looks at drills, by
// [Try] or [Describe], is skipped; but any other test runs as ever, each time. It costs
// its time there, does what it does to databases and networks, and when it panics or ends
// the process nothing is described. One that fails where a drill could not be verified does
// not show in the status, which is 2.
//
// # Stopping a drill
//
// Ctrl-C, SIGTERM or SIGHUP ends a drill in any act, and so does the drill's own condition Stop,
// until the load ends in the last one: one series for which it holds is enough, as with an
// alert, whereas steps and objectives have to hold for all. So does a Stop that has no data
// for a minute, once it had some. The fault is healed; the mitigations that steps have
// put in force and not yet undone are undone through the contract, the last one first;
// the world is taken down, which removes its containers. The journal is kept, and has an entry "abort". The drill could
// not be verified, unless it had found before that it failed, and its finding "abort"
// says why it was stopped, what was undone, and what could not be within a minute. A
// second signal ends the process at once: the next run in containers sweeps away what
// is left.
// The child process of a rehearsal in virtual time ends when its parent does,
// however that goes. All this needs [Main].
//
// # The first drill in an hour
//
// A service that heals by itself is drilled by what it shows alone, without a ledger, and
// without a contract or an operator, whom nobody needs. Write
//
//   - the parts, as [System].Virtual or [System].Containers: the service, what it depends on,
//     a link between the two, and the service's metrics as a target;
//   - one alert, as production has it, and one objective;
//   - who customers are: a Request, and a Judge of its answer;
//   - the drill.
//
// The drill is as short as
//
//	sim.Rehearse(t, shop, sim.Drill{Runbook: "replica-lost", Traffic: traffic.Steady(5), Fault: fault.Kill("shop-1")})
//
// "drill new replica-lost" writes its runbook. Say heals: self in the front matter, and budget:
// {detect: 1m, recover: 3m}, and leave the steps out. Then play it: "drill run replica-lost".
// Of the rest of a [System] each part asks more of the service: a Ledger, that nothing is lost
// or doubled; Contract and Operator, that the steps of a runbook work.
//
// # In a repository's tests
//
// Drills are tests. On each commit play them in virtual time, in seconds; with -short none is
// played in containers:
//
//	go test -short ./...
//
// In a job of its own, with a Docker engine, play them in both worlds. Without -timeout 0, go
// test ends everything after ten minutes, and a drill that would take longer is not begun:
//
//	go test -v -count=1 -timeout 0 ./scenarios -sim.require
//
// # A service of your own
//
// Write one value, a [System]: how its parts are put into a world, its alert
// rules and objectives, its runbooks, what its operators may do, and who its
// customers are. Put the drills in a package of their own, such as scenarios, and the
// System where they can import it. The file own_service_test.go beside this one does so for a small
// service in some 200 lines. Call [Main] from TestMain for a closing table.
//
// A drill sees by probes of its own whether a fault on a link bites, so that each link
// says how one speaks to its far end: Greet. Those of common protocols are in the
// package greet.
//
// What the service has to show, at each endpoint that the world calls a target:
//
//   - GET /metrics, or [System].MetricsPath: its metrics, as Prometheus scrapes them.
//     Every counter exists from the start: an absent series is missing data, never a
//     zero, unless the expression that reads it says what it stands for, by "or
//     vector(0)", "unless" or absent(). An answer that cannot be read is a scrape that
//     failed: its target is down.
//   - GET /readyz, or [System].ReadyPath, where runbooks list "health": with any status
//     code,
//     {"status": "degraded", "checks": {"shelf": {"status": "down"}}}. Then
//     "shelf=down" and "status=degraded" are signals. They are quiet by the word of all
//     targets that are up: before the fault and in the end each has to answer with every
//     check that the runbook lists, also one that it has no part in.
//   - On its standard output, where runbooks list "logs", lines of JSON with the
//     key "event", or [System].EventKey: {"event": "shelf.lost", "note": 7}. Each service
//     that is a target logs some event before the fault, such as that it has started: of
//     one that never did, nobody knows what its log would tell.
//     When a part of it ends by itself, not killed or stopped by the fault, the world
//     logs "process.crashed" for it, under that key, and starts it again. A drill in
//     which that happens has failed, unless the runbook tells of it (logs, may_log). Before
//     all parts are ready it is no finding: what a part needs may not be there yet.
//
// The alerts of the rules are production's own, and one that fires fails a drill unless
// its runbook lists it. [System].Ignore names those that no drill judges, such as a dead
// man's switch, which always fires.
//
// Rules choose by labels that production's scrapes set, such as job and namespace.
// Give them to the targets by [System].Labels: a rule that chooses by one that no
// series has matches nothing and can never fire, so that its silence says nothing.
// The label instance is the name of the target, without a port. Of what Prometheus
// itself makes of a scrape, rules find "up", "scrape_duration_seconds" (on the world's
// clock) and "scrape_samples_scraped".
//
// All targets are scraped every five seconds, and all rules evaluated after that, whatever
// their groups say; [System].Interval is production's own. The longer it is, the later an
// alert fires: budgets are by it.
//
// What is so when all is well stands in one file, the objectives; each expr is a
// PromQL condition, written for speed 1:
//
//	objectives: # what customers are promised; a mitigation has to restore it
//	  - name: notes-kept
//	    description: Whoever brings a note has it kept.
//	    expr: sum(rate(notes_total{code="201"}[10s])) / sum(rate(notes_total[10s])) > 0.9
//	steady: # what else is so when nothing is left to do
//	  - {name: own-shelf, description: Notes lie where they belong., expr: max(notes_on_spare) == 0}
//	pools: # expressions of one value, as large after a drill as before
//	  - {name: desks, description: Desks that take notes., expr: sum(up)}
//	claims: # counters that may not count more than was done: accepted, delivered or in-time
//	  - {name: taken, description: Notes taken., expr: 'notes_total{code="201"}', of: accepted}
//	curves: # what reports draw beside the rest
//	  - {name: waiting, description: Notes that wait., unit: notes, expr: max(notes_waiting)}
//
// A runbook called x is the file runbooks/x.md. Where there are no scenarios yet, "drill new x"
// writes the first ones: a System with its parts in containers, rules, objectives, the drill
// and its runbook. Or begin with the System, a rule file (the one line "groups:" will do) and
// one drill, whose runbook need not be there yet: then it writes that and its alert. It says
// what belongs into each gap; "drill lint" lists the gaps. Every further failure mode is one
// "drill new", which writes its drill, too.
//
// Each step of a runbook is a line for the program that operators call. That is opctl,
// or what the contract calls it, by [runbook.Contract].Program: all of runbooks, lint and
// reports go by that name. What it does is your own client's, the [System].Operator, which
// answers with JSON, or with nothing; a step with another answer could not be verified.
//
// A service in Go can be rehearsed in virtual time: it has to take its dialer and
// its listener as arguments, keep time by package time, and leave no goroutine
// behind: one that outlives its world is a finding. In such a world nothing may wait
// for what is outside of it: no net.Listen and no net.Dial but those of the
// [virtual.Host], no http.DefaultClient, no loop that computes without end, no
// goroutine or channel made before the world was. A drill in which virtual time stands
// still is ended after a quarter of the time that it is planned to live, on the wall, and no
// sooner than after three minutes.
//
// Any service, in any language, can be rehearsed in containers: the example of [System] has
// its Containers for a service and a Postgres, and the package containers says what they need
// to start. Leave [System].Virtual
// out then: [Rehearse] skips virtual time and says so, "drill run" plays each drill
// where it can be played, and where no Docker engine answers such a drill could not be
// verified, for nothing of it was played. What needs virtual time is not to be had:
// "drill prove", [Try], [Quiet], and drills at two speeds. A drill whose fault needs
// what only some worlds can do, such as [fault.Pause], is skipped in the others in the
// same way; a fault of your own says what it needs by [fault.Needing].
//
// # Flags of the test binary
//
//	-sim.seed N      repeat a run: every random choice comes from the seed, but for the jitter
//	                 of a [toxic.Latency], which toxiproxy draws
//	-sim.speed X     live X times as fast; in containers System.Speed unless told otherwise
//	-sim.speeds      rehearse each drill in virtual time at speeds 1 and 10, too, and compare
//	                 them: what differs is a part of the service that does not keep to the speed
//	-sim.together N  how many drills in containers may run at once; unless told otherwise
//	                 one of speed 4 a processor, and more while little waits for one
//	-sim.needed      rehearse each drill without its runbook, too: that has to be red
//	-sim.require     no Docker engine is a failure, not a skip
//	-sim.dir DIR     where journals and results go
//	-sim.events FILE append what happens to a file, a line of JSON each (see [Event])
//
// To debug a drill, run it in the process at hand, by
// -sim.child=/dev/null -sim.seed=N with -run for that one test: virtual time has
// one bubble to a process, so that a rehearsal otherwise gets a process of its
// own.
package sim
