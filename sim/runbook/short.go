package runbook

import (
	"strings"
	"time"
)

// Short writes a duration as runbooks do: to the second, and without the seconds
// of whole minutes.
func Short(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}
