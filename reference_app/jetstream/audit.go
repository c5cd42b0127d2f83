package jetstream

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var _ fulfil.Audit = (*Audit)(nil)

const (
	auditStream  = "FULFIL_AUDIT"
	auditSubject = "fulfil.audit"
)

// Audit is a [fulfil.Audit] on a stream from which the server lets nobody delete
// or purge.
type Audit struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	config Config
}

// NewAudit makes sure that the stream is there.
func NewAudit(ctx context.Context, conn *nats.Conn, config Config) (*Audit, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	a := &Audit{js: js, config: config.withDefaults()}
	a.stream, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: auditStream, Subjects: []string{auditSubject}, Storage: config.Storage, DenyDelete: true, DenyPurge: true,
	})
	if err != nil {
		return nil, fmt.Errorf("audit stream: %w", err)
	}
	return a, nil
}

// Append implements [fulfil.Audit].
func (a *Audit) Append(ctx context.Context, e fulfil.AuditEntry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ctx, cancel := a.config.within(ctx)
	defer cancel()
	if _, err := a.js.Publish(ctx, auditSubject, data); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Recent implements [fulfil.Audit]. It reads one entry after the other: meant for
// an operator's look.
func (a *Audit) Recent(ctx context.Context, limit int) ([]fulfil.AuditEntry, error) {
	info, err := a.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var entries []fulfil.AuditEntry
	last := info.State.LastSeq
	for seq := max(info.State.FirstSeq, last-min(last, uint64(limit))+1); seq <= last; seq++ {
		m, err := a.stream.GetMsg(ctx, seq)
		if err != nil {
			return nil, fmt.Errorf("audit entry %d: %w", seq, err)
		}
		var e fulfil.AuditEntry
		if err := json.Unmarshal(m.Data, &e); err != nil {
			return nil, fmt.Errorf("audit entry %d: %w", seq, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
