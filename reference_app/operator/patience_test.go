package operator_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/stretchr/testify/assert"
)

// mute is a replica that takes a call, and never answers.
type mute struct{}

func (mute) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Promise: opctl does not wait for ever for a replica that is silent. A paced command
// has the time that its bounds ask for. Of a change it says that it may stand, and
// where to look.
func TestASilentReplica(t *testing.T) {
	for line, c := range map[string]struct {
		waits  time.Duration
		change bool
	}{
		"sink status":                                             {30 * time.Second, false},
		"deliveries list --limit 500":                             {30 * time.Second, false},
		"sink route --to standby --reason trial":                  {30 * time.Second, true},
		"intake throttle --rate 5 --reason trial":                 {30 * time.Second, true},
		"deliveries redrive --reason trial":                       {50 * time.Second, true}, // a hundred, five a second
		"deliveries redrive --limit 500 --rate 0.1 --reason slow": {5030 * time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var complaint bytes.Buffer
			client := &operator.Client{URL: "http://replica", Token: token, HTTP: &http.Client{Transport: mute{}}}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
			defer cancel()
			began := time.Now()
			status := operator.CLI{Stdout: new(bytes.Buffer), Stderr: &complaint, Client: client}.Run(ctx, strings.Fields(line))
			assert.Equal(t, 2, status, line)
			assert.Equal(t, c.waits, time.Since(began), line)
			assert.Contains(t, complaint.String(), "no answer from the service within "+c.waits.String(), line)
			for _, where := range []string{"may stand", "opctl audit list", "opctl sink status"} {
				assert.Equal(t, c.change, strings.Contains(complaint.String(), where), "%s: %s", line, complaint.String())
			}
		})
	}
}
