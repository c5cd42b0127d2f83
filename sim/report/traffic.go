package report

import (
	"math"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/traffic"
)

// bins in which requests are counted: as wide as a scrape interval, or as many as
// can be told apart.
const bin = 5 * time.Second // at speed 1

func (a axis) bins() (n int, width time.Duration) {
	width = max(bin, a.length/pointsInLine)
	return int(a.length/width) + 1, width
}

// trafficCurves are the customers' own record: what was accepted, refused and
// delivered, and how long answers took.
func (d *Drill) trafficCurves() []curve {
	if len(d.requests) == 0 {
		return nil
	}
	a := d.axis()
	n, width := a.bins()
	verdicts := map[traffic.Verdict][]float64{}
	latencies := make([][]float64, n)
	last := 0 // bin; it is not whole, and a line must not end in a fall that never was
	for _, r := range d.requests {
		i := int(a.after(r.At) / width)
		if i < 0 || i >= n {
			continue
		}
		last = max(last, i)
		if verdicts[r.Verdict] == nil {
			verdicts[r.Verdict] = make([]float64, n)
		}
		verdicts[r.Verdict][i] += 1 / width.Seconds()
		latencies[i] = append(latencies[i], r.Latency.Seconds()*d.speed())
	}
	world := d.unscale(width)
	var lines []samples
	for _, v := range []traffic.Verdict{traffic.Accepted, traffic.Refused, traffic.Unknown} {
		if verdicts[v] != nil {
			lines = append(lines, samples{string(v), d.began, world, verdicts[v][:max(1, last)]})
		}
	}
	rates := a.chart(curve{Name: "Requests", Unit: "/s", Note: "By the customers' own record."}, lines, nil)
	all := []curve{rates}
	if delivered := d.arrived(n, width, last); len(delivered) > 0 {
		all = append(all, a.chart(curve{Name: "Delivered", Unit: "/s", Note: "By the record of who received them."}, delivered, nil))
	}
	waited := quantiles(latencies[:max(1, last)], d.began, world)
	latency := a.chart(curve{Name: "Latency", Unit: "s", Note: "From request to answer, as customers waited."}, waited, nil)
	latency.quiet = !slices.ContainsFunc(waited, varies)
	return append(all, latency)
}

func quantiles(bins [][]float64, from time.Time, step time.Duration) []samples {
	var all []samples
	for _, q := range []struct {
		name string
		of   float64
	}{{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}} {
		s := samples{q.name, from, step, make([]float64, len(bins))}
		for i, values := range bins {
			s.values[i] = quantile(values, q.of)
		}
		all = append(all, s)
	}
	return all
}

// quantile by the nearest rank; NaN of nothing.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[max(0, int(math.Ceil(q*float64(len(values))))-1)]
}

// arrived are the arrivals per second, for each place, up to the last bin that
// customers asked in.
func (d *Drill) arrived(n int, width time.Duration, last int) []samples {
	a := d.axis()
	var all []samples
	for _, at := range d.arrivals {
		if at.Step <= 0 {
			continue
		}
		values := make([]float64, n)
		for i, c := range at.Counts {
			if k := int(a.after(at.From.Add(time.Duration(i)*at.Step+at.Step/2)) / width); k >= 0 && k < n {
				values[k] += float64(c) / width.Seconds()
			}
		}
		all = append(all, samples{at.Where, d.began, d.unscale(width), values[:max(1, last)]})
	}
	return all
}

// curves are all of a drill: those that tell something, and those in which
// nothing happens.
func (d *Drill) curves() (telling, quiet []curve) {
	all := slices.Concat(d.trafficCurves(), d.seriesCurves(journal.OfCurve), d.seriesCurves(journal.OfAlert),
		d.seriesCurves(journal.OfObjective), d.seriesCurves(journal.OfSteady))
	for _, c := range all {
		if c.quiet {
			quiet = append(quiet, c)
		} else {
			telling = append(telling, c)
		}
	}
	return telling, quiet
}
