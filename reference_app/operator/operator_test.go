package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var by = fulfil.By{Actor: "test", Reason: "to try"}

// house is the API with something to operate on.
type house struct {
	repository *apptest.Repository
	queue      *apptest.Queue
	audit      *apptest.Audit
	log        bytes.Buffer
	server     *httptest.Server
	released   int
	repriced   int
	amended    int
	plugins    []fulfil.PluginVersion
}

// token is the operator's, hush what is in the credential in use.
const (
	token = "do-what-is-needed"
	hush  = "hush-of-the-warehouse"
)

func open(t *testing.T, rate float64) *house {
	t.Helper()
	audit := &apptest.Audit{}
	h := openWith(t, rate, audit)
	h.audit = audit
	return h
}

func openWith(t *testing.T, rate float64, audit fulfil.Audit) *house {
	t.Helper()
	h := &house{repository: apptest.NewRepository(), queue: &apptest.Queue{}, plugins: published()}
	h.server = httptest.NewServer(operator.NewServer(operator.Deps{
		Repository: h.repository, Queue: h.queue, Audit: audit, Circuit: func(fulfil.Warehouse) string { return "closed" }, Applied: func() int { return 0 }, Rate: rate,
		Checks:   func() any { return map[string]string{"repository": "up"} },
		Plugins:  func() []fulfil.PluginVersion { return slices.Clone(h.plugins) },
		Released: func() { h.released++ }, Amended: func() { h.amended++ },
		Prices: func() operator.PriceList { return operator.PriceList{Version: 1, Grace: time.Second} }, Repriced: func() { h.repriced++ },
		Workers: func() int { return 6 }, WorkersUsual: 4, WorkersMax: 16, IntakeCapacity: 40,
		Contention:  func(int) any { return []map[string]any{{"sku": "tea", "conflicts": 3}} },
		Credentials: []string{"blue", "green"}, Secrets: func() []string { return []string{hush} },
	}, []operator.Token{{Secret: "see", Actor: "ann", Role: operator.Viewer}, {Secret: token, Actor: "bob", Role: operator.Operator}},
		slog.New(slog.NewJSONHandler(&h.log, nil))))
	t.Cleanup(h.server.Close)
	return h
}

// cli runs opctl against the house.
func (h *house) cli(t *testing.T, token, line string) (status int, out, complaint string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := operator.CLI{Stdout: &stdout, Stderr: &stderr, Client: &operator.Client{URL: h.server.URL, Token: token}}
	status = c.Run(t.Context(), strings.Fields(line))
	return status, stdout.String(), stderr.String()
}

// doubtful stores an order in doubt, and dead makes a dead letter of it.
func (h *house) doubtful(t *testing.T, id fulfil.OrderID) {
	t.Helper()
	stock, err := fulfil.LoadStock(t.Context(), h.repository, "tea")
	if err != nil {
		stock = fulfil.NewStock("tea")
		require.NoError(t, stock.Receive(100, by))
	}
	require.NoError(t, stock.Reserve(id, 1, by))
	require.NoError(t, h.repository.Save(t.Context(), stock))
	o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}, by)
	require.NoError(t, err)
	require.NoError(t, o.Allocate(by))
	require.NoError(t, o.Dispatch(fulfil.Primary, "l", by))
	require.NoError(t, o.Doubt("silence", by))
	require.NoError(t, h.repository.Save(t.Context(), o))
}

// poisonous stores an order that crashed a worker and was set aside.
func (h *house) poisonous(t *testing.T, id fulfil.OrderID) {
	t.Helper()
	o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "c", Carrier: "freight", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}, by)
	require.NoError(t, err)
	require.NoError(t, o.Park("in quarantine", by))
	require.NoError(t, h.repository.Save(t.Context(), o))
	suspects := fulfil.NewSuspects()
	require.NoError(t, suspects.Crashed(id, "index out of range", by))
	require.NoError(t, h.repository.Save(t.Context(), suspects))
}

func (h *house) dead(t *testing.T, id fulfil.OrderID) {
	t.Helper()
	require.NoError(t, h.queue.Publish(t.Context(), fulfil.Message{ID: string(id), Order: id}))
	l, err := h.queue.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, l.DeadLetter(t.Context(), "silence"))
}

