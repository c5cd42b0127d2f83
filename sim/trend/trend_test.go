package trend

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// night makes results of one drill, one a night: those from night on take longer by
// a share. Times are spread as those of drills are: to the seconds of a round, and
// with a tail.
type night struct {
	drill, world string
	speed        float64
	cpus         int
	nights       int
	slowFrom     int
	slower       float64
	red          map[int]string // outcomes of nights that did not pass
	repeats      map[int]int    // nights with the seed and the commit of another
}

var epoch = time.Date(2026, 10, 1, 3, 0, 0, 0, time.UTC)

func (n night) results(seed uint64) []Result {
	rng := rand.New(rand.NewPCG(seed, 1))
	var all []Result
	for i := range n.nights {
		factor := 1.0
		if n.slower != 0 && i >= n.slowFrom {
			factor += n.slower
		}
		spread := func(mean float64) time.Duration {
			seconds := mean * factor * (1 + 0.08*rng.NormFloat64() + 0.03*rng.ExpFloat64())
			return time.Duration(math.Round(seconds*2)/2*1000) * time.Millisecond
		}
		r := Result{ID: fmt.Sprintf("%s-%s-%g-%d", n.drill, n.world, n.speed, i), Test: "TestIt/" + n.world, System: "notes", Drill: n.drill, World: n.world, Speed: n.speed,
			Seed: rng.Uint64(), Outcome: passed, Elapsed: 10 * time.Minute, Wall: 3 * time.Second, CPU: 2 * time.Second,
			Origin:   Origin{Run: fmt.Sprintf("run-%02d", i), Started: epoch.AddDate(0, 0, i), Commit: fmt.Sprintf("%040x", 0xabc0000+i), Platform: "linux/amd64", CPUs: n.cpus},
			Detect:   Timing{spread(33), 65 * time.Second},
			Mitigate: Timing{spread(120), 220 * time.Second},
			Recover:  Timing{spread(150), 270 * time.Second}}
		if why := n.red[i]; why != "" {
			r.Outcome = why
		}
		all = append(all, r)
	}
	for i, of := range n.repeats {
		all[i].Seed, all[i].Origin.Commit = all[of].Seed, all[of].Origin.Commit
	}
	return all
}

func steady() night {
	return night{drill: "shelf-cut", world: "virtual", speed: 1, cpus: 2, nights: 35, slowFrom: 30}
}

// lines writes results as a test binary does, and returns the file.
func lines(t *testing.T, results []Result) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.jsonl")
	file, err := os.Create(path)
	require.NoError(t, err)
	for _, r := range results {
		r.ID = ""
		line, err := json.Marshal(r)
		require.NoError(t, err)
		_, err = file.Write(append(line, '\n'))
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	return path
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
