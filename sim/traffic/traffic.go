// Package traffic loads a service as customers would: an open loop, which keeps
// its rate whatever the service does, and a connection for each customer. It
// records what was asked and what became of it.
package traffic

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	vegeta "github.com/tsenart/vegeta/v12/lib"
	"golang.org/x/sync/errgroup"
)

// Load is how many requests come, at speed 1.
type Load struct {
	PerSecond float64 // first attempts; however many ask again, as many come anew
	Retry     Retry
}

// Steady is the same rate all the time, with arrivals that vary by the seed.
func Steady(perSecond float64) Load { return Load{PerSecond: perSecond} }

func (l Load) String() string { return fmt.Sprintf("%g/s", l.PerSecond) }

// Request is one to be made.
type Request struct {
	// Key is its identity, the same when it is asked again; one without is a request of its
	// own. It is not sent: put it where the service reads it, such as into the Header
	// Idempotency-Key, or the Path.
	Key    string
	Method string
	Path   string
	Header http.Header
	Body   []byte
	// What is asked for, in the words of those who read the far side of the ledger;
	// see the package check. Empty means that nobody compares it.
	What string
}

// Source draws the n-th request of a run.
type Source func(n int, r *rand.Rand) Request

// Verdict is what became of a request.
type Verdict string

// Verdicts: unknown is one without an answer that says which.
const (
	Accepted Verdict = "accepted"
	Refused  Verdict = "refused"
	Unknown  Verdict = "unknown"
)

