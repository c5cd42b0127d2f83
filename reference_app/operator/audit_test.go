package operator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entries are those of the house's audit so far.
func (h *house) entries(t *testing.T) []fulfil.AuditEntry {
	t.Helper()
	all, err := h.audit.Recent(t.Context(), 1000)
	require.NoError(t, err)
	return all
}

// Promise: every call is in the audit with who, in which role, what, why and what
// came of it; a change twice, before it and after it.
func TestEverythingIsAudited(t *testing.T) {
	h := open(t, 1000)
	h.cli(t, token, "sink pause --reason because")
	h.cli(t, token, "sink pause --reason again")
	h.cli(t, token, "deliveries resolve none --as received --reason because")
	h.cli(t, "see", "sink status")
	h.cli(t, "see", "sink resume --reason because")
	h.cli(t, "see", "intake throttle --rate 5 --reason because")
	type seen struct{ actor, role, command, reason, outcome string }
	var got []seen
	for _, e := range h.entries(t) {
		got = append(got, seen{e.Actor, e.Role, e.Command, e.Reason, e.Outcome})
		assert.False(t, e.At.IsZero())
	}
	assert.Equal(t, []seen{
		{"bob", "operator", "sink pause", "because", "begun"},
		{"bob", "operator", "sink pause", "because", "done"},
		{"bob", "operator", "sink pause", "again", "begun"},
		{"bob", "operator", "sink pause", "again", "done"},
		{"bob", "operator", "deliveries resolve", "because", "begun"},
		{"bob", "operator", "deliveries resolve", "because", "not-found"},
		{"ann", "viewer", "sink status", "", "done"},
		{"ann", "viewer", "sink resume", "because", "role"},
		{"ann", "viewer", "intake throttle", "because", "role"},
	}, got)
	throttle := h.entries(t)[8]
	assert.Equal(t, map[string]string{"rate": "5", "class": "all"}, throttle.Args)
}

// Promise: an event that an operator caused, and the entry of the call that
// caused it, name each other.
func TestEventsAndEntriesNameEachOther(t *testing.T) {
	h := open(t, 1000)
	h.poisonous(t, "ord-1")
	h.cli(t, token, "orders quarantine ord-1 --reason looked")
	h.cli(t, token, "orders release ord-1 --reason mended")
	all := h.entries(t)[2:]
	require.Len(t, all, 2)
	assert.Empty(t, all[0].Events, "nothing was done before it was stored")
	assert.Equal(t, []string{"controls/controls@2", "order/ord-1@3"}, all[1].Events)
	assert.Equal(t, all[0].Operation, all[1].Operation)
	events, err := h.repository.History(t.Context(), fulfil.Ref{Kind: fulfil.KindOrder, ID: "ord-1"})
	require.NoError(t, err)
	assert.Equal(t, fulfil.By{Actor: "operator:bob", Reason: "mended", Operation: all[0].Operation}, events[2].By)
	assert.Empty(t, events[1].By.Operation, "nobody asked for that one")
}

// Promise: refusals are in the audit too, whatever was sent, and no secret is.
func TestRefusalsAreAudited(t *testing.T) {
	const guess = "a-guess-at-somebody's-token"
	for name, c := range map[string]struct {
		token, method, path, body string
		status                    int
		command, outcome          string
	}{
		"unknown token":    {guess, "POST", "commands/sink/pause", `{}`, 401, "sink pause", "unknown-token"},
		"no token":         {"", "POST", "commands/sink/pause", `{}`, 401, "sink pause", "unknown-token"},
		"unknown command":  {token, "POST", "commands/queue/purge", `{}`, 404, "POST /operator/v1/commands/queue/purge", "unknown-command"},
		"method":           {token, "GET", "commands/sink/pause", "", 405, "sink pause", "method"},
		"not JSON":         {token, "POST", "commands/sink/pause", "reason=" + token, 400, "sink pause", "bad-json"},
		"no reason":        {token, "POST", "commands/sink/pause", `{}`, 422, "sink pause", "argument"},
		"unknown argument": {token, "POST", "commands/sink/pause", `{"reason":"x","` + token + `":"x"}`, 422, "sink pause", "argument"},
		"a null byte":      {token, "POST", "commands/sink/pause", `{"reason":"x\u0000"}`, 422, "sink pause", "argument"},
		"a token as value": {token, "POST", "commands/sink/route", `{"reason":"x","to":"` + token + `"}`, 422, "sink route", "argument"},
		"a token in path":  {token, "POST", "commands/" + token + "%00", `{}`, 404, "POST /operator/v1/commands/[token]?", "unknown-command"},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, 1000)
			request := httptest.NewRequest(c.method, "/operator/v1/"+c.path, strings.NewReader(c.body))
			if c.token != "" {
				request.Header.Set("Authorization", "Bearer "+c.token)
			}
			w := httptest.NewRecorder()
			h.server.Config.Handler.ServeHTTP(w, request)
			assert.Equal(t, c.status, w.Code)
			assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
			all := h.entries(t)
			require.Len(t, all, 1)
			assert.Equal(t, c.command, all[0].Command)
			assert.Equal(t, c.outcome, all[0].Outcome)
			for _, secret := range []string{token, guess} {
				assert.NotContains(t, all[0].Detail+all[0].Command+all[0].Reason, secret)
				assert.NotContains(t, h.log.String(), secret)
			}
		})
	}
}

