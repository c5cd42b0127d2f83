package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/drillbook/drillbook/reference_app"
)

// TariffPath is where merchandisers put the shop's prices.
const TariffPath = "/merchandising/v1/tariff"

// Merchandising is what merchandisers need of the service.
type Merchandising struct {
	// Change puts prices in force.
	Change func(context.Context, fulfil.Prices, fulfil.By) (*fulfil.Tariff, error)
	// Who tells whose token that is; ok is false for one who may not.
	Who func(secret string) (actor string, ok bool)
	// Hide takes secrets out of a reason, which is kept for good.
	Hide func(text string) string
	// Refuse answers one who may not, with what to send instead.
	Refuse func(w http.ResponseWriter, r *http.Request, detail string)
}

// ServeHTTP serves PUT [TariffPath]: the whole tariff, and why it changes. It
// answers with the version that is in force then.
func (m Merchandising) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	actor, known := m.Who(secret)
	switch {
	case r.URL.Path != TariffPath:
		problem(w, http.StatusNotFound, "not-found", "there is only "+TariffPath)
	case !known:
		w.Header().Set("WWW-Authenticate", `Bearer realm="merchandising"`)
		m.Refuse(w, r, "send Authorization: Bearer with the token of a merchandiser")
	case r.Method != http.MethodPut:
		notAllowed(http.MethodPut)(w, r)
	default:
		m.put(w, r, actor)
	}
}

func (m Merchandising) put(w http.ResponseWriter, r *http.Request, actor string) {
	var body struct {
		Reason string        `json:"reason"`
		Prices fulfil.Prices `json:"prices"`
	}
	if err := readJSON(w, r, &body); err != nil {
		problem(w, http.StatusBadRequest, "bad-json", err.Error())
		return
	}
	tariff, err := m.Change(r.Context(), body.Prices, fulfil.By{Actor: "merchandiser:" + actor, Reason: m.Hide(body.Reason)})
	var rule *fulfil.RuleError
	switch {
	case err == nil:
		respond(w, http.StatusOK, map[string]int{"version": tariff.Version()})
	case errors.As(err, &rule):
		problem(w, http.StatusUnprocessableEntity, rule.Code, rule.Detail)
	default:
		w.Header().Set("Retry-After", "1")
		problem(w, http.StatusServiceUnavailable, "unavailable", "the change may or may not stand; ask again")
	}
}
