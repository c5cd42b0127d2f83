// Package scenarios speaks to the command drill as scenarios do, by the flags of
// package sim, and rehearses nothing: what a drill comes to is told by $HOUSE.
package scenarios

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	describe = flag.Bool("sim.describe", false, "")
	events   = flag.String("sim.events", "", "")
	rows     = flag.String("sim.prove", "", "")
	seed     = flag.Uint64("sim.seed", 0, "")
	speed    = flag.Float64("sim.speed", 0, "")
	_        = flag.Int("sim.together", 0, "")
	require  = flag.Bool("sim.require", false, "")
	_        = flag.String("sim.dir", "", "")
	variant  = flag.String("sim.variant", "", "")
)

var (
	status int
	drills []event // that are described
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *describe {
		out := os.Stdout
		os.Stdout = os.Stderr
		m.Run()
		if mistake := os.Getenv("HOUSE_MISTAKE"); mistake != "" {
			json.NewEncoder(out).Encode(event{"mistake": mistake})
			os.Exit(1)
		}
		tell(out)
		os.Exit(0)
	}
	m.Run()
	os.Exit(status)
}

// Drill is one of the house.
type Drill struct{ Runbook, Traffic, Fault string }

const house = "house"

// Rehearse has the form of sim.Rehearse. $HOUSE_WITHOUT is a drill that nothing is
// heard of, $HOUSE_UNREAD one that cannot be spoiled; with HOUSE=virtual the house has no containers, with HOUSE_TIMELESS=1 nothing
// else. $HOUSE_MISTAKE is why the
// house cannot be described.
func Rehearse(t *testing.T, _ string, d Drill) {
	if *describe {
		register(t.Name(), d)
		return
	}
	if d.Runbook == os.Getenv("HOUSE_WITHOUT") {
		return
	}
	if os.Getenv("HOUSE_TIMELESS") == "" {
		t.Run("virtual", func(t *testing.T) { play(t, d, "virtual") })
		t.Run("prove", func(t *testing.T) { prove(t, d) })
	}
	if os.Getenv("HOUSE") == "virtual" {
		return
	}
	t.Run("containers", func(t *testing.T) {
		if !*require {
			send(event{"kind": "skipped", "test": t.Name(), "drill": d.Runbook, "world": "containers", "text": "no engine answers"})
			return
		}
		play(t, d, "containers")
	})
}

func register(test string, d Drill) {
	_, file, _, _ := runtime.Caller(2)
	worlds := []string{"virtual"}
	if os.Getenv("HOUSE") != "virtual" {
		worlds = append(worlds, "containers")
	}
	lacks := map[string]string{}
	if os.Getenv("HOUSE_TIMELESS") != "" {
		worlds, lacks["virtual"] = []string{"containers"}, "the house has no clock"
	}
	drills = append(drills, event{"lacks": lacks, "test": test, "file": filepath.Base(file), "name": d.Runbook, "runbook": d.Runbook, "system": "house", "worlds": worlds, "load": d.Traffic, "fault": "a hole"})
}

type event map[string]any

func send(e event) {
	out, err := os.OpenFile(*events, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer out.Close()
	json.NewEncoder(out).Encode(e)
}

var outcomes = map[string]struct {
	outcome string
	status  int
}{"": {"passed", 0}, "virtual": {"passed", 0}, "failed": {"failed", 1}, "unverified": {"could not be verified", 2}, "beside": {"passed", 1}, "differs": {"passed", 1}}

func play(t *testing.T, d Drill, world string) {
	if *rows != "" {
		return
	}
	test := t.Name()
	about := func(kind string, more event) event {
		e := event{"kind": kind, "test": test, "drill": d.Runbook, "world": world}
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	send(about("begins", nil))
	if os.Getenv("HOUSE") == "panic" {
		panic("the house fell down")
	}
	for n := range 10 {
		send(about("round", event{"act": "notice", "elapsed": n * 5_000_000_000, "waits": "alert Leak"}))
		time.Sleep(glance())
	}
	send(about("act", event{"act": "notice", "took": 50_000_000_000, "elapsed": 50_000_000_000}))
	send(about("step", event{"act": "respond", "step": "1 mop: opctl floor mop"}))
	o := outcomes[os.Getenv("HOUSE")]
	result := event{"test": test, "drill": d.Runbook, "world": world, "seed": *seed, "speed": max(1, *speed), "outcome": o.outcome, "wall": 1_500_000_000}
	if o.outcome == "passed" {
		result["ledger_read"], result["accepted"], result["delivered"] = true, 3, 3
	} else {
		result["findings"] = []event{{"act": "notice", "name": "alert Leak", "expected": "shown", "saw": "quiet\x1b[1m", "unverified": o.status == 2}}
	}
	send(about("ends", event{"result": result, "again": "go test"}))
	if os.Getenv("HOUSE") == "differs" {
		send(about("differs", event{"text": "alert Leak fired in one"}))
	}
	if o.status == 1 && o.outcome == "passed" {
		fmt.Println("--- FAIL: TestWalls")
	}
	status = max(status, o.status)
}

func glance() time.Duration {
	d, _ := time.ParseDuration(os.Getenv("HOUSE_GLANCE"))
	return d
}

func prove(t *testing.T, d Drill) {
	if *rows == "" || *variant != "" && *variant != "no fault" {
		return
	}
	if d.Runbook == os.Getenv("HOUSE_UNREAD") {
		status = 2
		t.Errorf("%s: could not be verified: its runbook cannot be read", d.Runbook)
		return
	}
	about := func(kind string) event {
		return event{"kind": kind, "test": t.Name(), "variant": "no fault", "drill": d.Runbook, "world": "virtual"}
	}
	send(about("begins"))
	if os.Getenv("HOUSE") == "panic" {
		panic("the house fell down")
	}
	end := about("ends")
	end["result"] = event{"drill": d.Runbook, "outcome": "failed", "wall": 1_500_000_000}
	send(end)
	verdict := os.Getenv("HOUSE")
	if verdict == "" {
		verdict = "killed"
	}
	out, _ := os.OpenFile(*rows, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	defer out.Close()
	json.NewEncoder(out).Encode(event{"drill": d.Runbook, "group": "evidence", "variant": "no fault", "verdict": verdict, "saw": "notice: alert Leak", "again": "drill prove leak"})
}

// tell says what the house is, by its files.
func tell(out io.Writer) {
	rules, _ := os.ReadFile("../rules.yml")
	system := event{"name": "house", "rules": string(rules), "interval": 5_000_000_000,
		"contract": event{"Version": "1", "Commands": []event{
			{"Name": "floor show", "Class": "observe"}, {"Name": "floor mop", "Class": "recover"}}}}
	var books, alerts []event
	for _, alert := range strings.Split(string(rules), "- alert: ")[1:] {
		name, rest, _ := strings.Cut(alert, "\n")
		_, url, _ := strings.Cut(rest, "runbook_url: ")
		url, _, _ = strings.Cut(url, "\n")
		alerts = append(alerts, event{"name": name, "severity": "warning", "runbook_url": url, "expr": "vector(0) == 1"})
	}
	files, _ := filepath.Glob("../runbooks/*.md")
	for _, file := range files {
		src, _ := os.ReadFile(file)
		id := strings.TrimSuffix(filepath.Base(file), ".md")
		books = append(books, event{"file": "runbooks/" + id + ".md", "source": string(src), "id": id, "alerts": []string{"Leak"}})
	}
	system["runbooks"], system["alerts"] = books, alerts
	json.NewEncoder(out).Encode(event{"systems": []event{system}, "drills": drills})
}
