package apptest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCarriers runs the suite for a registry that has the carriers named, at
// least one.
func TestCarriers(t *testing.T, open func(t *testing.T) fulfil.Carriers, names ...string) {
	t.Run("they are listed, sorted", func(t *testing.T) {
		want := slices.Sorted(slices.Values(names))
		assert.Equal(t, want, open(t).Names())
	})
	t.Run("each labels every parcel, the same one always the same", func(t *testing.T) {
		carriers := open(t)
		for _, name := range names {
			for items := 1; items <= fulfil.MaxLines*fulfil.MaxQuantity; items *= 10 {
				p := fulfil.Parcel{Order: "ord-1", Items: items}
				label := labelled(t, carriers, name, p)
				assert.NotEmpty(t, label)
				assert.Equal(t, label, labelled(t, carriers, name, p), "%s, %d pieces", name, items)
				assert.NotEqual(t, label, labelled(t, carriers, name, fulfil.Parcel{Order: "ord-2", Items: items}), "a label names its order")
			}
		}
	})
	t.Run("one that is not there", func(t *testing.T) {
		carriers := open(t)
		for _, name := range []string{"pigeon", "", "../standard", names[0] + " "} {
			_, err := carriers.Label(within(t), name, fulfil.Parcel{Order: "ord-1", Items: 1})
			assert.ErrorIs(t, err, fulfil.ErrNotFound, "%q", name)
		}
	})
	t.Run("many at the same time", func(t *testing.T) {
		carriers := open(t)
		var calls sync.WaitGroup
		for n := range 40 {
			calls.Go(func() {
				p := fulfil.Parcel{Order: fulfil.OrderID(fmt.Sprint("ord-", n)), Items: n + 1}
				label, err := carriers.Label(context.Background(), names[n%len(names)], p)
				assert.NoError(t, err)
				assert.Contains(t, label, p.Order, "nobody has the label of another")
			})
		}
		calls.Wait()
	})
}

func labelled(t *testing.T, carriers fulfil.Carriers, name string, p fulfil.Parcel) string {
	t.Helper()
	label, err := carriers.Label(within(t), name, p)
	require.NoError(t, err)
	return label
}
