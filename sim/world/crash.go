package world

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// ProcessCrashed is the event of a service whose process has ended by itself, neither
// killed nor stopped. Each world logs it for the service, and starts that again.
const ProcessCrashed = "process.crashed"

// Crashed is the line by which a world does so: JSON, whatever the reason has in it, with
// the key that the service's own events have.
func (o Options) Crashed(why error) []byte {
	key, reason := cmp.Or(o.EventKey, "event"), "error"
	if key == reason {
		reason = "reason"
	}
	text := func(s string) []byte {
		quoted, _ := json.Marshal(s) // of a string, which never fails
		return quoted
	}
	return fmt.Appendf(nil, "{%s:%s,%s:%s}", text(key), text(ProcessCrashed), text(reason), text(fmt.Sprint(why)))
}
