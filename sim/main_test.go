package sim_test

import (
	"flag"
	"testing"

	"github.com/drillbook/drillbook/sim"
)

// What these tests find is no result of the drills in this repository.
func TestMain(m *testing.M) {
	if err := flag.Set("sim.dir", "../.drill/notes"); err != nil {
		panic(err)
	}
	sim.Main(m)
}
