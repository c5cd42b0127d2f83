package exercises

import (
	"testing"

	"github.com/drillbook/drillbook/sim"
)

func TestMain(m *testing.M) { sim.Main(m) }
