package nightly

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/trend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// town is where commands take their time, and end as they are told to.
type town struct {
	takes  map[string]time.Duration // by the first words of a command
	status map[string]int
	said   []string // commands
}

func (w *town) do(ctx context.Context, args ...string) (int, string) {
	line := strings.Join(args, " ")
	w.said = append(w.said, line)
	took, status := time.Second, 0
	for words, t := range w.takes {
		if strings.HasPrefix(line+" ", words+" ") || strings.Contains(line, words+" ") && strings.Contains(words, "--") {
			took = max(took, t)
		}
	}
	for words, s := range w.status {
		if strings.HasPrefix(line+" ", words+" ") {
			status = s
		}
	}
	select {
	case <-ctx.Done():
		return 2, ""
	case <-time.After(took):
	}
	if args[0] == "trend" {
		return status, "DRILL  WORLD\n"
	}
	return status, ""
}

func (w *town) count(words string) (n int) {
	for _, line := range w.said {
		if strings.Contains(line+" ", words+" ") {
			n++
		}
	}
	return n
}

func aTown() *town {
	return &town{status: map[string]int{}, takes: map[string]time.Duration{
		"run": time.Minute, "--world containers": 150 * time.Second, "prove": 50 * time.Second}}
}

func aNight(t *testing.T, w *town, minutes int) (*Night, *bytes.Buffer) {
	var out bytes.Buffer
	n := &Night{Minutes: time.Duration(minutes) * time.Minute, Dir: filepath.Join(t.TempDir(), "nightly"), Do: w.do, Out: &out, Lengths: map[string]Length{}}
	n.Name, n.Results = "tonight", filepath.Join(t.TempDir(), "results.jsonl")
	appendTo(t, n.Results, aResult)
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p") {
		n.Drills = append(n.Drills, Drill{Name: name, Containers: true, Fastest: 5})
		n.Lengths[name] = Length{Lived: 10 * time.Minute, Overhead: 30 * time.Second}
	}
	return n, &out
}

const aResult = `{"test":"TestA/virtual","drill":"a","world":"virtual","outcome":"passed","journal":"a1","origin":{"run":"tonight"}}`

// spend runs the night in virtual time, and returns its status and what it took.
func spend(t *testing.T, n *Night) (status int, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		status = n.Run(t.Context(), began)
		took = time.Since(began)
	})
	return status, took
}

func TestNights(t *testing.T) {
	for name, c := range map[string]struct {
		minutes                              int
		containers, proved, roundsMin, speed int
	}{
		"ten minutes": {10, 2, 1, 2, 5},
		"an hour":     {60, 16, 9, 5, 5},
		"two hours":   {120, 16, 16, 5, 2},
		"four hours":  {240, 16, 16, 30, 1},
	} {
		w := aTown()
		if c.speed < 5 { // a command takes what the plan says
			w.takes["--world containers"] = 10*time.Minute/time.Duration(c.speed) + 30*time.Second
		}
		n, out := aNight(t, w, c.minutes)
		status, took := spend(t, n)
		assert.Equal(t, good, status, "%s\n%s", name, out)
		assert.LessOrEqual(t, took, n.Minutes, name)
		assert.GreaterOrEqual(t, took, n.Minutes*85/100, "%s: the time is used", name)
		assert.Equal(t, c.containers, w.count("--world containers"), "%s\n%s", name, out)
		assert.GreaterOrEqual(t, w.count("prove"), c.proved, "%s\n%s", name, out)
		if c.containers > 0 {
			assert.Contains(t, out.String(), "--speed "+string(rune('0'+c.speed)), name)
		}
		assert.GreaterOrEqual(t, w.count("run")-c.containers, c.roundsMin, "%s\n%s", name, out)
		assert.Equal(t, "report", strings.Fields(w.said[len(w.said)-1])[0], name)
	}
}

