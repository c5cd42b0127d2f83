// Package scenarios holds the drills, a file each.
package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/sim"
)

func TestMain(m *testing.M) { sim.Main(m) }