// misquoted stores an order that is quoted from the tariff before the one in
// force.
func (h *house) misquoted(t *testing.T, id fulfil.OrderID) {
	t.Helper()
	tariff := fulfil.NewTariff()
	require.NoError(t, tariff.Change(fulfil.Prices{Piece: 100, Parcel: 100}, by))
	old := fulfil.NewTariff()
	require.NoError(t, old.Change(fulfil.Prices{Piece: 100, Parcel: 100}, by))
	require.NoError(t, tariff.Change(fulfil.Prices{Piece: 200, Parcel: 100}, by))
	o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}, by)
	require.NoError(t, err)
	require.NoError(t, o.Quote(old, by))
	require.NoError(t, o.Misquote(tariff, 0, by))
	require.NoError(t, h.repository.Save(t.Context(), o))
	if _, err := fulfil.LoadTariff(t.Context(), h.repository); err != nil {
		require.NoError(t, h.repository.Save(t.Context(), tariff))
	}
}

// Promise: every command of the contract does through the aggregates what it
// says, with the caller as the actor.
func TestEveryCommand(t *testing.T) {
	h := open(t, 1000)
	for _, id := range []fulfil.OrderID{"ord-1", "ord-2", "ord-3"} {
		h.doubtful(t, id)
		h.dead(t, id)
	}
	h.parked(t, "ord-8", "express")
	h.parked(t, "ord-9", "express")
	h.misquoted(t, "ord-4")
	h.misquoted(t, "ord-5")
	h.poisonous(t, "ord-6")
	tried := map[string]bool{}
	for _, c := range []struct{ line, shows string }{
		{"contract", "deliveries redrive"},
		{"service status", "repository"},
		{"sink status", "circuits"},
		{"sink route --to standby --ramp 10s --reason trial", "standby"},
		{"sink pause --reason trial", "sink_paused"},
		{"sink resume --reason trial", "version"},
		{"sink credentials", "green"},
		{"sink rotate --to green --reason trial", "green"},
		{"intake throttle --rate 5 --reason trial", "intake_rate"},
		{"intake throttle --rate 7 --class private --reason trial", "class_rates"},
		{"intake throttle --percent 25 --class partner --reason trial", "partner=10"},
		{"intake status", "private"},
		{"intake refuse-repeats --reason trial", "repeats_refused"},
		{"intake allow-repeats --reason trial", "version"},
		{"intake restore --reason trial", "version"},
		{"stock conflicts", "tea"},
		{"stock lane tea --reason trial", "lanes"},
		{"stock unlane tea --reason trial", "version"},
		{"queue status", "scale_to     12"},
		{"workers scale --to 12 --reason trial", "workers"},
		{"workers restore --reason trial", "version"},
		{"deliveries list", "ord-1"},
		{"deliveries list --state dead-letter", "silence"},
		{"deliveries resolve ord-1 --as received --reason looked", "delivered"},
		{"deliveries resolve ord-2 --as not-received --reason looked", "allocated"},
		{"deliveries redrive --limit 2 --rate 100 --reason trial", "redriven"},
		{"orders show ord-1", "operator:bob"},
		{"plugins list", "express"},
		{"plugins inspect express", "no tariff table"},
		{"plugins rollback express --reason trial", "version=1.0.0"},
		{"plugins quarantine express --reason trial", "quarantined"},
		{"plugins restore express --reason trial", "version"},
		{"orders release ord-8 --reason trial", "placed"},
		{"orders release-parked --carrier express --rate 100 --reason trial", "released"},
		{"tariffs show", "stored"},
		{"tariffs refresh --reason trial", "tariff_epoch"},
		{"orders misquoted", "ord-4"},
		{"orders reprice --limit 1 --rate 100 --reason trial", "repriced"},
		{"orders suspects", "index out of range"},
		{"orders quarantine ord-6 --reason trial", "ord-6"},
		{"orders amend ord-6 --carrier standard --reason trial", "standard"},
		{"orders release ord-6 --reason trial", "placed"},
		{"audit list --limit 500", "sink rotate"},
	} {
		status, out, complaint := h.cli(t, token, c.line)
		assert.Zero(t, status, "%s: %s", c.line, complaint)
		assert.Contains(t, out, c.shows, c.line)
		status, out, _ = h.cli(t, token, c.line+" --json")
		if status == 0 {
			assert.True(t, json.Valid([]byte(out)), "%s: %s", c.line, out)
		}
		for _, command := range operator.NewContract().Commands {
			if strings.HasPrefix(c.line, command.Name) {
				tried[command.Name] = true
			}
		}
	}
	assert.Len(t, tried, len(operator.NewContract().Commands), "every command was tried: %v", tried)
	b, err := h.queue.Backlog(t.Context())
	require.NoError(t, err)
	assert.Zero(t, b.Dead, "two calls of two, of three")
	assert.Equal(t, 2, h.repriced, "two calls of one, of two")
	for _, id := range []fulfil.OrderID{"ord-4", "ord-5"} {
		o, err := fulfil.LoadOrder(t.Context(), h.repository, id)
		require.NoError(t, err)
		assert.Equal(t, fulfil.Placed, o.Status())
		assert.Equal(t, fulfil.Quote{Cents: 300, Tariff: 2}, o.State().Quote)
	}
}

