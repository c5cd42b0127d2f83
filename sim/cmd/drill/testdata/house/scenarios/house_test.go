// Package scenarios speaks to the command drill as scenarios do, by the flags of
// package sim, and rehearses nothing: what a drill comes to is told by $HOUSE.
package scenarios

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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
	require  = flag.Bool("sim.require", false, "")
	_        = flag.String("sim.dir", "", "")
	_        = flag.String("sim.variant", "", "")
)

var status int

func TestMain(m *testing.M) {
	flag.Parse()
	if *describe {
		tell()
		os.Exit(0)
	}
	m.Run()
	os.Exit(status)
}

// Drill is one of the house.
type Drill struct{ Runbook, Traffic, Fault string }

const house = "house"

// Rehearse has the form of sim.Rehearse.
func Rehearse(t *testing.T, _ string, d Drill) {
	t.Run("virtual", func(t *testing.T) { play(t, d, "virtual") })
	t.Run("containers", func(t *testing.T) {
		if !*require {
			send(event{"kind": "skipped", "test": t.Name(), "drill": d.Runbook, "world": "containers", "text": "no engine answers"})
			return
		}
		play(t, d, "containers")
	})
	t.Run("prove", func(t *testing.T) { prove(d) })
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
}{"": {"passed", 0}, "failed": {"failed", 1}, "unverified": {"could not be verified", 2}, "beside": {"passed", 1}, "differs": {"passed", 1}}

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
	if o.outcome != "passed" {
		result["findings"] = []event{{"act": "notice", "name": "alert Leak", "expected": "shown", "saw": "quiet", "unverified": o.status == 2}}
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

func prove(d Drill) {
	if *rows == "" {
		return
	}
	verdict := os.Getenv("HOUSE")
	if verdict == "" {
		verdict = "killed"
	}
	send(event{"kind": "begins", "test": "TestLeak/prove", "variant": "no fault", "drill": d.Runbook, "world": "virtual"})
	send(event{"kind": "ends", "test": "TestLeak/prove", "variant": "no fault", "drill": d.Runbook, "world": "virtual",
		"result": event{"drill": d.Runbook, "outcome": "failed", "wall": 1_500_000_000}})
	line, _ := json.Marshal(event{"drill": d.Runbook, "group": "evidence", "variant": "no fault", "verdict": verdict, "saw": "notice: alert Leak", "again": "drill prove leak"})
	os.WriteFile(*rows, append(line, '\n'), 0o644)
}

// tell says what the house is, by its files.
func tell() {
	rules, _ := os.ReadFile("../rules.yml")
	system := event{"name": "house", "rules": string(rules), "interval": 5_000_000_000,
		"contract": event{"Version": "1", "Commands": []event{
			{"Name": "floor show", "Class": "observe"}, {"Name": "floor mop", "Class": "recover"}}}}
	var books, alerts, drills []event
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
	tests, _ := filepath.Glob("*_test.go")
	for _, file := range tests {
		src, _ := os.ReadFile(file)
		if _, book, ok := strings.Cut(string(src), "Runbook: \""); ok && file != "house_test.go" {
			id, _, _ := strings.Cut(book, "\"")
			_, test, _ := strings.Cut(string(src), "func ")
			test, _, _ = strings.Cut(test, "(")
			drills = append(drills, event{"test": test, "file": file, "runbook": id, "system": "house", "worlds": []string{"virtual", "containers"}, "load": "1/s", "fault": "a hole"})
		}
	}
	system["runbooks"], system["alerts"] = books, alerts
	json.NewEncoder(os.Stdout).Encode(event{"systems": []event{system}, "drills": drills})
}
