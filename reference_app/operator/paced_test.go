package operator_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/stretchr/testify/assert"
)

// leaving is a queue whose broker goes away after so many calls that change
// something, or look at how much waits.
type leaving struct {
	*apptest.Queue
	after int
}

func (q *leaving) gone() bool {
	q.after--
	return q.after < 0
}

func (q *leaving) Redrive(ctx context.Context, id string) error {
	if q.gone() {
		return fulfil.ErrUnavailable
	}
	return q.Queue.Redrive(ctx, id)
}

func (q *leaving) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	if q.gone() {
		return fulfil.Backlog{}, fulfil.ErrUnavailable
	}
	return q.Queue.Backlog(ctx)
}

// Promise: a paced command that fails halfway says how far it came, to who asked
// and in the audit.
func TestHowFarAPacedCommandCame(t *testing.T) {
	for after, says := range map[int]string{
		0: "0 of 3 done: unavailable",
		2: "2 of 3 done: unavailable",
		3: "3 redriven; how many remain is not known: unavailable",
	} {
		h := &house{queue: &apptest.Queue{}, audit: &apptest.Audit{}}
		h.server = httptest.NewServer(operator.NewServer(operator.Deps{
			Repository: apptest.NewRepository(), Queue: &leaving{h.queue, after}, Audit: h.audit,
		}, []operator.Token{{Secret: token, Actor: "bob", Role: operator.Operator}}, slog.New(slog.NewTextHandler(io.Discard, nil))))
		for _, id := range []fulfil.OrderID{"ord-1", "ord-2", "ord-3"} {
			h.dead(t, id)
		}
		status, _, complaint := h.cli(t, token, "deliveries redrive --limit 3 --rate 100 --reason trial")
		assert.Equal(t, 1, status)
		assert.Contains(t, complaint, says)
		all := h.entries(t)
		assert.Equal(t, says, all[len(all)-1].Detail)
		h.server.Close()
	}
}