// Promise: who releases an order from quarantine is not overtaken by a worker that has
// read of the quarantine before, and sets the order aside after.
func TestAReleasedOrderIsNotSetAsideByWhoReadBefore(t *testing.T) {
	h := open(t, 1000)
	o, err := fulfil.PlaceOrder("ord-1", fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}, by)
	require.NoError(t, err)
	require.NoError(t, h.repository.Save(t.Context(), o))
	status, _, complaint := h.cli(t, token, "orders quarantine ord-1 --reason trial")
	require.Zero(t, status, complaint)
	read, err := fulfil.LoadOrder(t.Context(), h.repository, "ord-1")
	require.NoError(t, err)

	status, out, complaint := h.cli(t, token, "orders release ord-1 --reason trial")
	assert.Zero(t, status, complaint)
	assert.Contains(t, out, "placed")
	assert.Zero(t, h.released, "it had not been parked")
	require.NoError(t, read.Park("in quarantine", by))
	assert.ErrorIs(t, h.repository.Save(t.Context(), read), fulfil.ErrConflict)
	assert.Equal(t, fulfil.Placed, h.status(t, "ord-1"))
}

// crowded is a repository in which somebody else is always faster at stock.
type crowded struct{ *apptest.Repository }

func (c crowded) Save(ctx context.Context, a fulfil.Aggregate) error {
	if a.Ref().Kind == fulfil.KindStock {
		return fulfil.ErrConflict
	}
	return c.Repository.Save(ctx, a)
}

// Promise: what a person attests stands once it is answered, however busy the order's
// items are, and a worker is asked to take its pieces out of the stock.
func TestAnAttestationDoesNotWaitForTheStock(t *testing.T) {
	h := &house{repository: apptest.NewRepository()}
	h.server = httptest.NewServer(operator.NewServer(operator.Deps{Repository: crowded{h.repository}, Audit: &apptest.Audit{}},
		[]operator.Token{{Secret: token, Actor: "bob", Role: operator.Operator}}, slog.New(slog.DiscardHandler)))
	t.Cleanup(h.server.Close)
	h.doubtful(t, "ord-1")
	before, err := h.repository.Backlog(t.Context())
	require.NoError(t, err)
	status, out, complaint := h.cli(t, token, "deliveries resolve ord-1 --as received --reason looked")
	assert.Zero(t, status, complaint)
	assert.Contains(t, out, "delivered")
	assert.Equal(t, fulfil.Delivered, h.status(t, "ord-1"))
	after, err := h.repository.Backlog(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before.Waiting+1, after.Waiting, "a message in the outbox")
}

func TestContractIsWhole(t *testing.T) {
	h := open(t, 1000)
	contract := operator.NewContract()
	for _, c := range contract.Commands {
		assert.NotEmpty(t, c.Summary, c.Name)
		assert.NotEmpty(t, c.Keeps, c.Name)
		if c.Class == operator.Mitigate {
			name := strings.Join(strings.Fields(c.Undo)[:2], " ")
			_, ok := contract.Find(name)
			assert.True(t, ok, "%s is undone by a command of the contract", c.Name)
		}
		if c.Class != operator.Observe {
			assert.Contains(t, fmt.Sprint(c.Args), "reason", c.Name)
			status, _, complaint := h.cli(t, "see", c.Name+" "+minimal(c))
			assert.Equal(t, 1, status, c.Name)
			assert.Contains(t, complaint, "role", c.Name)
		}
		status, out, _ := h.cli(t, "", c.Name+" --help")
		assert.Zero(t, status)
		assert.Contains(t, out, string(c.Class), "the help says what class it is")
	}
}

