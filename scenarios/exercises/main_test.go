package exercises

import (
	"context"
	"flag"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/drillbook/drillbook/sim"
)

// The flags of make learn.
var (
	learn        = flag.Bool("learn", false, "run as make learn does")
	learnEx      = flag.String("learn.ex", "", "the exercise; \"all\" is every one")
	learnHint    = flag.String("learn.hint", "", "give that hint")
	learnStory   = flag.Bool("learn.story", false, "show what happens when nobody does anything")
	learnReset   = flag.Bool("learn.reset", false, "put the start back")
	learnShow    = flag.Bool("learn.solution", false, "show the solution of what has passed")
	learnResults = flag.String("learn.results", "", "write results to that file")
	learnFolder  = flag.String("learn.folder", ".", "the folder of the exercises")
)

// stdout is what a learner sees: the tests' own lines are not for them.
var stdout io.Writer = os.Stdout

func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-learn") {
		flag.Usage = func() {} // a hundred flags of go test are no help here
	}
	flag.Parse()
	if *learn && flag.Lookup("sim.child").Value.String() == "" {
		if quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
			os.Stdout = quiet
		}
	}
	sim.Main(m)
}

// TestLearn is make learn.
func TestLearn(t *testing.T) {
	if !*learn {
		t.Skip("this is make learn, which runs it")
	}
	l := Learner{Exercise: *learnEx, Hint: *learnHint, Story: *learnStory, Reset: *learnReset, Solution: *learnShow, Results: *learnResults,
		Dir: filepath.Join(*learnFolder, "work"), Spoilers: filepath.Join(*learnFolder, "spoilers"), Out: stdout,
		Child: flag.Lookup("sim.child").Value.String() != ""}
	if l.Child {
		l.Out = io.Discard
	}
	asked, release := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(asked, release) // a second one ends the process
	l.Stopped = func() bool { return asked.Err() != nil }
	if err := l.Run(t); err != nil {
		_, _ = io.WriteString(os.Stderr, "make learn: "+err.Error()+"\n")
		t.FailNow()
	}
}
