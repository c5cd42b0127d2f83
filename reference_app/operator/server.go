package operator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"golang.org/x/time/rate"
)

// Role of a token: a viewer may only look; a merchandiser may look, and sets
// prices by an API of their own.
type Role string

// The roles.
const (
	Viewer       Role = "viewer"
	Operator     Role = "operator"
	Merchandiser Role = "merchandiser"
)

// Roles lists them all.
func Roles() []Role { return []Role{Viewer, Operator, Merchandiser} }

// Token lets a person, or a program, in.
type Token struct {
	Secret string
	Actor  string
	Role   Role
}

// Deps are what the commands act on.
type Deps struct {
	Repository fulfil.Repository
	Queue      fulfil.Queue
	Audit      fulfil.Audit
	// Circuit is the state of the breaker to a warehouse on this replica;
	// Applied the version of the controls in force on it.
	Circuit func(fulfil.Warehouse) string
	Applied func() int
	// Started is when this replica was.
	Started time.Time
	// Credentials are the names of those that the replica has for the warehouses,
	// in their order.
	Credentials []string
	// Secrets are what is in those credentials now, which no record may tell; it may
	// be nil.
	Secrets func() []string
	// Checks is the state of all that this replica depends on, as its readiness
	// check has it; it asks no dependency.
	Checks func() any
	// Plugins is what this replica knows of carrier plugins, by name, the newest
	// version first. Released is called for each parked order that is released,
	// Amended for each that is amended.
	Plugins  func() []fulfil.PluginVersion
	Released func()
	Amended  func()
	// Prices is what this replica quotes orders from; Repriced is called for each
	// order that is quoted anew.
	Prices   func() PriceList
	Repriced func()
	// Contention lists the items whose stock conflicts on this replica, at most
	// so many.
	Contention func(limit int) any
	// Workers is how many workers this replica has, WorkersUsual how many it is
	// configured for, WorkersMax how many it may be given.
	Workers      func() int
	WorkersUsual int
	WorkersMax   int
	// IntakeCapacity is how many orders per second this replica can place.
	IntakeCapacity float64
	// Rate of calls with one token, per second; twice as many may come at once.
	// Those without a known token share a tenth of it. Default 10.
	Rate float64
}

// Server is the operator API: POST /operator/v1/commands/{name}, with the
// arguments as a JSON object of strings, and GET /operator/v1/contract.
type Server struct {
	contract Contract
	deps     Deps
	log      *slog.Logger
	tokens   []Token
	callers  []*caller // one for each token, and one for all who have none
}

// caller is who shares a limit.
type caller struct {
	token Token
	limit *rate.Limiter
	over  atomic.Int64  // calls over the limit that no entry tells of yet
	told  *rate.Limiter // of entries that do
}

// NewServer returns the API. Every call, and every refusal, is kept in the
// audit, and logged.
func NewServer(deps Deps, tokens []Token, log *slog.Logger) *Server {
	s := &Server{contract: NewContract(), deps: deps, log: log, tokens: tokens}
	deps.Rate = cmp.Or(deps.Rate, 10)
	add := func(t Token, perSecond float64, burst float64) {
		s.callers = append(s.callers, &caller{token: t, limit: rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(burst))), told: rate.NewLimiter(1, 1)})
	}
	for _, t := range tokens {
		add(t, deps.Rate, 2*deps.Rate)
	}
	add(Token{}, deps.Rate/10, deps.Rate)
	return s
}

const (
	prefix           = "/operator/v1/"
	contractPath     = prefix + "contract"
	bodyLimit        = 16 << 10 // bytes
	codeRate         = "rate"
	codeUnknownToken = "unknown-token"
)

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, known := s.who(r)
	command, found := s.command(r)
	v := &visit{Server: s, w: w, r: r, caller: c, entry: entry(c.token, command.Name)}
	if !found {
		v.entry.Command = s.clean(r.Method + " " + r.URL.Path)
	}
	switch {
	case v.overLimit():
	case !known:
		w.Header().Set("WWW-Authenticate", `Bearer realm="operator"`)
		v.refuse(http.StatusUnauthorized, codeUnknownToken, "send Authorization: Bearer with a known token")
	case !found:
		v.refuse(http.StatusNotFound, "unknown-command", "see opctl contract")
	case r.Method != http.MethodPost && r.URL.Path != contractPath:
		w.Header().Set("Allow", http.MethodPost)
		v.refuse(http.StatusMethodNotAllowed, "method", "commands are posted")
	default:
		v.run(command)
	}
}

// Refuse answers somebody who may not use another API of this port, whatever token they show:
// within the same limit as here, and with an entry in the audit.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, detail string) {
	c, _ := s.who(r)
	v := &visit{Server: s, w: w, r: r, caller: c, entry: entry(c.token, s.clean(r.Method+" "+r.URL.Path))}
	if v.overLimit() {
		return
	}
	v.refuse(http.StatusUnauthorized, codeUnknownToken, detail)
}

// command is what the request's path names.
func (s *Server) command(r *http.Request) (Command, bool) {
	if r.URL.Path == contractPath && r.Method == http.MethodGet {
		return s.contract.Find("contract")
	}
	name, ok := strings.CutPrefix(r.URL.Path, prefix+"commands/")
	command, found := s.contract.Find(strings.ReplaceAll(name, "/", " "))
	return command, ok && found
}

// FindToken returns the index of the token with that secret, or -1. It compares with
// every token in constant time. Nobody has the empty secret.
func FindToken(tokens []Token, secret string) int {
	given := sha256.Sum256([]byte(secret))
	found := -1
	for i, t := range tokens {
		want := sha256.Sum256([]byte(t.Secret))
		if subtle.ConstantTimeCompare(given[:], want[:]) == 1 && secret != "" {
			found = i
		}
	}
	return found
}

func (s *Server) who(r *http.Request) (c *caller, known bool) {
	last := len(s.callers) - 1
	secret, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if i := FindToken(s.tokens, secret); bearer && i >= 0 {
		return s.callers[i], true
	}
	return s.callers[last], false
}

func failure(err error) (status int, code string) {
	var rule *fulfil.RuleError
	switch {
	case errors.As(err, &rule):
		return http.StatusConflict, rule.Code
	case errors.Is(err, fulfil.ErrNotFound):
		return http.StatusNotFound, "not-found"
	case errors.Is(err, fulfil.ErrConflict):
		return http.StatusConflict, "conflict"
	case errors.Is(err, context.Canceled):
		return 499, "left"
	}
	return http.StatusServiceUnavailable, "unavailable"
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Problem{"about:blank", http.StatusText(status), status, detail, code})
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may have left
}

// Problem is an error answer as of RFC 9457. Code is stable.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

func (p *Problem) Error() string { return printed(p.Code + ": " + p.Detail) }
