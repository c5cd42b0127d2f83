package operator_test

import (
	"encoding/json"
	"fmt"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// published is what the house's replica knows of plugins, unless a test adds to it.
func published() []fulfil.PluginVersion {
	return []fulfil.PluginVersion{
		{Name: "express", Version: "1.2.0", State: fulfil.PluginRefused, Reason: "start", Detail: "no tariff table"},
		{Name: "express", Version: "1.1.0", State: fulfil.PluginServing},
		{Name: "express", Version: "1.0.0", State: fulfil.PluginReady},
		{Name: "overnight", Version: "1.0.0", State: fulfil.PluginRefused, Reason: "abi"},
	}
}

// parked stores an order that waits for its carrier.
func (h *house) parked(t *testing.T, id fulfil.OrderID, carrier string) {
	t.Helper()
	o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "c", Carrier: carrier, Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}, by)
	require.NoError(t, err)
	require.NoError(t, o.Park("no such carrier", by))
	require.NoError(t, h.repository.Save(t.Context(), o))
}

func (h *house) status(t *testing.T, id fulfil.OrderID) string {
	t.Helper()
	o, err := fulfil.LoadOrder(t.Context(), h.repository, id)
	require.NoError(t, err)
	return o.Status()
}

func TestRollbackNeedsAVersionToGoBackTo(t *testing.T) {
	h := open(t, 1000)
	for line, want := range map[string]string{
		"plugins rollback overnight --reason trial":                 "no-such-version",
		"plugins rollback express --to 1.2.0 --reason trial":        "no-such-version",
		"plugins rollback express --to 0.9.0 --reason trial":        "no-such-version",
		"plugins rollback express --reason trial":                   "",
		"plugins rollback express --to 1.1.0 --reason trial":        "",
		"plugins quarantine standard --reason trial":                "built-in",
		"plugins inspect pigeon":                                    "not-found",
		"orders release ord-none --reason trial":                    "not-found",
		"orders release-parked --carrier x --reason trial --rate 0": "rate",
	} {
		status, _, complaint := h.cli(t, token, line)
		assert.Equal(t, want == "", status == 0, "%s: %s", line, complaint)
		assert.Contains(t, complaint, want, line)
	}
}

func TestPluginsByState(t *testing.T) {
	h := open(t, 1000)
	for state, want := range map[string][]string{
		"any": {"1.2.0", "1.1.0", "1.0.0", "1.0.0"}, "refused": {"1.2.0", "1.0.0"}, "serving": {"1.1.0"}, "unserved": {"1.0.0"},
	} {
		_, out, complaint := h.cli(t, token, "plugins list --json --state "+state)
		var answer struct{ Plugins []fulfil.PluginVersion }
		require.NoError(t, json.Unmarshal([]byte(out), &answer), complaint)
		var versions []string
		for _, v := range answer.Plugins {
			versions = append(versions, v.Version)
		}
		assert.Equal(t, want, versions, state)
	}
}

// Promise: of plugins without a version that serves, those are listed whose carrier lacks one:
// not one that an operator took out of service, nor one under the name of a carrier that the
// service brings along, which no operator can steer.
func TestUnservedPluginsAreThoseToSeeTo(t *testing.T) {
	h := open(t, 1000)
	h.plugins = append(h.plugins, fulfil.PluginVersion{Name: "pigeon", Version: "1.0.0", State: fulfil.PluginReady},
		fulfil.PluginVersion{Name: "standard", Version: "1.0.0", State: fulfil.PluginRefused, Reason: "name-taken"})
	status, _, complaint := h.cli(t, token, "plugins quarantine pigeon --reason trial")
	require.Zero(t, status, complaint)
	names := func() (names []string) {
		_, out, complaint := h.cli(t, token, "plugins list --json --state unserved")
		var answer struct {
			Plugins []fulfil.PluginVersion
			Steered map[string]fulfil.PluginControl
		}
		require.NoError(t, json.Unmarshal([]byte(out), &answer), complaint)
		for _, v := range answer.Plugins {
			names = append(names, v.Name)
		}
		assert.Equal(t, map[string]fulfil.PluginControl{"pigeon": {Quarantined: true}}, answer.Steered)
		return names
	}
	assert.Equal(t, []string{"overnight"}, names())
}

// Promise: that none remain is not said as if it were known, when more are parked than
// are looked through.
func TestReleaseSaysThatItHasNotSeenAll(t *testing.T) {
	h := open(t, 1000)
	for n := range 5000 {
		h.parked(t, fulfil.OrderID(fmt.Sprint("ord-", n)), "pigeon")
	}
	const release = "orders release-parked --carrier express --limit 1 --rate 100 --reason fixed --json"
	_, out, complaint := h.cli(t, token, release)
	assert.JSONEq(t, `{"released":0,"remaining":0,"more":false}`, out, complaint)
	h.parked(t, "ord-last", "express")
	_, out, complaint = h.cli(t, token, release)
	assert.JSONEq(t, `{"released":0,"remaining":0,"more":true}`, out, complaint)
}

// Promise: only what waits for that carrier is released, at most so many, the
// longest parked first, and each once.
func TestReleaseIsBounded(t *testing.T) {
	h := open(t, 1000)
	h.parked(t, "ord-0", "pigeon")
	for _, id := range []fulfil.OrderID{"ord-1", "ord-2", "ord-3"} {
		h.parked(t, id, "express")
	}
	_, out, complaint := h.cli(t, token, "orders release-parked --carrier express --limit 2 --rate 100 --reason fixed --json")
	assert.JSONEq(t, `{"released":2,"remaining":1,"more":false}`, out, complaint)
	_, out, _ = h.cli(t, token, "orders release-parked --carrier express --limit 2 --rate 100 --reason fixed --json")
	assert.JSONEq(t, `{"released":1,"remaining":0,"more":false}`, out)
	assert.Equal(t, 3, h.released)
	for id, want := range map[fulfil.OrderID]string{"ord-0": fulfil.Parked, "ord-1": fulfil.Placed, "ord-2": fulfil.Placed, "ord-3": fulfil.Placed} {
		assert.Equal(t, want, h.status(t, id), id)
	}
	status, _, complaint := h.cli(t, token, "orders release ord-1 --reason again")
	assert.Equal(t, 1, status)
	assert.Contains(t, complaint, "wrong-status")
}