// Promise: a drill that does not fit the night keeps none from it that does.
func TestALongDrillKeepsNoneFromTheNight(t *testing.T) {
	w := aTown()
	n, out := aNight(t, w, 10)
	n.Lengths["a"] = Length{Lived: 2 * time.Hour}
	spend(t, n)
	assert.Zero(t, w.count("run a --world containers"))
	assert.Equal(t, 2, w.count("--world containers"), "%s", out)
	assert.Contains(t, out.String(), "left out: 14 of 16 drills in containers, for want of time: a, d, e, ")
}

// Promise: even where commands take far longer than ever before, the night is over
// by one of them at most.
func TestOverrunsByOneCommand(t *testing.T) {
	for _, slow := range []string{"--world containers", "prove", "run"} {
		w := aTown()
		w.takes[slow] = 5 * time.Minute
		n, out := aNight(t, w, 10)
		_, took := spend(t, n)
		assert.LessOrEqual(t, took, 15*time.Minute+3*time.Second, "%s\n%s", slow, out)
	}
	w := aTown()
	w.takes["prove"] = 100 * time.Hour
	n, out := aNight(t, w, 10)
	status, took := spend(t, n)
	assert.Equal(t, unclear, status)
	assert.LessOrEqual(t, took, 10*time.Minute+unknown.Lived, out)
	assert.Contains(t, n.summary(), "a command does not come to its end")
}

func TestStatusOfANight(t *testing.T) {
	for name, c := range map[string]struct {
		status map[string]int
		engine error
		needed bool
		want   int
	}{
		"green":                           {want: good},
		"a drill failed":                  {status: map[string]int{"run": 1}, want: red},
		"a drill in containers failed":    {status: map[string]int{"run a --world": 1}, want: red},
		"something survived":              {status: map[string]int{"prove": 1}, want: red},
		"a drill could not be verified":   {status: map[string]int{"run b": 2}, want: unclear},
		"failed counts more":              {status: map[string]int{"run b": 2, "prove": 1}, want: red},
		"slower":                          {status: map[string]int{"trend --fail-on slower": 1}, want: red},
		"over budget":                     {status: map[string]int{"trend --fail-on budget": 1}, want: red},
		"too few runs to tell":            {status: map[string]int{"trend --fail-on slower": 2}, want: good},
		"the trend cannot be shown":       {status: map[string]int{"trend": 2}, want: unclear},
		"a line of results is damaged":    {status: map[string]int{"trend add": 2}, want: unclear},
		"no engine":                       {engine: errors.New("no Docker engine answers"), want: good},
		"no engine, but it is asked for":  {engine: errors.New("no Docker engine answers"), needed: true, want: unclear},
		"no engine, and something failed": {engine: errors.New("no Docker engine answers"), needed: true, status: map[string]int{"run": 1}, want: red},
	} {
		w := aTown()
		w.status = c.status
		n, out := aNight(t, w, 10)
		n.NoEngine, n.Require = c.engine, c.needed
		status, _ := spend(t, n)
		assert.Equal(t, c.want, status, "%s\n%s", name, out)
		if c.engine != nil {
			assert.Zero(t, w.count("--world containers"), name)
			assert.Contains(t, out.String(), "left out: all drills in containers: no Docker engine answers", name)
		}
		summary, err := os.ReadFile(filepath.Join(n.Dir, "nightly.md"))
		require.NoError(t, err, name)
		heading, _, _ := strings.Cut(string(summary), "\n")
		assert.Contains(t, heading, "## The nightly: "+outcome(c.want), name)
		assert.Equal(t, len(n.Account().LeftOut) > 0, strings.Contains(heading, "left out"), "%s: %s", name, heading)
	}
}

