package operator

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

func auditCommands() []Command {
	return []Command{
		{Name: "audit list", Class: Observe, Summary: "List what operators asked for, the latest last: who, why, and what came of it. A change has two lines.",
			Keeps: []string{"nothing changes"}, Args: []Arg{limit}, do: auditList},
	}
}

// auditRow is one line of the list; events are many, and in the store.
type auditRow struct {
	At        time.Time         `json:"at"`
	Actor     string            `json:"actor"`
	Role      string            `json:"role"`
	Command   string            `json:"command"`
	Args      map[string]string `json:"args,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	Outcome   string            `json:"outcome"`
	Detail    string            `json:"detail,omitempty"`
	Calls     int               `json:"calls,omitempty"`
	Events    int               `json:"events"`
	Operation string            `json:"operation"`
}

func auditList(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	entries, err := c.Audit.Recent(ctx, most)
	if err != nil {
		return nil, err
	}
	rows := []auditRow{}
	for _, e := range entries {
		rows = append(rows, auditRow{e.At, e.Actor, e.Role, e.Command, e.Args, e.Reason, e.Outcome, e.Detail, e.Calls, len(e.Events), e.Operation})
	}
	return map[string]any{"entries": rows}, nil
}

// entry begins the audit of a call.
func entry(token Token, command string) fulfil.AuditEntry {
	return fulfil.AuditEntry{Operation: rand.Text(), At: time.Now().UTC(), Actor: token.Actor, Role: string(token.Role), Command: command}
}

// ShortestSecret is how many characters a secret has at least: a shorter one is not
// hidden, since it would be found in ordinary words.
const ShortestSecret = 12

const cleanLimit = 300 // characters

// Hide replaces the secrets of tokens, and other ones, wherever somebody has put one.
func Hide(text string, tokens []Token, others ...string) string {
	secrets := slices.Clone(others)
	for _, t := range tokens {
		secrets = append(secrets, t.Secret)
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may begin as another does
	for _, secret := range secrets {
		if len(secret) >= ShortestSecret {
			text = strings.ReplaceAll(text, secret, "[token]")
		}
	}
	return text
}

// Hide replaces what is secret here: the server's tokens, and what its Deps call so.
func (s *Server) Hide(text string) string {
	if s.deps.Secrets == nil {
		return Hide(text, s.tokens)
	}
	return Hide(text, s.tokens, s.deps.Secrets()...)
}

// clean is a text from outside as the audit may keep it: without secrets, in
// characters that every store takes, and not long.
func (s *Server) clean(text string) string {
	return fulfil.Printable(s.Hide(text), cleanLimit)
}

// witness notes the events that a call stores.
type witness struct {
	fulfil.Repository
	events []string
}

// Save implements [fulfil.Repository].
func (w *witness) Save(ctx context.Context, a fulfil.Aggregate) error {
	pending := a.Pending()
	err := w.Repository.Save(ctx, a)
	if err == nil {
		for _, e := range pending {
			w.events = append(w.events, e.ID())
		}
	}
	return err
}
