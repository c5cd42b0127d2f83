package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answers is a repository whose saves are answered in this order.
type answers struct {
	fulfil.Repository
	next []error
}

func (a *answers) Save(context.Context, fulfil.Aggregate) error {
	err := a.next[0]
	a.next = a.next[1:]
	return err
}

// Promise: that a store refuses writes is logged once, with its reason, and so is that it
// takes them again; what says neither changes nothing.
func TestAStoreThatTakesNoWritesIsLogged(t *testing.T) {
	refused := errors.Join(errors.New("disk full"), fulfil.ErrReadOnly)
	store := &answers{next: []error{nil, refused, refused, fulfil.ErrConflict, errors.New("no answer"), nil, refused, nil, nil}}
	var log bytes.Buffer
	r := &telemetry.Repository{Repository: store, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(&log, "app-1")}
	stock := fulfil.NewStock("tea")
	require.NoError(t, stock.Receive(1, fulfil.By{Actor: "test", Reason: "to try"}))
	for i, want := range []int{0, 1, 1, 1, 1, 1, 2} {
		_ = r.Save(t.Context(), stock)
		assert.Equal(t, want, strings.Count(log.String(), `"event":"repository.read_only"`), "save %d", i+1)
	}
	assert.Contains(t, log.String(), "disk full")
	assert.Equal(t, 1, strings.Count(log.String(), `"event":"repository.writable"`))

	store.next = []error{nil}
	require.NoError(t, r.Save(t.Context(), fulfil.NewStock("cup")))
	assert.Equal(t, 1, strings.Count(log.String(), `"event":"repository.writable"`), "an aggregate without changes is not written")
}