// minimal are arguments that a command accepts.
func minimal(c operator.Command) string {
	var words []string
	for _, a := range c.Args {
		value := map[operator.Kind]string{operator.Text: "why", operator.ID: "ord-1", operator.Rate: "1", operator.Int: "1", operator.Duration: "1s"}[a.Kind]
		if a.Kind == operator.Enum {
			value = a.Values[0]
		}
		switch {
		case !a.Required:
		case a.Positional:
			words = append(words, value)
		default:
			words = append(words, "--"+a.Name, value)
		}
	}
	return strings.Join(words, " ")
}

func TestRefusals(t *testing.T) {
	h := open(t, 1000)
	for _, c := range []struct {
		secret, line string
		status       int
		complaint    string
	}{
		{"wrong", "sink status", 1, "unknown-token"},
		{"see", "sink pause --reason trial", 1, "role"},
		{token, "sink pause", 2, "reason: is required"},
		{token, "sink route --to moon --reason trial", 2, "primary, standby"},
		{token, "intake throttle --rate 0 --reason trial", 2, "0.1"},
		{token, "intake throttle --rate NaN --reason trial", 2, "rate"},
		{token, "intake throttle --rate 5 --class royal --reason trial", 2, "business"},
		{token, "intake throttle --percent 0 --reason trial", 2, "1 to 100"},
		{token, "intake throttle --percent 101 --reason trial", 2, "1 to 100"},
		{token, "intake throttle --reason trial", 1, "one of --rate and --percent"},
		{token, "intake throttle --rate 5 --percent 25 --reason trial", 1, "one of --rate and --percent"},
		{token, "deliveries redrive --limit 501 --reason trial", 2, "500"},
		{token, "deliveries resolve none --as received --reason trial", 1, "not-found"},
		{token, "orders quarantine none --reason trial", 1, "not-found"},
		{token, "sink rotate --to red --reason trial", 1, "blue, green"},
		{token, "sink rotate --to /run/secrets/green --reason trial", 2, "identity"},
		{token, "deliveries purge", 2, "purge"},
		{token, "workers scale --to 65 --reason trial", 2, "64"},
		{token, "workers scale --to 17 --reason trial", 1, "too-many-workers"},
		{token, "stock lane moon --reason trial", 1, "not-found"},
	} {
		status, _, complaint := h.cli(t, c.secret, c.line)
		assert.Equal(t, c.status, status, c.line)
		assert.Contains(t, complaint, c.complaint, c.line)
	}
}

// Promise: how many workers are advised does not grow with those that were added already,
// and no more are than a replica may have.
func TestAdvisedWorkers(t *testing.T) {
	for usual, want := range map[int]string{1: "3", 4: "12", 8: "16"} {
		server := httptest.NewServer(operator.NewServer(operator.Deps{Queue: &apptest.Queue{}, Audit: &apptest.Audit{}, Workers: func() int { return 16 }, WorkersUsual: usual, WorkersMax: 16},
			[]operator.Token{{Secret: "see", Actor: "ann", Role: operator.Viewer}}, slog.New(slog.DiscardHandler)))
		answer, err := (&operator.Client{URL: server.URL, Token: "see"}).Call(t.Context(), "queue status", nil)
		server.Close()
		require.NoError(t, err)
		assert.Contains(t, string(answer), `"scale_to":`+want)
	}
}

