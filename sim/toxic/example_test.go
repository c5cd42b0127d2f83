package toxic_test

import (
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
)

// A toxic is one or more of toxiproxy's, each with its direction. At speed 10
// durations are a tenth.
func ExampleLatency() {
	for _, t := range (toxic.Latency{Delay: 300 * time.Millisecond}).Toxics(10) {
		fmt.Println(t.Type, t.Stream, t.Attributes["latency"])
	}
	for _, t := range (toxic.Timeout{}).Toxics(1) {
		fmt.Println(t.Type, t.Stream)
	}
	// Output:
	// latency downstream 30
	// timeout upstream
	// timeout downstream
}
