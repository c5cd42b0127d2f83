package check_test

import (
	"fmt"

	"github.com/drillbook/drillbook/sim/check"
)

func ExampleBalance() {
	report := check.Balance(check.Ledger{
		Accepted: []check.Accepted{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Arrived:  []check.Arrived{{ID: "a", Where: "primary"}, {ID: "a", Where: "standby"}, {ID: "c", Where: "primary"}},
	})
	fmt.Println("lost", report.Lost, "doubled", report.Doubled)
	// Output: lost [b] doubled [a]
}