// Result is what became of one request: of one attempt where it is recorded, of
// all of them in [Generator.Results].
type Result struct {
	N       int           `json:"n"`
	Attempt int           `json:"attempt"` // from 1; the last one
	Key     string        `json:"key"`
	ID      string        `json:"id,omitempty"` // as the service names it
	At      time.Time     `json:"at"`           // of the first attempt, where it is of all
	Latency time.Duration `json:"latency"`
	Ended   time.Time     `json:"-"` // of the last attempt
	Status  int           `json:"status"`
	Verdict Verdict       `json:"verdict"`
	What    string        `json:"what,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	Answer  Answer        `json:"answer,omitzero"` // by the attempt that was accepted
}

// Answer is what the service tells of a request, in the words of those who read the
// far side of the ledger; see the package check. The zero value tells nothing.
type Answer struct {
	Price string `json:"price,omitempty"`
	Terms string `json:"terms,omitempty"`
	Done  *bool  `json:"done,omitempty"` // whether it has arrived; nil tells nothing of that
}

// Generator makes the load. Set its fields, then call Run once.
type Generator struct {
	Endpoint world.Endpoint
	Source   Source
	// Judge tells a request's verdict and identity from its answer. It is not
	// asked when there was none, or only the half of one, or one of more than 1 MiB,
	// which nobody reads: that stays unknown. What it refuses by 429, 502, 503 or 504
	// was refused this time: an attempt before it that nobody answered stays unknown,
	// and is asked for again.
	Judge func(status int, body []byte) (Verdict, string)
	// Reads tells what else stands in the answer to a request that is accepted; it
	// may be nil.
	Reads   func(body []byte) Answer
	Seed    uint64
	Speed   float64
	Timeout time.Duration // at speed 1; default 5 s, and Retry.GiveUp comes before it
	// Record is told the result of each attempt; it may be nil.
	Record func(Result)

	drawn    atomic.Int64 // requests
	asked    atomic.Int64 // attempts
	surges   atomic.Int64
	mu       sync.Mutex
	usual    Load
	requests map[int]Request
	results  byNumber
}

const usualTimeout = 5 * time.Second

func (g *Generator) timeout() time.Duration {
	return world.Scale(cmp.Or(g.Timeout, usualTimeout), g.Speed)
}

func (g *Generator) client(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: g.Endpoint.Dial, DisableKeepAlives: true}}
}

// pacer spaces hits at a mean rate, each moved by up to half the space either
// way, as the seed draws.
type pacer struct {
	ctx       context.Context // no more hits once it is done
	perSecond float64
	seed      uint64
	stream    string
}

func (p pacer) Pace(elapsed time.Duration, hits uint64) (time.Duration, bool) {
	if p.ctx.Err() != nil {
		return 0, true
	}
	space := float64(time.Second) / p.perSecond
	move := world.Rand(p.seed, p.stream+"arrival "+strconv.FormatUint(hits, 10)).Float64() - 0.5
	due := time.Duration(space * (float64(hits) + 0.5 + move))
	return max(0, due-elapsed), false
}

func (p pacer) Rate(time.Duration) float64 { return p.perSecond }

// Run makes the load until ctx is done, then waits for what is in flight.
func (g *Generator) Run(ctx context.Context, l Load) error {
	g.mu.Lock()
	g.usual = l
	g.mu.Unlock()
	return g.attack(ctx, l, g.Source, "")
}

// Usual is the load of Run.
func (g *Generator) Usual() Load {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.usual
}

// Surge makes more load beside that of Run, with requests from a source of its
// own or, when that is nil, from the generator's. End ends it and waits for what
// is in flight; it may be called more than once.
func (g *Generator) Surge(l Load, source Source) (end func() error) {
	if source == nil {
		source = g.Source
	}
	ctx, cancel := context.WithCancel(context.Background())
	var surge errgroup.Group
	stream := fmt.Sprintf("surge %d ", g.surges.Add(1))
	surge.Go(func() error { return g.attack(ctx, l, source, stream) })
	return func() error {
		cancel()
		return surge.Wait()
	}
}

// Ask makes one request beside the load, and returns what became of it.
func (g *Generator) Ask(ctx context.Context, r Request) Result {
	client := g.client(g.timeout())
	defer client.CloseIdleConnections()
	n := int(g.drawn.Add(1))
	g.remember(n, r)
	return g.attempt(ctx, client, n, 1)
}

// Made counts the requests that have been made so far, each once however often it was
// asked again.
func (g *Generator) Made() int { return int(g.drawn.Load()) }

// Asked counts the attempts of them that have been made so far, but for those of Inquire
// and Settle.
func (g *Generator) Asked() int { return int(g.asked.Load()) }

func (g *Generator) attack(ctx context.Context, l Load, source Source, stream string) error {
	if l.PerSecond <= 0 {
		<-ctx.Done()
		return nil
	}
	speed := g.Speed
	if speed <= 0 {
		speed = 1
	}
	patience := g.timeout()
	if l.Retry.GiveUp > 0 {
		patience = world.Scale(l.Retry.GiveUp, speed)
	}
	client := g.client(patience)
	attacker := vegeta.NewAttacker(vegeta.Client(client), vegeta.Workers(8), vegeta.MaxBody(bodyLimit+1))
	results := attacker.Attack(g.targeter(source), pacer{ctx, l.PerSecond * speed, g.Seed, stream}, 0, "drill")
	stop := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer stop()
	var errs []error
	var insisting sync.WaitGroup
	for one := range results {
		r, err := g.note(one)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if l.Retry.Times > 0 && r.unserved() {
			insisting.Go(func() { g.insist(ctx, client, l.Retry, r) })
		}
	}
	insisting.Wait()
	return errors.Join(errs...)
}

// targeter hands the next request to an attacker, which calls it from many
// goroutines. A request's number travels in the fragment of the URL, which is
// kept in the result and never sent.
func (g *Generator) targeter(source Source) vegeta.Targeter {
	return func(t *vegeta.Target) error {
		g.asked.Add(1)
		n := int(g.drawn.Add(1))
		r := source(n, world.Rand(g.Seed, "request "+strconv.Itoa(n)))
		g.remember(n, r)
		t.Method, t.Header, t.Body = r.Method, r.Header, r.Body
		t.URL = fmt.Sprintf("%s%s#%d", g.Endpoint.URL, r.Path, n)
		return nil
	}
}

func (g *Generator) remember(n int, r Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.requests == nil {
		g.requests = map[int]Request{}
	}
	g.requests[n] = r
}

// Requests are those made from the n-th on, counted from 0; see [Generator.Made].
func (g *Generator) Requests(n int) []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	var made []Request
	for r, ok := g.requests[n+1]; ok; r, ok = g.requests[n+1] {
		made = append(made, r)
		n++
	}
	return made
}

func (g *Generator) request(n int) Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests[n]
}

func (g *Generator) note(v *vegeta.Result) (Result, error) {
	_, number, _ := strings.Cut(v.URL, "#")
	n, err := strconv.Atoi(number)
	if err != nil {
		if v.Error != "" {
			return Result{}, fmt.Errorf("traffic: %s", v.Error)
		}
		return Result{}, fmt.Errorf("traffic: a result without a number: %q", v.URL)
	}
	r := Result{N: n, Attempt: 1, Key: g.request(n).Key, At: v.Timestamp, Latency: v.Latency, Status: int(v.Code), Verdict: Unknown, Detail: v.Error}
	switch {
	case len(v.Body) > bodyLimit:
		r.Status, r.Detail = 0, errTooLong.Error()
	case v.Code != 0:
		g.understand(&r, v.Body)
	}
	g.keep(r)
	return r, nil
}

// understand notes what an answer with the status of r says.
func (g *Generator) understand(r *Result, body []byte) {
	r.Verdict, r.ID = g.Judge(r.Status, body)
	if r.Verdict != Accepted {
		return
	}
	r.ID = cmp.Or(r.ID, r.Key, "request "+strconv.Itoa(r.N)) // one request is not another
	if g.Reads != nil {
		r.Answer = g.Reads(body)
	}
}

func (g *Generator) keep(r Result) {
	g.mu.Lock()
	if g.results == nil {
		g.results = byNumber{}
	}
	r.What = g.requests[r.N].What
	g.results.add(r)
	g.mu.Unlock()
	if g.Record != nil {
		g.Record(r)
	}
}

// Result is what is known of the n-th request by all of its attempts, counted from 1.
func (g *Generator) Result(n int) (r Result, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, known = g.results[n]
	return r, known
}

// Results say of each request what is known by all of its attempts, in the order
// of the requests.
func (g *Generator) Results() []Result {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.results.sorted()
}

// inquiries is how many unknown requests are asked again at the same time.
const inquiries = 8

// Inquire asks every request whose verdict is unknown again, once, with its key. They
// come at the rate of the usual load: all at once they would be a surge of their own. It
// leaves the rest out when ctx ends.
func (g *Generator) Inquire(ctx context.Context) {
	client := g.client(g.timeout())
	var group errgroup.Group
	group.SetLimit(inquiries)
	for _, r := range g.unknown() {
		group.Go(func() error {
			if ctx.Err() == nil {
				g.again(ctx, client, r)
			}
			return nil
		})
		pause(ctx, g.space())
	}
	_ = group.Wait()
}

func (g *Generator) unknown() []Result {
	return slices.DeleteFunc(g.Results(), func(r Result) bool { return r.Verdict != Unknown })
}

// Settle inquires until every request has a verdict. It returns an error when ctx ends
// first.
func (g *Generator) Settle(ctx context.Context) error {
	for {
		unknown := g.unknown()
		if len(unknown) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%d requests stay unknown, the first is %s: %w", len(unknown), unknown[0].Key, err)
		}
		g.Inquire(ctx)
	}
}

// space between two requests of the usual load.
func (g *Generator) space() time.Duration {
	if usual := g.Usual().PerSecond; usual > 0 {
		return world.Scale(time.Duration(float64(time.Second)/usual), g.Speed)
	}
	return 0
}

func (g *Generator) again(ctx context.Context, client *http.Client, r Result) {
	r.At = time.Now()
	status, body, err := g.do(ctx, client, g.request(r.N))
	if err != nil {
		pause(ctx, g.timeout()/50)
		return
	}
	r.Latency, r.Status, r.Detail = time.Since(r.At), status, ""
	r.Attempt++
	g.understand(&r, body)
	g.keep(r)
	if r.unserved() {
		pause(ctx, g.timeout()/50)
	}
}

func (g *Generator) do(ctx context.Context, client *http.Client, r Request) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, g.Endpoint.URL+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return 0, nil, err
	}
	request.Header = r.Header.Clone()
	request.Host = r.Header.Get("Host") // as the first attempt has it; empty is the URL's
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	body, err = readAll(response)
	return response.StatusCode, body, err
}
