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
	// Circuit is the state of the breaker to a warehouse on this replica;
	// Applied the version of the controls in force on it.
	Circuit func(fulfil.Warehouse) string
	Applied func() int
	// Credentials are the names of those that the replica has for the warehouses,
	// in their order.
	Credentials []string
	// Checks is the state of all that this replica depends on, as its readiness
	// check has it; it asks no dependency.
	Checks func() any
	// Plugins is what this replica knows of carrier plugins, by name, the newest
	// version first. Released is called for each parked order that is released.
	Plugins  func() []fulfil.PluginVersion
	Released func()
	// Prices is what this replica quotes orders from; Repriced is called for each
	// order that is quoted anew.
	Prices   func() PriceList
	Repriced func()
	// Contention lists the items whose stock conflicts on this replica, at most
	// so many.
	Contention func(limit int) any
	// Workers is how many workers this replica has, WorkersMax how many it may be
	// given.
	Workers    func() int
	WorkersMax int
	// Rate of calls with one token, per second; twice as many may come at once.
	// Those without a known token share a tenth of it. Default 10.
	Rate float64
}

// Server is the operator API: POST /operator/v1/commands/{name}, with the
// arguments as a JSON object of strings, and GET /operator/v1/contract.
type Server struct {
	contract Contract
	deps     Deps
	tokens   []Token
	audit    *slog.Logger
	limits   []*rate.Limiter // of each token, and of those who have none
}

// NewServer returns the API. Every call, and every refusal, is logged to audit.
func NewServer(deps Deps, tokens []Token, audit *slog.Logger) *Server {
	s := &Server{contract: NewContract(), deps: deps, tokens: tokens, audit: audit}
	deps.Rate = cmp.Or(deps.Rate, 10)
	for range tokens {
		s.limits = append(s.limits, rate.NewLimiter(rate.Limit(deps.Rate), int(math.Ceil(2*deps.Rate))))
	}
	s.limits = append(s.limits, rate.NewLimiter(rate.Limit(deps.Rate/10), int(math.Ceil(deps.Rate))))
	return s
}

const (
	prefix    = "/operator/v1/"
	bodyLimit = 16 << 10 // bytes
)

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, limit, known := s.who(r)
	if !limit.Allow() {
		w.Header().Set("Retry-After", "1")
		s.refuse(w, r, token, http.StatusTooManyRequests, "rate", "more calls than anyone can mean; ask again in a second")
		return
	}
	if !known {
		w.Header().Set("WWW-Authenticate", `Bearer realm="operator"`)
		s.refuse(w, r, token, http.StatusUnauthorized, "unknown-token", "send Authorization: Bearer with a known token")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, prefix)
	if path == "contract" && r.Method == http.MethodGet {
		respond(w, http.StatusOK, s.contract)
		return
	}
	name, ok := strings.CutPrefix(path, "commands/")
	command, found := s.contract.Find(strings.ReplaceAll(name, "/", " "))
	switch {
	case !ok || !found:
		s.refuse(w, r, token, http.StatusNotFound, "unknown-command", "see opctl contract")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		s.refuse(w, r, token, http.StatusMethodNotAllowed, "method", "commands are posted")
	case command.Class != Observe && token.Role != Operator:
		s.refuse(w, r, token, http.StatusForbidden, "role", command.Name+" needs the role operator")
	default:
		s.run(w, r, token, command)
	}
}

// FindToken returns the index of the token with that secret, or -1. It compares with
// every token in constant time.
func FindToken(tokens []Token, secret string) int {
	given := sha256.Sum256([]byte(secret))
	found := -1
	for i, t := range tokens {
		want := sha256.Sum256([]byte(t.Secret))
		if subtle.ConstantTimeCompare(given[:], want[:]) == 1 {
			found = i
		}
	}
	return found
}

func (s *Server) who(r *http.Request) (Token, *rate.Limiter, bool) {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	found := FindToken(s.tokens, secret)
	if found < 0 {
		return Token{}, s.limits[len(s.tokens)], false
	}
	return s.tokens[found], s.limits[found], true
}

func (s *Server) run(w http.ResponseWriter, r *http.Request, token Token, command Command) {
	began := time.Now()
	given := map[string]string{}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err := decoder.Decode(&given); err != nil {
		s.refuse(w, r, token, http.StatusBadRequest, "bad-json", "the body is a JSON object of strings")
		return
	}
	args, err := command.Check(given)
	if err != nil {
		s.refuse(w, r, token, http.StatusUnprocessableEntity, "argument", err.Error())
		return
	}
	by := fulfil.By{Actor: "operator:" + token.Actor, Reason: args["reason"]}
	answer, err := command.do(r.Context(), call{s.deps, by, args})
	s.log(token, command.Name, args, err, time.Since(began))
	if err != nil {
		status, code := failure(err)
		problem(w, status, code, err.Error())
		return
	}
	respond(w, http.StatusOK, answer)
}

func (s *Server) log(token Token, command string, args map[string]string, err error, took time.Duration) {
	outcome := "ok"
	if err != nil {
		outcome = err.Error()
	}
	s.audit.Info("operator.command", "actor", token.Actor, "role", token.Role, "command", command,
		"args", args, "reason", args["reason"], "outcome", outcome, "seconds", took.Seconds())
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

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, token Token, status int, code, detail string) {
	s.audit.Warn("operator.refused", "actor", token.Actor, "role", token.Role, "path", r.URL.Path, "code", code, "detail", detail)
	problem(w, status, code, detail)
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

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }
