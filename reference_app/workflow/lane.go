package workflow

import (
	"context"
	"errors"
	"sync"

	"github.com/drillbook/drillbook/reference_app"
)

// errLaned: the order asks for an item in the single-writer lane, and this is
// not the lane.
var errLaned = errors.New("belongs in the lane")

// lane carries orders on that were handed over to the lane, while the queue
// gives them to this process. Changes of one item are gathered: while a save is
// under way others wait, and the next save holds them all. That nobody else
// writes the item makes it fast; the repository's version check keeps it right,
// also while one process takes over from another. A handler that panicked is
// told to crash.
func (w *Worker) lane(ctx, hard context.Context, crash func(error)) {
	writer := *w
	writer.commits = &commits{retry: w.conflicts, repository: w.Repository, items: map[fulfil.SKU]*changes{}}
	var hands sync.WaitGroup
	slots := make(chan struct{}, w.LaneSlots)
	for ctx.Err() == nil {
		slots <- struct{}{} // every handler ends, at the latest when hard does
		lease := writer.take(ctx, w.Queue.ReceiveLane)
		if lease == nil {
			<-slots
			continue
		}
		hands.Go(func() {
			if err := writer.Handle(hard, lease); err != nil {
				crash(err)
			}
			<-slots
		})
	}
	hands.Wait()
}

// commits gathers changes of stock that wait at the same time into one save.
type commits struct {
	repository fulfil.Repository
	retry      func(fulfil.SKU) Retry

	mu    sync.Mutex
	items map[fulfil.SKU]*changes
}

// changes of one item. Who has the turn commits all that wait.
type changes struct {
	turn    chan struct{} // has room for one
	waiting []*waiting
}

// waiting is one change. Its fields are set by who has the turn.
type waiting struct {
	change func(*fulfil.Stock) error
	done   bool
	err    error
}

// change makes one change of an item's stock, together with those that wait at
// the same time. A change that breaks a rule fails alone.
func (c *commits) change(ctx context.Context, sku fulfil.SKU, change func(*fulfil.Stock) error) error {
	mine := &waiting{change: change}
	item := c.join(sku, mine)
	select {
	case item.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-item.turn }()
	if !mine.done {
		c.commit(ctx, sku, c.gather(item))
	}
	if !mine.done {
		return errLater // who had it in hand panicked
	}
	return mine.err
}

func (c *commits) join(sku fulfil.SKU, mine *waiting) *changes {
	c.mu.Lock()
	defer c.mu.Unlock()
	item := c.items[sku]
	if item == nil {
		item = &changes{turn: make(chan struct{}, 1)}
		c.items[sku] = item
	}
	item.waiting = append(item.waiting, mine)
	return item
}

func (c *commits) gather(item *changes) []*waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := item.waiting
	item.waiting = nil
	return all
}

// commit saves all changes at once. An error of the save is everybody's.
func (c *commits) commit(ctx context.Context, sku fulfil.SKU, all []*waiting) {
	err := c.retry(sku).Do(ctx, func() error {
		stock, err := fulfil.LoadStock(ctx, c.repository, sku)
		if err != nil {
			return err
		}
		for _, one := range all {
			one.err = one.change(stock)
		}
		return c.repository.Save(ctx, stock)
	})
	for _, one := range all {
		one.done = true
		if err != nil {
			one.err = err
		}
	}
}