// Promise: where drills cannot even be begun, a night does not try it again until the
// morning; a drill that is red by a result is tried with other seeds all the same.
func TestNoCampaignWithoutResults(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		line   string // of a result that each round leaves
		again  bool   // it goes on
	}{
		"not begun":           {status: unclear},
		"a test died":         {status: red},
		"of another night":    {status: unclear, line: `{"test":"TestA/virtual","drill":"a","world":"virtual","outcome":"failed","origin":{"run":"yesterday"}}`},
		"red by a result":     {status: red, line: `{"test":"TestA/virtual","drill":"a","world":"virtual","outcome":"failed","origin":{"run":"tonight"}}`, again: true},
		"unclear by a result": {status: unclear, line: `{"test":"TestA/virtual","drill":"a","world":"virtual","outcome":"could not be verified","origin":{"run":"tonight"}}`, again: true},
	} {
		w := aTown()
		w.status["run"], w.takes = c.status, map[string]time.Duration{} // a second each
		n, out := aNight(t, w, 10)
		n.NoEngine = errors.New("no Docker engine answers")
		n.Do = func(ctx context.Context, args ...string) (int, string) {
			if args[0] == "run" && c.line != "" {
				appendTo(t, n.Results, c.line)
			}
			return w.do(ctx, args...)
		}
		status, _ := spend(t, n)
		assert.Equal(t, c.status, status, name)
		told := strings.Contains(out.String(), "left out: more seeds in virtual time: a round ended without a result")
		assert.Equal(t, !c.again, told, "%s\n%s", name, out)
		if c.again {
			assert.Greater(t, w.count("run"), 100, name)
		} else {
			assert.Equal(t, 2, w.count("run"), name)
		}
	}
}

func appendTo(t *testing.T, file, line string) {
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	require.NoError(t, err)
	_, err = out.WriteString(line + "\n")
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

func TestInterrupted(t *testing.T) {
	for in, commands := range map[string]int{"run a": 2, "trend --fail-on slower": 0, "report": 0} { // 0: as many as there are
		w := aTown()
		n, _ := aNight(t, w, 10)
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			n.Do = func(_ context.Context, args ...string) (int, string) {
				if strings.HasPrefix(strings.Join(args, " "), in) {
					stop()
				}
				return w.do(ctx, args...)
			}
			assert.Equal(t, unclear, n.Run(ctx, time.Now()), in)
		})
		if commands > 0 {
			assert.Len(t, w.said, commands, "nothing is started after that")
		}
		assert.True(t, strings.HasPrefix(w.said[len(w.said)-1], in), w.said)
		assert.Contains(t, n.summary(), "ended early")
	}
}

// Promise: the files of a night are its own: what another one left, or drills before it,
// is not taken for its report.
func TestANightWithoutJournals(t *testing.T) {
	w := aTown()
	w.status["run"] = unclear
	n, out := aNight(t, w, 10)
	require.NoError(t, os.WriteFile(n.Results, nil, 0o644))
	require.NoError(t, os.MkdirAll(n.Dir, 0o755))
	old := []string{"report.html", "junit.xml", "report.md", "trend.html"}
	for _, name := range old {
		require.NoError(t, os.WriteFile(filepath.Join(n.Dir, name), []byte("all green"), 0o644))
	}
	status, _ := spend(t, n)
	assert.Equal(t, unclear, status)
	assert.Zero(t, w.count("report"))
	assert.Contains(t, out.String(), "left out: the report, for nothing has left a journal")
	for _, name := range old {
		assert.NoFileExists(t, filepath.Join(n.Dir, name))
	}
}

// Promise: each command is printed as it can be typed, wherever the drills are.
func TestDrillsElsewhere(t *testing.T) {
	w := aTown()
	n, out := aNight(t, w, 10)
	n.Scenarios = "drills"
	spend(t, n)
	assert.Contains(t, out.String(), ": drill prove ")
	for _, line := range w.said {
		word, _, _ := strings.Cut(line, " ")
		assert.Equal(t, word == "run" || word == "prove", strings.HasSuffix(line, " --scenarios drills"), line)
	}
}

