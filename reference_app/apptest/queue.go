package apptest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQueue runs the suite. Each call of open returns an empty queue whose
// leases last about that long; open itself closes it when its test ends.
func TestQueue(t *testing.T, lease time.Duration, open func(t *testing.T) fulfil.Queue) {
	for name, test := range map[string]func(*testing.T, fulfil.Queue){
		"what was published is received, once":      publishReceive,
		"a second publication is dropped":           dedupe,
		"given back, it comes again":                giveBack,
		"a receiver who leaves gets nothing":        receiverLeaves,
		"two workers never have the same":           workers,
		"dead letters are kept, and redriven":       deadLetters,
		"redriving twice at once publishes it once": redriveTwice,
		"handed over, it comes from the lane":       handOver,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	t.Run("a lease that expires comes again", func(t *testing.T) { expiry(t, open(t), lease) })
}

func message(n int) fulfil.Message {
	id := fmt.Sprintf("ord-%d", n)
	return fulfil.Message{ID: "order/" + id + "@1", Order: fulfil.OrderID(id)}
}

func publish(t *testing.T, q fulfil.Queue, n int) fulfil.Message {
	t.Helper()
	m := message(n)
	require.NoError(t, q.Publish(within(t), m))
	return m
}

func receive(t *testing.T, q fulfil.Queue) fulfil.Lease {
	t.Helper()
	l, err := q.Receive(within(t))
	require.NoError(t, err)
	return l
}

func backlog(t *testing.T, q fulfil.Queue) fulfil.Backlog {
	t.Helper()
	b, err := q.Backlog(within(t))
	require.NoError(t, err)
	return b
}

// waits until so many messages do: a broker may count them a moment after it has
// taken them.
func waits(t *testing.T, q fulfil.Queue, many int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d wait", many), func() bool { return backlog(t, q).Waiting == many })
}

func publishReceive(t *testing.T, q fulfil.Queue) {
	m := publish(t, q, 1)
	waits(t, q, 1)
	assert.WithinDuration(t, time.Now(), backlog(t, q).Oldest, patience)
	l := receive(t, q)
	assert.Equal(t, m, l.Message())
	assert.Equal(t, 1, l.Attempt())
	eventually(t, "it is leased", func() bool { return backlog(t, q).Leased == 1 })
	require.NoError(t, l.Ack(within(t)))
	eventually(t, "nothing is left", func() bool {
		b := backlog(t, q)
		return b.Waiting == 0 && b.Leased == 0 && b.Oldest.IsZero()
	})
	assert.NoError(t, q.Ping(within(t)))
}

func dedupe(t *testing.T, q fulfil.Queue) {
	publish(t, q, 1)
	publish(t, q, 1)
	publish(t, q, 2)
	waits(t, q, 2)
	assert.Equal(t, 2, backlog(t, q).Waiting)
}

func giveBack(t *testing.T, q fulfil.Queue) {
	publish(t, q, 1)
	for attempt := 1; attempt <= 3; attempt++ {
		l := receive(t, q)
		assert.Equal(t, attempt, l.Attempt())
		require.NoError(t, l.Retry(within(t), time.Millisecond))
	}
	const delay = 300 * time.Millisecond
	l := receive(t, q)
	given := time.Now()
	require.NoError(t, l.Retry(within(t), delay))
	require.NoError(t, receive(t, q).Ack(within(t)))
	assert.GreaterOrEqual(t, time.Since(given), delay*9/10, "not before its time")
}

func receiverLeaves(t *testing.T, q fulfil.Queue) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := q.Receive(ctx)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	publish(t, q, 1)
	assert.Equal(t, 1, receive(t, q).Attempt(), "nothing was taken by the one who left")
}

func expiry(t *testing.T, q fulfil.Queue, lease time.Duration) {
	publish(t, q, 1)
	receive(t, q)
	began := time.Now()
	again := receive(t, q)
	assert.Equal(t, 2, again.Attempt())
	assert.GreaterOrEqual(t, time.Since(began), lease/2)
	require.NoError(t, again.Ack(within(t)))
}

