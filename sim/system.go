package sim

import (
	"cmp"
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
)

// System is everything that Drillbook has to know of a service. It is a value:
// write one for a service of your own, and every drill works on it. A field has to
// be set unless its comment says that it may be left out; [System.Validate] names
// those that are missing.
type System struct {
	// Name of the service, for reports.
	Name string
	// Rules is the Prometheus rule file, as production loads it.
	Rules []byte
	// Ignore are the names of alerts that no drill judges, as if the rules did not have
	// them: a dead man's switch, which always fires, so that its silence tells that nobody
	// is paged any more; or one about what a drill does not bring, such as a backup. They
	// need no runbook, and no runbook can list them. It may be left out.
	Ignore []string
	// Labels are those that production's scrapes set on every target, such as job and
	// namespace: rules that choose by a label that is not here match nothing, and so
	// never fire. TargetLabels are those of some targets, by their names, over Labels.
	// The label "instance" is the target's name. Where the service shows a label of
	// that name itself, its own becomes exported_…, as without honor_labels. Both may
	// be left out.
	Labels       map[string]string
	TargetLabels map[string]map[string]string
	// Interval is the time between two scrapes, and between two rounds of all rules, as
	// production has it, at speed 1. Zero means five seconds. With 30 s an alert comes
	// as much later, which its budget has to allow for: a fault waits for the next
	// scrape, and a rate for two.
	Interval time.Duration
	// MetricsPath and ReadyPath are where each target shows its metrics and its readiness;
	// empty means /metrics and /readyz. EventKey is the key under which a line that is
	// logged names its event, such as "msg"; empty means "event".
	MetricsPath, ReadyPath, EventKey string
	// Objectives is a YAML file of PromQL conditions that hold when all is well;
	// see [Objective].
	Objectives []byte
	// Runbooks holds the runbooks: the one called "x" is the file runbooks/x.md in
	// it.
	Runbooks fs.FS

	// Prepare is called once, before a virtual world's time begins; libraries
	// that keep a clock of their own are started here. It may be left out.
	Prepare func()
	// Virtual adds the parts to a world in this process, in virtual time. A service
	// that is not in Go leaves it out where there are Containers: its drills play there
	// alone, and fail where no engine answers. What needs virtual time does without
	// them: "drill prove", [Try], [Quiet].
	Virtual func(*virtual.World) error
	// Containers adds the parts to a world of containers; it makes sure of their
	// images first. It may be left out: drills then play in virtual time alone.
	Containers func(context.Context, *containers.World) error
	// Speed is how many times as fast as the clock drills live in containers, unless
	// -sim.speed says otherwise. Drillbook divides its own times, the windows of rules
	// and of conditions by it, and multiplies the load; all other times are the
	// service's: Containers has to divide its timeouts by [world.Options].Speed, and
	// rules may compare only what then stays as it is, such as ratios. Zero means 1, for
	// a service that is as it is in production.
	Speed float64

	// Shows is what the service shows of itself, for drill lint to hold the names
	// in runbooks against. It may be left out, or some of it: what is empty is not
	// checked.
	Shows Shows

	// Contract is all that a runbook may do to the service. It and Operator may be left out,
	// until a runbook has a step: one may say of a service that heals by itself what to look
	// at, and whom to call.
	Contract func() (runbook.Contract, error)
	// Operator returns the client that carries a runbook's commands out. What the service
	// refuses has to be an error of its: any status but a success, over HTTP. A command
	// that has not come to an end within ten minutes, at speed 1, has failed.
	Operator func(world.World) (runbook.Operator, error)
	// Customers are those who use the service.
	Customers Customers
	// Ledger reads what reached the service's far side, from the store of who
	// received it: never from the service's own word. It may be left out where the
	// answer is all that a customer is owed, as of a search: nobody holds what arrived
	// against what was accepted then, and results say so.
	Ledger func(context.Context, world.World) (Books, error)
	// Audit begins to watch the service's stores, until ctx is done, and returns
	// what reads them at the end of a drill: from the stores themselves, never by
	// the service's own word. It may be left out: drills are not judged by an audit
	// then, and say so.
	Audit func(context.Context, world.World) (ReadAudit, error)

	// Tampers and Defects are what "drill prove" shows to be found. They may be left
	// out.
	Tampers []Tamper
	Defects []Defect
}

// speed in containers, where nobody asks for another.
func (s System) speed() float64 { return cmp.Or(s.Speed, 1) }

// interval between two rounds, at speed 1.
func (s System) interval() time.Duration { return cmp.Or(s.Interval, scrapes) }

// ReadAudit reads what a service's stores hold, and what was done to them since
// the watch began.
type ReadAudit func(context.Context) (check.Record, error)

