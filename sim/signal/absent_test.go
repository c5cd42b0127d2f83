package signal_test

import (
	"testing"
	"testing/synctest"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/stretchr/testify/assert"
)

// Promise: an alert whose expression deals itself with a series that is not there is quiet
// without it; any other has no data, and names it. Here there are served and other, and
// neither refused nor ghost.
func TestAlertsThatDealWithWhatIsMissing(t *testing.T) {
	for expr, want := range map[string]string{
		`(sum(rate(refused[30s])) or vector(0)) / sum(rate(served[30s])) > 0.05`:             "",
		`(sum(rate(served{code=~"5.."}[30s])) or vector(0)) / sum(rate(served[30s])) > 0.05`: "",
		`((sum(refused) or (ghost or vector(0)))) > 5`:                                       "",
		`(sum(refused) or sum(served) * 0) > 5e9`:                                            "",
		`(refused or on () vector(0)) > 5`:                                                   "",
		`(sum(refused) or vector(time())) < 0`:                                               "",
		`(sum(refused) or (served > bool 5e9)) > 5`:                                          "",
		`served > 5e9 unless refused`:                                                        "",
		`served > 5e9 unless on (instance) (refused or ghost)`:                               "",
		`absent(served)`: "",
		`absent_over_time(served[30s]) or served > 5e9`:                                   "",
		`served > 5e9 and absent(refused{code="503"})`:                                    "",
		`sum(rate(refused[30s])) / sum(rate(served[30s])) > 0.05`:                         "refused has no series",
		`(sum(rate(refused[30s])) or vector(0)) / sum(rate(ghost[30s])) > 0.05`:           "ghost has no series",
		`(sum(refused) or sum(ghost)) > 5`:                                                "ghost and refused have no series",
		`(sum(ghost) or sum(refused) or sum(other) > 5) > 5`:                              "ghost and refused have no series",
		`refused > 5 or other > 5e9`:                                                      "refused has no series", // a no of other stands in for nothing
		`refused > 5 or (other > 5e9 unless ghost)`:                                       "refused has no series",
		`refused > 5 or absent(other)`:                                                    "refused has no series",
		`refused unless served`:                                                           "refused has no series",
		`served > 5e9 and refused`:                                                        "refused has no series",
		`(vector(0) or refused) > 5`:                                                      "refused has no series",
		`refused`:                                                                         "refused has no series",
		`max_over_time((sum(refused) or vector(0))[30s:5s]) > 5 and on () sum(ghost) > 0`: "ghost has no series",
	} {
		t.Run(expr, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := watch(t, "groups: [{name: g, rules: [{alert: A, expr: '"+expr+"'}]}]", 1, &target{name: "a", metrics: "served 20\nother 1\n"})
				round(t, w)
				status := signal.Status{State: signal.Quiet}
				if want != "" {
					status = signal.Status{Detail: want}
				}
				assert.Equal(t, status, w.Status(signal.Alert("A")))
			})
		})
	}
}