func workers(t *testing.T, q fulfil.Queue) {
	const messages, hands = 60, 6
	for i := range messages {
		publish(t, q, i)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	ctx, cancel := context.WithCancel(within(t))
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for {
				l, err := q.Receive(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				seen[l.Message().ID]++
				if len(seen) == messages {
					cancel()
				}
				mu.Unlock()
				_ = l.Ack(ctx)
			}
		})
	}
	all.Wait()
	cancel()
	assert.Len(t, seen, messages)
	for id, times := range seen {
		assert.Equal(t, 1, times, id)
	}
}

// bury makes a dead letter of a message.
func bury(t *testing.T, q fulfil.Queue, n int) {
	t.Helper()
	publish(t, q, n)
	require.NoError(t, receive(t, q).DeadLetter(within(t), fmt.Sprintf("reason %d", n)))
}

func letters(t *testing.T, q fulfil.Queue, limit int) []fulfil.DeadLetter {
	t.Helper()
	list, err := q.DeadLetters(within(t), limit)
	require.NoError(t, err)
	return list
}

func deadLetters(t *testing.T, q fulfil.Queue) {
	for n := range 3 {
		bury(t, q, n)
	}
	list := letters(t, q, 10)
	require.Len(t, list, 3)
	for n, l := range list {
		assert.Equal(t, message(n), l.Message, "oldest first")
		assert.Equal(t, fmt.Sprintf("reason %d", n), l.Reason)
		assert.Equal(t, 1, l.Attempts)
	}
	assert.Len(t, letters(t, q, 2), 2)
	eventually(t, "they are out of the queue", func() bool {
		b := backlog(t, q)
		return b.Dead == 3 && b.Waiting == 0 && b.Leased == 0
	})

	require.NoError(t, q.Redrive(within(t), list[1].ID))
	l := receive(t, q)
	assert.Equal(t, message(1), l.Message())
	assert.Equal(t, 1, l.Attempt(), "a fresh count")
	assert.Len(t, letters(t, q, 10), 2)
	assert.ErrorIs(t, q.Redrive(within(t), list[1].ID), fulfil.ErrNotFound)
	require.NoError(t, l.DeadLetter(within(t), "again"))
	assert.Len(t, letters(t, q, 10), 3, "it may die again")
}

func redriveTwice(t *testing.T, q fulfil.Queue) {
	bury(t, q, 1)
	id := letters(t, q, 1)[0].ID
	ctx := within(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _ = q.Redrive(ctx, id) }) // all but one may find nothing
	}
	all.Wait()
	require.NoError(t, receive(t, q).Ack(within(t)))
	none, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := q.Receive(none)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Empty(t, letters(t, q, 10))
}

func handOver(t *testing.T, q fulfil.Queue) {
	m := publish(t, q, 1)
	require.NoError(t, receive(t, q).Retry(within(t), time.Millisecond))
	require.NoError(t, receive(t, q).HandOver(within(t)))
	eventually(t, "it is in the lane, and nowhere else", func() bool {
		b := backlog(t, q)
		return b.Lane == 1 && b.Waiting == 1 && b.Leased == 0
	})
	l, err := q.ReceiveLane(within(t))
	require.NoError(t, err)
	assert.Equal(t, m, l.Message())
	assert.Equal(t, 1, l.Attempt(), "a fresh count")
	require.NoError(t, l.Retry(within(t), time.Millisecond))
	l, err = q.ReceiveLane(within(t))
	require.NoError(t, err)
	assert.Equal(t, 2, l.Attempt(), "given back, it stays in the lane")
	require.NoError(t, l.Ack(within(t)))
	eventually(t, "nothing is left", func() bool {
		b := backlog(t, q)
		return b == fulfil.Backlog{}
	})
}