// Tamper is something that must not happen to a service's stores, and what finds
// it out.
type Tamper struct {
	Name string
	// Do does it, behind the service's back. It is called when the load has ended.
	Do     func(context.Context, world.World) error
	Expect Expectation
}

// Defect is a known bug of the service, wired in for tests.
type Defect struct {
	Name string // what the service does wrong
	// Drill that finds it, by its runbook.
	Drill  string
	Expect []Expectation // any of these
	// Virtual adds the parts of the service, with the bug.
	Virtual func(*virtual.World) error
}

// Shows are the names of what a service shows.
type Shows struct {
	Metrics []string // of a histogram: without _bucket, _sum and _count
	Events  []string // that it may log
	// Errors are those of the Events of which a person has to know beforehand. One
	// that is logged in a drill fails it, unless the runbook names it, under logs or
	// may_log; as an alert does that it does not list. That one of its parts has crashed,
	// and was started again, is always among them: process.crashed, which the world logs.
	Errors []string
}

// events are all that may be logged; none when nothing is known of them.
func (s Shows) events() []string {
	if len(s.Events) == 0 {
		return nil
	}
	return withCrash(s.Events)
}

func (s Shows) errors() []string { return withCrash(s.Errors) }

func withCrash(events []string) []string {
	if slices.Contains(events, world.ProcessCrashed) {
		return events
	}
	return append(slices.Clone(events), world.ProcessCrashed)
}

func (s System) eventKey() string { return cmp.Or(s.EventKey, signal.EventKey) }

// Customers says how the service is asked and what its answers mean.
type Customers struct {
	// Endpoint through which customers come in.
	Endpoint string
	// Request draws the n-th request of a run.
	Request traffic.Source
	// Judge tells from an answer whether the request was accepted, and under
	// which identity; an empty one is the key of the request. Refused is what the service has
	// certainly not taken on: a 5xx is unknown where it leaves that open. What is unknown is
	// asked again until it is known, with the same path, headers and body. For a service
	// that would then do the work twice, too, refused is only where nothing can have happened.
	Judge func(status int, body []byte) (traffic.Verdict, string)
	// Reads tells from an answer that accepts what the customer is told of the
	// request. It may be left out: nobody compares that then.
	Reads func(body []byte) traffic.Answer
	// Look is how a customer asks what became of what was accepted under an identity: one
	// a second while the fault is on, and some when all is over. The answer goes to Judge and
	// Reads: it accepts when it shows anything; what is unknown, or not now, shows nothing
	// while the fault is on, and that is no finding. An answer in which Judge finds no
	// identity is about the one that was looked for. It may be left out: nobody looks then.
	Look func(id string) traffic.Request
	// Repeats: who asks once more for what was accepted, with the same key, changes
	// nothing, and is answered as who looks. Some do, when all is over.
	Repeats bool
	// Promise is within which time most of what is accepted arrives, at speed 1,
	// whenever the service is found to serve its customers. Zero promises nothing.
	Promise time.Duration
	// Arrival is how long an accepted request may take to arrive once all is
	// well, at speed 1. Zero means a minute. What comes later, while the last answers
	// are looked at and until nothing more comes, has arrived, too.
	Arrival time.Duration
}

// Books are the far side of the ledger.
type Books struct {
	Arrived []check.Arrived
	// Closed are identities that ended without an arrival on purpose, such as a
	// cancelled order; one that arrives all the same is a finding.
	Closed []string
	// Terms that the service worked by, in the order in which they came.
	Terms []check.Terms
}

// Drill is one rehearsal of one runbook. What it expects is not said here: that
// is in the runbook. All but Name and Stop has to be set; [Drill.Validate] names what is missing.
type Drill struct {
	// Runbook is the name of the runbook, without ".md".
	Runbook string
	// Name is the drill's own, where a runbook has more than one: it answers for what
	// shows, and several faults may show the same. Default the runbook's.
	Name string
	// Traffic is the load while the drill lasts.
	Traffic traffic.Load
	// Fault is what is done to the service. One value is for one drill, see the package fault.
	Fault fault.Fault
	// Stop is a PromQL condition, judged in every round until the load ends, at which the
	// drill is given up: it could not be verified then. As with an alert, one series is enough: "max by
	// (instance) (memory) > 5e9" stops it when one replica is that large. Steps and
	// objectives have to hold for every series. Comparisons joined by "and" have to hold
	// all of them, each for a series of its own. Empty means that nothing stops it.
	Stop string
}

// name is the drill's, in commands and in results.
func (d Drill) name() string { return cmp.Or(d.Name, d.Runbook) }
