package jetstream

import (
	"context"
	"fmt"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	laneSubject = "fulfil.lane"
	lane        = "lane"
)

// laneConsumer makes sure that the lane's consumer is there. The broker pins it
// to one client for as long as that keeps pulling; after a lease without a pull,
// and never sooner, it is another's.
func (q *Queue) laneConsumer(ctx context.Context, work jetstream.Stream) (jetstream.Consumer, error) {
	return work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: lane, FilterSubject: laneSubject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.config.Lease,
		MaxAckPending: 10_000, MaxDeliver: -1,
		PriorityPolicy: jetstream.PriorityPolicyPinned, PriorityGroups: []string{lane}, PinnedTTL: q.config.Lease,
	})
}

// ReceiveLane implements [fulfil.Queue].
func (q *Queue) ReceiveLane(ctx context.Context) (fulfil.Lease, error) {
	s, err := q.on(ctx)
	if err != nil {
		return nil, err
	}
	lease, err := q.receive(ctx, s.laned, min(pullWait, q.config.Lease/2), jetstream.FetchPriorityGroup(lane))
	return lease, q.noted(s, err)
}

// HandOver publishes under an identity that belongs to this stored message, so
// that one handed over twice is in the lane once.
func (l *lease) HandOver(ctx context.Context) error {
	id := fmt.Sprintf("%s/lane#%d", l.message.ID, l.stored)
	if err := l.queue.publish(ctx, laneSubject, id, l.message); err != nil {
		return fmt.Errorf("hand-over of %s: %w", l.message.Order, err)
	}
	return l.msg.Ack()
}