func TestPlan(t *testing.T) {
	now := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	drills := []Drill{{Name: "often", Containers: true, Fastest: 5}, {Name: "new", Containers: true, Fastest: 5}, {Name: "virtual only", Containers: false}, {Name: "long ago", Containers: true, Fastest: 5}}
	known := map[string]Length{
		"often":    {10 * time.Minute, 20 * time.Second, now},
		"long ago": {8 * time.Minute, 20 * time.Second, now.AddDate(0, 0, -9)},
	}
	for window, speed := range map[time.Duration]int{time.Hour: 1, 31 * time.Minute: 1, 29 * time.Minute: 2, 11 * time.Minute: 3, 9 * time.Minute: 4, time.Minute: 5} {
		p := planContainers(drills, known, window)
		assert.Equal(t, speed, p.speed, window)
		assert.Equal(t, []string{"new", "long ago", "often"}, p.drills, "those first that have not run for the longest time")
	}

	drills[0].Fastest = 0 // of a system that does not say that it can live faster
	p := planContainers(drills, known, time.Minute)
	assert.Equal(t, []int{5, 1}, []int{p.speedOf("new"), p.speedOf("often")})
	assert.Equal(t, 10*time.Minute+20*time.Second, p.takes("often"))
}

func TestProveOrder(t *testing.T) {
	drills := strings.Fields("a b c d e f g h")
	day, first := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC), map[string]bool{}
	for i := range 60 {
		order := proveOrder(drills, day.AddDate(0, 0, i))
		assert.ElementsMatch(t, strings.Fields("a b c d e f g h"), order)
		first[order[0]] = true
	}
	assert.Len(t, first, 8, "each drill is first in one of sixty nights")
	assert.Equal(t, proveOrder(drills, day), proveOrder(drills, day.Add(time.Hour)))
}

func TestLengths(t *testing.T) {
	at := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	result := func(world string, lived, wall time.Duration, speed float64, days int) trend.Result {
		return trend.Result{Drill: "a", World: world, Elapsed: lived, Wall: wall, Speed: speed, Origin: trend.Origin{Started: at.AddDate(0, 0, days)}}
	}
	assert.Equal(t, map[string]Length{"a": {10 * time.Minute, 20 * time.Second, at.AddDate(0, 0, 2)}}, Lengths([]trend.Result{
		result("containers", 9*time.Minute, 2*time.Minute, 5, 0),
		result("containers", 10*time.Minute, 140*time.Second, 5, 1),
		result("containers", 12*time.Minute, 12*time.Minute+20*time.Second, 1, 2),
		result("virtual", time.Minute, time.Second, 1, 3),
	}))
}

// Promise: drills that have containers only are run there, and nothing is tried of them
// that needs virtual time; without an engine nothing was seen of them.
func TestDrillsInContainersOnly(t *testing.T) {
	for name, c := range map[string]struct {
		timeless int // drills
		engine   error
		status   int
		rounds   string
	}{
		"some":      {2, nil, good, "run c d e f g h i j k l m n o p"},
		"some, bad": {2, errors.New("no engine"), unclear, "run c d e f g h i j k l m n o p"},
		"all":       {16, nil, good, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := aTown()
			n, out := aNight(t, w, 120)
			n.NoEngine = c.engine
			for i := range c.timeless {
				n.Drills[i].Timeless = true
			}
			status, _ := spend(t, n)
			assert.Equal(t, c.status, status, "%s", out)
			assert.Zero(t, w.count("prove a"))
			assert.Contains(t, out.String(), "that have no parts for it: a, b")
			if c.rounds == "" {
				assert.Equal(t, "run", strings.Fields(w.said[0])[0])
				assert.Contains(t, w.said[0], "--world containers")
				return
			}
			assert.Positive(t, w.count(c.rounds))
			assert.Positive(t, w.count("prove c"))
		})
	}
}
