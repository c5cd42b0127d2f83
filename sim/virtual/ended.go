package virtual

import (
	"sync"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

// registerToxics puts ours in the place of those toxics that end a direction and leave: who
// hands them the next piece waits for good, which a real proxy bears and a bubble of virtual
// time does not. Ours are the same ones, and take what still comes.
var registerToxics = sync.OnceFunc(func() {
	toxics.Register("limit_data", new(limitData))
	toxics.Register("timeout", new(timeout))
})

// limitData ends a direction once so many bytes have passed.
type limitData struct{ toxics.LimitDataToxic }

// Pipe implements [toxics.Toxic].
func (t *limitData) Pipe(stub *toxics.ToxicStub) {
	t.LimitDataToxic.Pipe(stub)
	takeRest(stub)
}

// timeout lets nothing pass, and ends a direction after its time or once it is removed.
type timeout struct{ toxics.TimeoutToxic }

// Pipe implements [toxics.Toxic].
func (t *timeout) Pipe(stub *toxics.ToxicStub) {
	t.TimeoutToxic.Pipe(stub)
	takeRest(stub)
}

// Cleanup implements [toxics.CleanupToxic].
func (t *timeout) Cleanup(stub *toxics.ToxicStub) {
	t.TimeoutToxic.Cleanup(stub)
	go takeRest(stub)
}

// takeRest takes in vain what comes for a direction that has ended. One that was only
// interrupted goes on, with its next toxic.
func takeRest(stub *toxics.ToxicStub) {
	if !stub.Closed() {
		return
	}
	for range stub.Input {
	}
}