// Promise: what is advised can be asked for, where a replica may have more workers than the
// contract allows.
func TestAdvisedWorkersAreAllowed(t *testing.T) {
	server := httptest.NewServer(operator.NewServer(operator.Deps{Queue: &apptest.Queue{}, Audit: &apptest.Audit{}, Workers: func() int { return 40 }, WorkersUsual: 40, WorkersMax: 200},
		[]operator.Token{{Secret: "see", Actor: "ann", Role: operator.Viewer}}, slog.New(slog.DiscardHandler)))
	defer server.Close()
	answer, err := (&operator.Client{URL: server.URL, Token: "see"}).Call(t.Context(), "queue status", nil)
	require.NoError(t, err)
	var status struct {
		ScaleTo    int `json:"scale_to"`
		WorkersMax int `json:"workers_max"`
	}
	require.NoError(t, json.Unmarshal(answer, &status))
	assert.Equal(t, 64, status.ScaleTo)
	assert.Equal(t, 64, status.WorkersMax)
	scale, _ := operator.NewContract().Find("workers scale")
	_, err = scale.Check(map[string]string{"to": fmt.Sprint(status.ScaleTo), "reason": "trial"})
	assert.NoError(t, err)
}

// Promise: a ramp is shown while it runs, with where it leads and until when, and no longer.
func TestARampIsShownWhileItRuns(t *testing.T) {
	h := open(t, 1000)
	ramp := func() (shown map[string]any) {
		_, out, complaint := h.cli(t, token, "sink status --json")
		var status struct{ Ramp map[string]any }
		require.NoError(t, json.Unmarshal([]byte(out), &status), complaint)
		return status.Ramp
	}
	route := func(line string) {
		status, _, complaint := h.cli(t, token, "sink route "+line+" --reason trial")
		require.Zero(t, status, complaint)
	}
	assert.Empty(t, ramp())
	route("--to standby --ramp 10m")
	shown := ramp()
	assert.Equal(t, "primary", shown["from"])
	assert.Equal(t, "standby", shown["to"])
	until, err := time.Parse(time.RFC3339, fmt.Sprint(shown["until"]))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(10*time.Minute), until, time.Minute)
	route("--to standby") // at once
	assert.Empty(t, ramp())
	route("--to primary --ramp 1ms")
	require.Eventually(t, func() bool { return len(ramp()) == 0 }, 20*time.Second, 5*time.Millisecond)
}

func TestCallsAreLimited(t *testing.T) {
	h := open(t, 1)
	codes := func(token string, calls int) (refused int) {
		for range calls {
			if status, _, complaint := h.cli(t, token, "sink status"); status == 1 && strings.Contains(complaint, "rate:") {
				refused++
			}
		}
		return refused
	}
	assert.Positive(t, codes("see", 10))
	assert.Zero(t, codes(token, 1), "one does not use up what another may")
	assert.Positive(t, codes("guess", 10), "who guesses tokens is slowed down")
}

