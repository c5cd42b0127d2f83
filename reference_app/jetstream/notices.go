package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go"
)

var _ fulfil.Notices = (*Notices)(nil)

const noticeSubject = "fulfil.notices.changed"

// Notices are [fulfil.Notices] as plain NATS messages, which no stream keeps.
// Close them when done.
type Notices struct {
	announce, listen *nats.Conn
	timeout          time.Duration

	connected atomic.Bool // by the client's own callbacks: asking it may block while it connects
	missed    atomic.Pointer[func()]
}

// NewNotices announces on a connection that others use too, and listens on one
// of its own, which connect makes with these options and may not be there yet.
func NewNotices(announce *nats.Conn, connect func(...nats.Option) (*nats.Conn, error), config Config) (*Notices, error) {
	n := &Notices{announce: announce, timeout: config.withDefaults().Timeout}
	var err error
	n.listen, err = connect(nats.ConnectHandler(n.back), nats.ReconnectHandler(n.back),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { n.connected.Store(false) }))
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return n, nil
}

// Close ends the connection on which notices are heard.
func (n *Notices) Close() { n.listen.Close() }

// back is called when the connection is there, for the first time or again: what
// was announced before has not been heard.
func (n *Notices) back(*nats.Conn) {
	missed := n.missed.Load()
	n.connected.Store(true)
	if missed != nil {
		(*missed)()
	}
}

// Announce implements [fulfil.Notices].
func (n *Notices) Announce(ctx context.Context, notice fulfil.Notice) error {
	data, err := json.Marshal(notice)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	if err := n.announce.Publish(noticeSubject, data); err != nil {
		return fmt.Errorf("notice of %s: %w", notice.Ref, err)
	}
	if err := n.announce.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("notice of %s: %w", notice.Ref, err)
	}
	return nil
}

// Listen implements [fulfil.Notices]. A connection that was lost and is back may
// have missed some; a link on which nothing comes any more is lost only when
// enough pings have gone unanswered.
func (n *Notices) Listen(ctx context.Context, hear func(fulfil.Notice), missed func()) error {
	n.missed.Store(&missed)
	defer n.missed.Store(nil)
	heard, err := n.listen.Subscribe(noticeSubject, func(m *nats.Msg) {
		var notice fulfil.Notice
		if json.Unmarshal(m.Data, &notice) != nil {
			missed() // whatever it was about
			return
		}
		hear(notice)
	})
	if err != nil {
		return fmt.Errorf("notices: %w", err)
	}
	if n.settle(ctx) == nil {
		missed()
	}
	<-ctx.Done()
	return heard.Unsubscribe()
}

// settle waits until the broker knows who listens. Its error is that the connection
// is gone, which [Notices.back] sees to, or that ctx is done.
func (n *Notices) settle(ctx context.Context) error {
	for {
		within, cancel := context.WithTimeout(ctx, n.timeout)
		err := n.listen.FlushWithContext(within)
		cancel()
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// Connected implements [fulfil.Notices].
func (n *Notices) Connected() error {
	if !n.connected.Load() {
		return errors.New("the connection on which notices come is lost")
	}
	return nil
}
