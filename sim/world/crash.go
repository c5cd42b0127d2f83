package world

import (
	"encoding/json"
	"fmt"
)

// Crashed is the line that a world logs for a service whose process has ended by
// itself: JSON, whatever the reason has in it.
func Crashed(why error) []byte {
	line, _ := json.Marshal(struct { // of strings, which never fails
		Event string `json:"event"`
		Error string `json:"error"`
	}{"process.crashed", fmt.Sprint(why)})
	return line
}