// Promise: who may not use another API of the port has the same limit there, with the same
// entries in the audit.
func TestWhoMayNotUseAnotherAPI(t *testing.T) {
	h := open(t, 1)
	refuse := func(token string) int {
		r := httptest.NewRequest(http.MethodPut, "/merchandising/v1/tariff", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.server.Config.Handler.(*operator.Server).Refuse(w, r, "send another token")
		return w.Code
	}
	assert.Equal(t, http.StatusUnauthorized, refuse("guess"))
	assert.Equal(t, http.StatusUnauthorized, refuse("see"))
	all := h.entries(t)
	require.Len(t, all, 2)
	assert.Equal(t, []string{"PUT /merchandising/v1/tariff", "unknown-token", "send another token"}, []string{all[0].Command, all[0].Outcome, all[0].Detail})
	assert.Equal(t, []string{"", "ann"}, []string{all[0].Actor, all[1].Actor})
	limited := 0
	for range 10 {
		if refuse("guess") == http.StatusTooManyRequests {
			limited++
		}
	}
	assert.Positive(t, limited)
	_, _, complaint := h.cli(t, "guess", "sink status")
	assert.Contains(t, complaint, "rate:", "whoever guesses here has guessed there")
	assert.Equal(t, http.StatusUnauthorized, refuse(token), "one does not use up what another may")
}

// credentials are what the replica says of them: the one in use, which comes next, and which
// one is in use that it was not given.
func (h *house) credentials(t *testing.T) (inUse []string, next, missing string) {
	t.Helper()
	status, out, complaint := h.cli(t, token, "sink credentials --json")
	require.Zero(t, status, complaint)
	var said struct {
		Credentials []struct {
			Name  string
			InUse bool `json:"in_use"`
		}
		Next, Missing string
	}
	require.NoError(t, json.Unmarshal([]byte(out), &said))
	for _, one := range said.Credentials {
		if one.InUse {
			inUse = append(inUse, one.Name)
		}
	}
	return inUse, said.Next, said.Missing
}

// Promise: of credentials, what has been in use before is never the next, and what this
// replica was not given is not taken for one of its own.
func TestWhichCredentialComesNext(t *testing.T) {
	h := open(t, 1000)
	for _, c := range []struct{ to, inUse, next, missing string }{
		{"", "blue", "green", ""},
		{"blue", "blue", "green", ""},
		{"green", "green", "", ""},
		{"red", "", "blue", "red"},
	} {
		controls := fulfil.NewControls()
		if err := h.repository.Load(t.Context(), controls); err != nil {
			require.ErrorIs(t, err, fulfil.ErrNotFound)
		}
		if c.to != "" {
			require.NoError(t, controls.UseCredential(c.to, by))
			require.NoError(t, h.repository.Save(t.Context(), controls))
		}
		inUse, next, missing := h.credentials(t)
		assert.Equal(t, c.inUse, strings.Join(inUse, " "))
		assert.Equal(t, []string{c.next, c.missing}, []string{next, missing}, c.to)
	}
}

// Promise: an order is amended when it has another carrier then.
func TestTheSameCarrierIsNoAmendment(t *testing.T) {
	h := open(t, 1000)
	h.poisonous(t, "ord-1")
	for _, c := range []struct {
		carrier string
		amended int
	}{{"freight", 0}, {"standard", 1}, {"standard", 1}} {
		status, _, complaint := h.cli(t, token, "orders amend ord-1 --carrier "+c.carrier+" --reason trial")
		require.Zero(t, status, complaint)
		assert.Equal(t, c.amended, h.amended, c.carrier)
	}
}

// Promise: a reason has so many characters, in any alphabet.
func TestAReasonIsMeasuredInCharacters(t *testing.T) {
	h := open(t, 1000)
	status, _, complaint := h.cli(t, token, "sink pause --reason "+strings.Repeat("ö", 200))
	assert.Zero(t, status, complaint)
	status, _, complaint = h.cli(t, token, "sink pause --reason "+strings.Repeat("ö", 201))
	assert.NotZero(t, status)
	assert.Contains(t, complaint, "200 characters")
}

func TestTokenFile(t *testing.T) {
	h := open(t, 1000)
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("see\n"), 0o600))
	var out, complaint bytes.Buffer
	env := map[string]string{"OPCTL_URL": h.server.URL, "OPCTL_TOKEN_FILE": file}
	c := operator.CLI{Stdout: &out, Stderr: &complaint, Getenv: func(name string) string { return env[name] }}
	assert.Zero(t, c.Run(t.Context(), []string{"sink", "status"}), complaint.String())
	env["OPCTL_TOKEN_FILE"] = ""
	assert.Equal(t, 2, c.Run(t.Context(), []string{"sink", "status"}))
	assert.Contains(t, complaint.String(), "--token-file")
}

// Promise: whatever is sent, nothing panics, nothing is the server's fault, and
// what is valid succeeds.
func TestThousandMalformedRequests(t *testing.T) {
	h := open(t, 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	const valid = `{"to":"standby","reason":"trial"}`
	for n := range 1000 {
		body, path, method, token := valid, "/operator/v1/commands/sink/route", http.MethodPost, "Bearer "+token
		if n%5 != 0 {
			body, path = garble(r, body), pick(r, path, garble(r, path), "/operator/v1/commands/"+garble(r, "sink"))
			method, token = pick(r, method, method, "GET", "BREW"), pick(r, token, token, token, garble(r, token), "")
		}
		request := httptest.NewRequest(method, "/", strings.NewReader(body))
		request.URL.Path = path
		request.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		h.server.Config.Handler.ServeHTTP(w, request)
		require.Less(t, w.Code, 500, "request %d: %s", n, w.Body)
		if n%5 == 0 {
			require.Equal(t, http.StatusOK, w.Code, w.Body)
		}
	}
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// garble changes a few bytes of a text, or cuts it.
func garble(r *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + r.IntN(4) {
		b[r.IntN(len(b))] = byte(33 + r.IntN(94))
	}
	return string(b[:1+r.IntN(len(b))])
}
