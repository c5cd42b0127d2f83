package signal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// OfScrapes are the metrics that say of each scrape what became of it, as Prometheus has
// them.
var OfScrapes = []string{up, scrapeDuration, scrapeSamples}

const (
	up             = "up"
	scrapeDuration = "scrape_duration_seconds" // on the world's clock
	scrapeSamples  = "scrape_samples_scraped"
)

// sample is one value of a scrape, under its target's labels.
type sample struct {
	labels labels.Labels
	value  float64
}

// parse reads a scrape as a whole: of one that cannot be read to its end nothing counts,
// as Prometheus has it.
func parse(body []byte, contentType string, own labels.Labels) ([]sample, error) {
	p, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{FallbackContentType: "text/plain"})
	if p == nil {
		return nil, err
	}
	var all []sample
	builder := labels.NewBuilder(labels.EmptyLabels())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, v := p.Series()
		var ls labels.Labels
		p.Labels(&ls)
		builder.Reset(ls)
		attach(builder, ls, own)
		all = append(all, sample{builder.Labels(), v})
	}
}

// take stores what a target answered. An answer that cannot be read is a scrape that
// failed, and no fault of the harness: the target is down, and why is kept.
func (w *Watch) take(i int, at time.Time, s Seen) error {
	name := w.config.Targets[i].Name
	var scraped []sample
	var unread string
	if s.Up {
		var err error
		if scraped, err = parse(s.Metrics, s.ContentType, w.labels[i]); err != nil {
			unread = err.Error()
		}
	}
	if unread != w.unread[name] && w.config.Record != nil {
		w.config.Record("scrape", at, map[string]string{"target": name, "unreadable": unread})
	}
	w.unread[name], w.down[name] = unread, s.Down
	w.up[name] = s.Up && unread == ""
	w.met[name] = w.met[name] || w.up[name]
	return w.store.ingest(at, name, w.labels[i], scraped, w.up[name], s.Took)
}

// Unscraped are the targets whose last scrape has failed, sorted, each with why where
// that is known: of them nothing is known.
func (w *Watch) Unscraped() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for name, up := range w.up {
		if !up {
			why := cmp.Or(w.unread[name], w.down[name], "no answer")
			all = append(all, name+": "+why[:min(len(why), oddMost)])
		}
	}
	slices.Sort(all)
	return all
}

// Unmet reports whether there is a target of which no scrape was good so far.
func (w *Watch) Unmet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.up {
		if !w.met[name] {
			return true
		}
	}
	return false
}

// nothing says of selectors that no series matches them, and whose metrics cannot be
// read, which may be why.
func (w *Watch) nothing(selectors []string) string {
	text := noSeries(selectors)
	for _, name := range slices.Sorted(maps.Keys(w.unread)) {
		if why := w.unread[name]; why != "" {
			text += fmt.Sprintf("; the metrics of %s cannot be read: %s", name, why[:min(len(why), oddMost)])
		}
	}
	return text
}
