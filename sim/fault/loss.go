package fault

import (
	"context"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
)

// loss is how many bytes of answers pass on a connection before it is closed;
// 0 where the fault is of another kind.
type loss int64

// loss is the least that one of the fault's toxics lets pass, unless another lets nothing
// pass at all.
func (l *Link) loss() loss {
	if l.silences() {
		return 0
	}
	var least loss
	for _, t := range l.toxics {
		if one, ok := t.(toxic.Lossy); ok && (least == 0 || loss(one.Passes()) < least) {
			least = loss(one.Passes())
		}
	}
	return least
}

// bites sees an answer get lost, on the connection that was open and on a fresh
// one. An answer takes no longer than the limit.
func (s loss) bites(ctx context.Context, p *probe, limit time.Duration) error {
	if s.lost(ctx, p, limit) == nil {
		return fmt.Errorf("%s answers on a connection that was open", p.link.ID())
	}
	fresh, err := connect(ctx, p.link, limit)
	if err != nil {
		return nil // not even the first answer passed whole
	}
	defer func() { _ = fresh.open.Close() }()
	if s.lost(ctx, fresh, limit) == nil {
		return fmt.Errorf("%s answers on a fresh connection", p.link.ID())
	}
	return nil
}

// gone sees more answers pass than the fault let through.
func (s loss) gone(ctx context.Context, fresh *probe) error {
	if err := s.lost(ctx, fresh, patience); err != nil {
		return fmt.Errorf("%s still loses answers: %w", fresh.link.ID(), err)
	}
	return nil
}

// lost asks until more has been answered on the connection than may pass, and
// returns how an answer got lost, if one did.
func (s loss) lost(ctx context.Context, p *probe, limit time.Duration) error {
	for before := p.open.answers.Load(); p.open.answers.Load()-before <= int64(s); {
		if _, err := p.trip(ctx, limit); err != nil {
			return err
		}
	}
	return nil
}
