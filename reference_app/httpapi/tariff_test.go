package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/stretchr/testify/assert"
)

func TestMerchandising(t *testing.T) {
	tariff, away := fulfil.NewTariff(), error(nil)
	h := httpapi.Merchandising{
		Change: func(_ context.Context, p fulfil.Prices, by fulfil.By) (*fulfil.Tariff, error) {
			return tariff, errors.Join(away, tariff.Change(p, by))
		},
		Who:  func(secret string) (string, bool) { return "ann", secret == "shop" },
		Hide: func(text string) string { return strings.ReplaceAll(text, "shop", "[token]") },
		Refuse: func(w http.ResponseWriter, _ *http.Request, detail string) {
			http.Error(w, detail, http.StatusUnauthorized)
		},
	}
	const path, known, prices = httpapi.TariffPath, "Authorization: Bearer shop", `{"reason":"autumn","prices":{"piece":100,"parcel":50,"items":{"tea":90}}}`
	for _, c := range []struct {
		method, path, body, token string
		status                    int
		says                      string
	}{
		{"PUT", path, prices, "Authorization: Bearer try", 401, "token of a merchandiser"},
		{"PUT", path + "/x", prices, known, 404, "not-found"},
		{"GET", path, "", known, 405, "method"},
		{"PUT", path, `{"price":1}`, known, 400, "bad-json"},
		{"PUT", path, prices + "}", known, 400, "bad-json"},
		{"PUT", path, `{"reason":"autumn","prices":{"piece":0,"parcel":50}}`, known, 422, "bad-price"},
		{"PUT", path, `{"prices":{"piece":100,"parcel":50}}`, known, 422, "unattributed"},
		{"PUT", path, `{"reason":"autumn\u0000","prices":{"piece":100,"parcel":50}}`, known, 422, "unattributed"},
		{"PUT", path, `{"reason":"autumn\nwinter","prices":{"piece":100,"parcel":50}}`, known, 422, "unattributed"},
		{"PUT", path, `{"reason":"` + strings.Repeat("ö", 201) + `","prices":{"piece":100,"parcel":50}}`, known, 422, "unattributed"},
		{"PUT", path, prices, known, 200, `"version":1`},
		{"PUT", path, prices, known, 200, `"version":1`},
	} {
		w := ask(h, c.method, c.path, c.body, c.token)
		assert.Equal(t, c.status, w.Code, "%s: %s", c.body, w.Body)
		assert.Contains(t, w.Body.String(), c.says)
	}
	assert.Equal(t, fulfil.By{Actor: "merchandiser:ann", Reason: "autumn"}, tariff.Pending()[0].By)
	assert.Equal(t, http.StatusOK, ask(h, "PUT", path, `{"reason":"shop winter","prices":{"piece":90,"parcel":50}}`, known).Code)
	assert.Equal(t, "[token] winter", tariff.Pending()[1].By.Reason)
	away = errors.New("away")
	assert.Equal(t, http.StatusServiceUnavailable, ask(h, "PUT", path, prices, known).Code)
}