// Promise: a token that somebody gives as the reason is not stored: neither in
// the audit nor in an event.
func TestATokenAsReasonIsNotKept(t *testing.T) {
	h := open(t, 1000)
	status, _, complaint := h.cli(t, token, "sink pause --reason "+token)
	require.Zero(t, status, complaint)
	for _, e := range h.entries(t) {
		assert.Equal(t, "[token]", e.Reason)
	}
	events, err := h.repository.History(t.Context(), fulfil.NewControls().Ref())
	require.NoError(t, err)
	assert.Equal(t, "[token]", events[0].By.Reason)
}

// Promise: a credential is not stored, either, where somebody gives it as the reason, or
// in place of its name; and what is no name is not, secret or not.
func TestACredentialIsNotKept(t *testing.T) {
	for line, want := range map[string]int{
		"sink rotate --to " + hush + " --reason x":                 1,
		"sink rotate --to hush-of-before --reason x":               1,
		"sink rotate --to green --reason " + hush:                  0,
		"sink pause --reason now-" + hush:                          0,
		"deliveries resolve " + hush + " --as received --reason x": 1,
	} {
		t.Run(line, func(t *testing.T) {
			h := open(t, 1000)
			status, _, complaint := h.cli(t, token, line)
			assert.Equal(t, want, status, complaint)
			kept, err := json.Marshal(h.entries(t))
			require.NoError(t, err)
			events, err := h.repository.History(t.Context(), fulfil.NewControls().Ref())
			assert.Equal(t, want != 0, errors.Is(err, fulfil.ErrNotFound))
			assert.NotContains(t, fmt.Sprintf("%s %+v %s %s", kept, events, &h.log, complaint), "hush-of-")
			assert.NotEqual(t, "[]", string(kept), "but that somebody tried is")
		})
	}
}

// Promise: nor is it when whoever gives it may not rotate at all.
func TestACredentialOfAViewerIsNotKept(t *testing.T) {
	h := open(t, 1000)
	_, _, complaint := h.cli(t, "see", "sink rotate --to hush-of-before --reason x")
	assert.Contains(t, complaint, "role")
	require.Len(t, h.entries(t), 1)
	assert.Empty(t, h.entries(t)[0].Args)
	assert.NotContains(t, h.log.String(), "hush-of-")
}

// Promise: a secret that begins as another does is hidden whole, and no short one is
// looked for in words.
func TestHide(t *testing.T) {
	tokens := []operator.Token{{Secret: "abcdefghijkl"}, {Secret: "the"}}
	assert.Equal(t, "the [token] and [token]", operator.Hide("the abcdefghijklmnop and abcdefghijkl", tokens, "abcdefghijklmnop", ""))
}

// Promise: calls over the limit are in the audit, but not an entry each.
func TestAFloodOfCallsIsNoFloodOfEntries(t *testing.T) {
	h := open(t, 1)
	over := 0
	for range 50 {
		if _, _, complaint := h.cli(t, "guess", "sink status"); strings.Contains(complaint, "rate:") {
			over++
		}
	}
	require.Greater(t, over, 40)
	entries := 0
	for _, e := range h.entries(t) {
		if e.Outcome == "rate" {
			entries++
			assert.Positive(t, e.Calls)
		}
	}
	assert.Positive(t, entries)
	assert.Less(t, entries, over/2)
}

// broken is an audit that cannot be written.
type broken struct{ *apptest.Audit }

func (broken) Append(context.Context, fulfil.AuditEntry) error {
	return errors.New("the store is down")
}

// Promise: no record, no change; who only looks is answered all the same.
func TestNothingChangesUnrecorded(t *testing.T) {
	h := openWith(t, 1000, broken{&apptest.Audit{}})
	status, _, complaint := h.cli(t, token, "sink pause --reason because")
	assert.Equal(t, 1, status)
	assert.Contains(t, complaint, "audit")
	_, err := h.repository.History(t.Context(), fulfil.NewControls().Ref())
	assert.ErrorIs(t, err, fulfil.ErrNotFound)
	status, _, complaint = h.cli(t, token, "service status")
	assert.Zero(t, status, complaint)
}

// Promise: a secret is a whole bearer token, and nobody has the empty one.
func TestWhoseTokenItIs(t *testing.T) {
	tokens := []operator.Token{{Secret: "", Actor: "nobody"}, {Secret: "one", Actor: "ann"}, {Secret: "two", Actor: "bob"}}
	for secret, want := range map[string]int{"": -1, "o": -1, "one": 1, "two": 2, "onetwo": -1, "ONE": -1} {
		assert.Equal(t, want, operator.FindToken(tokens, secret), secret)
	}
	h := open(t, 1000)
	request := httptest.NewRequest(http.MethodGet, "/operator/v1/contract", nil)
	request.Header.Set("Authorization", token) // without its scheme
	w := httptest.NewRecorder()
	h.server.Config.Handler.ServeHTTP(w, request)
	assert.Equal(t, http.StatusUnauthorized, w.Code)
}
