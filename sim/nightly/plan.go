package nightly

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/trend"
)

// Drill is one that can be run.
type Drill struct {
	Name       string
	Containers bool // it can live in containers
	Fastest    int  // that it may live there, as a multiple of the clock
	Timeless   bool // it cannot live in virtual time
}

// timely are the drills that can live in virtual time, and timeless the others.
func (n *Night) timely() (timely, timeless []string) {
	for _, d := range n.Drills {
		if d.Timeless {
			timeless = append(timeless, d.Name)
			continue
		}
		timely = append(timely, d.Name)
	}
	return timely, timeless
}

// Length is what a drill in containers takes.
type Length struct {
	Lived    time.Duration // at speed 1
	Overhead time.Duration // on the wall, at any speed
	Last     time.Time     // that it was run
}

// unknown is the length of a drill that has not been run yet.
var unknown = Length{Lived: 11 * time.Minute, Overhead: 30 * time.Second}

// at is the time on the wall at a speed.
func (l Length) at(speed int) time.Duration { return l.Lived/time.Duration(speed) + l.Overhead }

// Lengths are those of drills in containers, by the last results of each.
func Lengths(results []trend.Result) map[string]Length {
	const last = 10
	of := map[string][]trend.Result{}
	for _, r := range results {
		if r.World == "containers" && r.Elapsed > 0 {
			of[r.Drill] = append(of[r.Drill], r)
		}
	}
	lengths := map[string]Length{}
	for drill, all := range of {
		all = all[max(0, len(all)-last):]
		lengths[drill] = Length{
			Lived:    median(all, func(r trend.Result) time.Duration { return r.Elapsed }),
			Overhead: median(all, func(r trend.Result) time.Duration { return max(0, r.Wall-time.Duration(float64(r.Elapsed)/r.Speed)) }),
			Last:     all[len(all)-1].Origin.Started,
		}
	}
	return lengths
}

func median(results []trend.Result, of func(trend.Result) time.Duration) time.Duration {
	var all []time.Duration
	for _, r := range results {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// plan is what drills in containers do: which, in what order, and how fast.
type plan struct {
	drills  []string
	lengths map[string]Length
	fastest map[string]int
	speed   int           // of those that may live so fast
	all     time.Duration // that they take
}

// speedOf is how fast a drill is to live, and takes how long that takes.
func (p plan) speedOf(drill string) int         { return min(p.speed, p.fastest[drill]) }
func (p plan) takes(drill string) time.Duration { return p.lengths[drill].at(p.speedOf(drill)) }

// planContainers takes the lowest speed at which all fit into the time there is, or
// the highest, with those first that have not been run for the longest time.
func planContainers(drills []Drill, known map[string]Length, window time.Duration) plan {
	p := plan{lengths: map[string]Length{}, fastest: map[string]int{}}
	fastest := 1
	for _, d := range drills {
		if !d.Containers {
			continue
		}
		p.drills = append(p.drills, d.Name)
		p.lengths[d.Name], p.fastest[d.Name] = unknown, max(1, d.Fastest)
		fastest = max(fastest, d.Fastest)
		if l, there := known[d.Name]; there {
			p.lengths[d.Name] = l
		}
	}
	slices.SortStableFunc(p.drills, func(a, b string) int { return p.lengths[a].Last.Compare(p.lengths[b].Last) })
	for p.speed = 1; ; p.speed++ {
		p.all = 0
		for _, drill := range p.drills {
			p.all += p.takes(drill)
		}
		if p.all <= window || p.speed == fastest {
			return p
		}
	}
}

// proveOrder is drawn from the day, so that nights that are too short for all come
// to each drill sooner or later.
func proveOrder(drills []string, day time.Time) []string {
	names := slices.Clone(drills)
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(a, b) })
	draw := rand.New(rand.NewPCG(uint64(day.Unix()/(24*60*60)), 0))
	draw.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}
