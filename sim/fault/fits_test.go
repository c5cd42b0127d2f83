package fault_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/stretchr/testify/assert"
)

// Promise: a fault that is aimed at what is not there says so before it is injected, and
// what there is.
func TestFits(t *testing.T) {
	const noService = `no service "eco"; there are echo, app-1, app-2`
	slow := toxic.Latency{Delay: time.Second}
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		for _, f := range []fault.Fault{
			fault.On("echo", toxic.Cut{}), fault.On("echo", toxic.Cut{}).Of(2), fault.Kill("echo"), fault.Pause("app-1"), fault.Surge(5, nil),
			fault.Restarts(time.Minute, "app-1", "app-2"), fault.Storm(fault.On("echo", slow), time.Minute),
			fault.All(fault.On("echo", slow), fault.Kill("app-2")),
		} {
			assert.NoError(t, fault.Fits(f, w), f.Name())
		}
		for _, c := range []struct {
			f   fault.Fault
			why string
		}{
			{fault.On("eco", toxic.Cut{}), `no link to "eco"; there are links to echo`},
			{fault.On("echo", toxic.Cut{}).Of(3), `no link to "echo" of replica 3; there are those of [1 2]`},
			{fault.On("echo"), `fault.On("echo") has no toxic: name one, such as toxic.Timeout{}`},
			{fault.On("echo", slow, slow), "a link cannot have two toxics of one kind: make one of them"},
			{fault.Kill("eco"), noService},
			{fault.Pause("eco"), noService},
			{fault.Restarts(time.Minute, "app-1", "eco"), noService},
			{fault.Restarts(time.Minute), "restarts: say how often, and name the services"},
			{fault.Storm(fault.Kill("eco"), time.Minute), noService},
			{fault.All(), "fault.All() has no fault"},
			{fault.All(fault.Kill("eco"), fault.On("eco", toxic.Cut{})), noService + "\nno link to \"eco\"; there are links to echo"},
			{fault.All(fault.On("echo", slow), fault.On("echo", toxic.Cut{})), "two faults are on link echo[1]"},
		} {
			assert.ErrorContains(t, fault.Fits(c.f, w), c.why, c.f.Name())
		}
	})
}
