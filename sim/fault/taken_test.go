package fault_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a fault that keeps what it learns is for one drill: another that has it injected
// before it is healed is told so, and does not disturb the first.
func TestOneValueIsForOneDrill(t *testing.T) {
	for name, f := range map[string]fault.Fault{
		"link":     fault.On("echo", toxic.Cut{}),
		"surge":    fault.Surge(20, nil),
		"storm":    fault.Storm(fault.On("echo", toxic.Latency{Delay: time.Second}), time.Hour),
		"restarts": fault.Restarts(10*time.Second, "echo"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := echoes(t, 1)
				crowd := impatient(t, w, new(atomic.Bool))
				join := func(g *traffic.Generator) {
					if one, ok := f.(fault.ByCustomers); ok {
						one.Join(g)
					}
				}
				join(crowd)
				heal := inject(t, w, f)
				join(&traffic.Generator{})
				_, err := f.Inject(t.Context(), w)
				require.ErrorContains(t, err, f.Name()+" is injected already: one value is for one drill")
				if name != "storm" { // which bites when its hour is over
					assert.NoError(t, prober(t, f).Bites(t.Context(), w))
				}
				require.NoError(t, heal(t.Context()))
				assert.NoError(t, prober(t, f).Gone(t.Context(), w), "by what the first has learnt")

				join(crowd)
				require.NoError(t, inject(t, w, f)(t.Context()), "it was healed")
				clean(t, w)
			})
		})
	}
}
