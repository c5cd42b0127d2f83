package sim

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Origin says when, where and of which code a result is, so that one can be held
// against others of its kind.
type Origin struct {
	// Run is the same for all results of one process; $DRILL_RUN names it, where
	// several processes are one run.
	Run     string    `json:"run"`
	Started time.Time `json:"started"`
	// Commit that git has checked out; empty where there is none.
	Commit string `json:"commit,omitempty"`
	// Dirty: with changes that are not committed.
	Dirty    bool   `json:"dirty,omitempty"`
	Platform string `json:"platform"` // operating system and architecture
	CPUs     int    `json:"cpus"`
}

// here is the origin of results of this process. Git is asked once.
var here = sync.OnceValue(func() Origin {
	o := Origin{Run: os.Getenv("DRILL_RUN"), Platform: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU()}
	if o.Run == "" {
		o.Run = newRun(time.Now())
	}
	out, err := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*").Output()
	if err == nil {
		o.Commit, o.Dirty = strings.CutSuffix(strings.TrimSpace(string(out)), "-dirty")
	}
	return o
})

// newRun is a name for a run: its time in UTC, and a word that tells it from
// another that started in the same second.
func newRun(now time.Time) string {
	return fmt.Sprintf("%s-%04x", now.UTC().Format("20060102-150405"), rand.Uint32N(1<<16))
}
