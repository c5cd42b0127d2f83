package fault

import (
	"context"
	"fmt"

	"github.com/drillbook/drillbook/sim/toxic"
)

// loss is how many bytes of answers pass on a connection before it is closed;
// 0 where the fault is of another kind.
type loss int64

// loss is that of the fault's one toxic, when it only loses answers.
func (l *Link) loss() loss {
	if len(l.toxics) != 1 {
		return 0
	}
	one, ok := l.toxics[0].(toxic.Lossy)
	if !ok {
		return 0
	}
	return loss(one.Passes())
}

// bites sees an answer get lost, on the connection that was open and on a fresh
// one.
func (s loss) bites(ctx context.Context, p *probe) error {
	if s.lost(ctx, p) == nil {
		return fmt.Errorf("%s answers on a connection that was open", p.link.ID())
	}
	fresh, err := connect(ctx, p.link, patience)
	if err != nil {
		return nil // not even the first answer passed whole
	}
	defer func() { _ = fresh.open.Close() }()
	if s.lost(ctx, fresh) == nil {
		return fmt.Errorf("%s answers on a fresh connection", p.link.ID())
	}
	return nil
}

// gone sees more answers pass than the fault let through.
func (s loss) gone(ctx context.Context, fresh *probe) error {
	if err := s.lost(ctx, fresh); err != nil {
		return fmt.Errorf("%s still loses answers: %w", fresh.link.ID(), err)
	}
	return nil
}

// lost asks until more has been answered on the connection than may pass, and
// returns how an answer got lost, if one did.
func (s loss) lost(ctx context.Context, p *probe) error {
	for before := p.open.answers.Load(); p.open.answers.Load()-before <= int64(s); {
		if _, err := p.trip(ctx, patience); err != nil {
			return err
		}
	}
	return nil
}
