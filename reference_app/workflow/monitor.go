package workflow

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
)

// Monitor looks after what a replica depends on: is it up, and how much waits
// there.
type Monitor struct {
	Repository fulfil.Repository
	Queue      fulfil.Queue
	Notices    fulfil.Notices // may be nil
	Every      time.Duration
	Metrics    *telemetry.Metrics
	Log        *slog.Logger

	mu       sync.Mutex
	down     map[string]error
	suspects []fulfil.Suspect
}

// Dependencies of every replica.
const (
	Repository = "repository"
	Queue      = "queue"
	Notices    = "notices"
)

// Run looks until ctx is done.
func (m *Monitor) Run(ctx context.Context) {
	for m.Look(ctx); pause(ctx, m.Every); m.Look(ctx) {
	}
}

// Look asks both dependencies once, at the same time, and who is suspected. What it cannot
// see shows as no number.
func (m *Monitor) Look(ctx context.Context) {
	var looks sync.WaitGroup
	looks.Go(func() {
		began := time.Now()
		b, err := m.Repository.Backlog(ctx)
		m.note(ctx, Repository, err)
		answer := m.Metrics.DependencyAnswer.WithLabelValues(Repository)
		if err != nil {
			telemetry.Unseen(answer, m.Metrics.OutboxWaiting, m.Metrics.OutboxAge)
			return
		}
		answer.Set(time.Since(began).Seconds())
		m.Metrics.OutboxWaiting.Set(float64(b.Waiting))
		telemetry.SetAge(m.Metrics.OutboxAge, b.Oldest)
	})
	looks.Go(func() {
		s, err := fulfil.LoadSuspects(ctx, m.Repository)
		if err != nil {
			telemetry.Unseen(m.Metrics.SuspectOrders, m.Metrics.SuspectCrashes)
			return
		}
		m.suspected(s.List())
	})
	looks.Go(func() {
		began := time.Now()
		b, err := m.Queue.Backlog(ctx)
		m.note(ctx, Queue, err)
		answer := m.Metrics.DependencyAnswer.WithLabelValues(Queue)
		if err != nil {
			telemetry.Unseen(answer, m.Metrics.QueueWaiting, m.Metrics.QueueLeased, m.Metrics.QueueLane, m.Metrics.QueueDead, m.Metrics.QueueAge)
			return
		}
		answer.Set(time.Since(began).Seconds())
		m.Metrics.QueueWaiting.Set(float64(b.Waiting))
		m.Metrics.QueueLeased.Set(float64(b.Leased))
		m.Metrics.QueueLane.Set(float64(b.Lane))
		m.Metrics.QueueDead.Set(float64(b.Dead))
		telemetry.SetAge(m.Metrics.QueueAge, b.Oldest)
	})
	if m.Notices != nil {
		m.note(ctx, Notices, m.Notices.Connected())
	}
	looks.Wait()
}

func (m *Monitor) suspected(list []fulfil.Suspect) {
	m.Metrics.SetSuspects(list)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.suspects = list
}

// Suspects reports whether an order was on the list of suspects when that was last read.
func (m *Monitor) Suspects(id fulfil.OrderID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.suspects, func(s fulfil.Suspect) bool { return s.Order == id })
}

func (m *Monitor) note(ctx context.Context, dependency string, err error) {
	if ctx.Err() != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down == nil {
		m.down = map[string]error{}
	}
	before, known := m.down[dependency]
	m.down[dependency] = err
	if err != nil {
		m.Metrics.Dependency.WithLabelValues(dependency).Set(0)
		if !known || before == nil {
			m.Log.Error("dependency.down", "dependency", dependency, "reason", err.Error())
		}
		return
	}
	m.Metrics.Dependency.WithLabelValues(dependency).Set(1)
	if known && before != nil {
		m.Log.Info("dependency.up", "dependency", dependency)
	}
}

// Down returns why a dependency counts as down: nil when it answered last time.
// ok is false while it was never asked.
func (m *Monitor) Down(dependency string) (err error, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err, ok = m.down[dependency]
	return err, ok
}
