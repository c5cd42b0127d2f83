package workflow

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Contention counts the version conflicts of each item of late, on this
// replica. Its methods may be called at any time, also on nil.
type Contention struct {
	Window time.Duration // what is older than two of them is forgotten

	mu    sync.Mutex
	since time.Time // when the newer counts began
	newer map[fulfil.SKU]int
	older map[fulfil.SKU]int
}

// Contended is an item whose writers got in each other's way.
type Contended struct {
	SKU       fulfil.SKU `json:"sku"`
	Conflicts int        `json:"conflicts"`
}

// Note counts a conflict.
func (c *Contention) Note(sku fulfil.SKU) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age()
	c.newer[sku]++
}

// Worst lists the items with conflicts, at most limit, those with the most
// first.
func (c *Contention) Worst(limit int) []Contended {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age()
	sum := maps.Clone(c.newer)
	for sku, n := range c.older {
		sum[sku] += n
	}
	worst := []Contended{}
	for sku, n := range sum {
		worst = append(worst, Contended{sku, n})
	}
	slices.SortFunc(worst, func(a, b Contended) int {
		return cmp.Or(b.Conflicts-a.Conflicts, cmp.Compare(a.SKU, b.SKU))
	})
	return worst[:min(limit, len(worst))]
}

func (c *Contention) age() {
	passed := time.Since(c.since)
	if passed < c.Window && c.newer != nil {
		return
	}
	c.older = c.newer
	if passed >= 2*c.Window {
		c.older = nil
	}
	c.since, c.newer = time.Now(), map[fulfil.SKU]int{}
}
