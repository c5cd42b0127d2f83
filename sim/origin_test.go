package sim

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestHere(t *testing.T) {
	o := here()
	assert.Equal(t, runtime.NumCPU(), o.CPUs)
	assert.Equal(t, runtime.GOOS+"/"+runtime.GOARCH, o.Platform)
	assert.Equal(t, o, here(), "all results of a process are of one run")
	if name := os.Getenv("DRILL_RUN"); name != "" {
		assert.Equal(t, name, o.Run)
	}
	head, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		assert.Empty(t, o.Commit, "there is no git")
		return
	}
	assert.Equal(t, strings.TrimSpace(string(head)), o.Commit)
}

func TestNewRun(t *testing.T) {
	now := time.Date(2026, 11, 25, 4, 5, 6, 0, time.FixedZone("", 3600))
	assert.Regexp(t, `^20261125-030506-[0-9a-f]{4}$`, newRun(now))
}
