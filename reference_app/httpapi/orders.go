// Package httpapi is the service's HTTP face: orders for customers, health for
// balancers. Errors are problem documents as of RFC 9457, with a stable code. A
// 429 was certainly not worked on; a 503 leaves open whether the order stands.
package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"golang.org/x/time/rate"
)

const (
	bodyLimit = 64 << 10 // bytes
	keyLimit  = 128      // characters

	// clientClosed counts requests whose customer left before the answer, as
	// nginx does; nobody receives it.
	clientClosed = 499

	// Orders that are shown at a time, and that may wait for it. The store has few
	// connections, which who places orders and who carries them on need more.
	shownAtATime  = 4
	waitToBeShown = 28
)

// Orders serves POST /orders and GET /orders/{id}.
func Orders(intake *workflow.Intake, m *telemetry.Metrics) http.Handler {
	looks := workflow.NewGate(workflow.Capacity{Rate: float64(rate.Inf), Slots: shownAtATime, Queue: waitToBeShown}, func(int) {})
	o := orders{intake, looks, m}
	mux := http.NewServeMux()
	mux.Handle("POST /orders", o.measured("POST /orders", o.place))
	mux.Handle("GET /orders/{id}", o.measured("GET /orders/{id}", o.show))
	mux.Handle("/orders", o.measured("other", notAllowed(http.MethodPost)))
	mux.Handle("/orders/{id}", o.measured("other", notAllowed(http.MethodGet)))
	mux.Handle("/", o.measured("other", func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusNotFound, "not-found", "there is nothing here")
	}))
	return mux
}

type orders struct {
	intake  *workflow.Intake
	looks   *workflow.Gate
	metrics *telemetry.Metrics
}

// measured counts every request, those of a handler that panics too.
func (o orders) measured(route string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, rec, code := time.Now(), &recorder{ResponseWriter: w}, http.StatusInternalServerError
		defer func() {
			o.metrics.HTTP.WithLabelValues(route, telemetry.Code(code)).Inc()
			o.metrics.HTTPDuration.WithLabelValues(route).Observe(time.Since(began).Seconds())
		}()
		next(rec, r)
		code = cmp.Or(rec.status, http.StatusOK) // which an answer without a status has
		if r.Context().Err() != nil {
			code = clientClosed
		}
	})
}

func notAllowed(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", allowed)
		problem(w, http.StatusMethodNotAllowed, "method", "use "+allowed)
	}
}

func (o orders) place(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	if !validKey(key) {
		o.refuse(w, "invalid", http.StatusBadRequest, "idempotency-key", "send an Idempotency-Key of 1 to 128 visible ASCII characters")
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		o.refuse(w, "invalid", http.StatusUnsupportedMediaType, "content-type", "send application/json")
		return
	}
	var request fulfil.OrderRequest
	err := readJSON(w, r, &request)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		o.refuse(w, "invalid", http.StatusRequestEntityTooLarge, "too-large", "an order has at most 64 KiB")
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		o.refuse(w, "invalid", http.StatusRequestTimeout, "too-slow", "the order did not come to its end in time: send it again")
		return
	case err != nil:
		o.refuse(w, "invalid", http.StatusBadRequest, "bad-json", err.Error())
		return
	}
	began := time.Now()
	order, before, err := o.intake.Place(r.Context(), request, key)
	o.answer(w, order, before, err)
	o.count(r, request.CustomerClass(), before, err, time.Since(began))
}

// readJSON reads a body that is one JSON object of known fields, and came to its end.
func readJSON(w http.ResponseWriter, r *http.Request, to any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return err
	}
	switch _, err := decoder.Token(); err {
	case nil:
		return errors.New("more follows the JSON object")
	case io.EOF:
		return nil
	default:
		return err
	}
}

// count notes what became of an order that could be read.
func (o orders) count(r *http.Request, class fulfil.Class, before bool, err error, took time.Duration) {
	outcome := outcomeOf(before, err)
	switch outcome {
	case "accepted", "replayed", "unavailable":
		o.metrics.AdmittedDuration.WithLabelValues(string(class)).Observe(took.Seconds())
	}
	if r.Context().Err() != nil {
		outcome = "left"
	}
	o.metrics.Answers.WithLabelValues(string(class), outcome).Inc()
}

// outcomeOf names an answer as the metrics do.
func outcomeOf(before bool, err error) string {
	switch {
	case err == nil && before:
		return "replayed"
	case err == nil:
		return "accepted"
	case errors.Is(err, fulfil.ErrRule) || errors.Is(err, workflow.ErrKeyReused) || errors.Is(err, workflow.ErrWithdrawn):
		return "refused"
	case errors.Is(err, workflow.ErrRepeated):
		return "repeat_refused"
	case errors.Is(err, workflow.ErrThrottled):
		return "throttled"
	case errors.Is(err, workflow.ErrOverloaded):
		return "overloaded"
	}
	return "unavailable"
}

func validKey(key string) bool {
	if len(key) == 0 || len(key) > keyLimit {
		return false
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}

func (o orders) answer(w http.ResponseWriter, order *fulfil.Order, before bool, err error) {
	var rule *fulfil.RuleError
	switch {
	case err == nil && before:
		w.Header().Set("Idempotency-Replayed", "true")
		respond(w, http.StatusOK, view(order))
	case err == nil:
		o.metrics.Accepted.Inc()
		respond(w, http.StatusCreated, view(order))
	case errors.As(err, &rule):
		o.refuse(w, "invalid", http.StatusUnprocessableEntity, rule.Code, rule.Detail)
	case errors.Is(err, workflow.ErrKeyReused):
		o.refuse(w, "conflict", http.StatusUnprocessableEntity, "idempotency-key-reused", "this key stands for another order")
	case errors.Is(err, workflow.ErrWithdrawn):
		o.refuse(w, "withdrawn", http.StatusUnprocessableEntity, "carrier-withdrawn", "this carrier is out of service; choose another")
	case errors.Is(err, workflow.ErrThrottled):
		w.Header().Set("Retry-After", "1")
		o.refuse(w, "throttled", http.StatusTooManyRequests, "throttled", "ask again with the same key")
	case errors.Is(err, workflow.ErrRepeated):
		w.Header().Set("Retry-After", "10")
		o.refuse(w, "repeated", http.StatusTooManyRequests, "repeated", "this key came a short while ago; the order may or may not stand; ask again with the same key, later")
	case errors.Is(err, workflow.ErrOverloaded):
		w.Header().Set("Retry-After", "1")
		o.refuse(w, "overloaded", http.StatusTooManyRequests, "overloaded", "more orders come than can be placed; ask again with the same key")
	default:
		w.Header().Set("Retry-After", "1")
		o.refuse(w, "unavailable", http.StatusServiceUnavailable, "unavailable", "the order may or may not stand; ask again with the same key")
	}
}

func (o orders) refuse(w http.ResponseWriter, reason string, status int, code, detail string) {
	o.metrics.Refused.WithLabelValues(reason).Inc()
	problem(w, status, code, detail)
}

func (o orders) show(w http.ResponseWriter, r *http.Request) {
	order, err := o.find(r.Context(), fulfil.OrderID(r.PathValue("id")))
	switch {
	case errors.Is(err, fulfil.ErrNotFound):
		problem(w, http.StatusNotFound, "not-found", "there is no such order")
	case errors.Is(err, workflow.ErrOverloaded):
		w.Header().Set("Retry-After", "1")
		problem(w, http.StatusTooManyRequests, "overloaded", "more orders are asked for than can be shown; ask again")
	case err != nil:
		w.Header().Set("Retry-After", "1")
		problem(w, http.StatusServiceUnavailable, "unavailable", "ask again")
	default:
		respond(w, http.StatusOK, view(order))
	}
}

// find waits for its turn.
func (o orders) find(ctx context.Context, id fulfil.OrderID) (*fulfil.Order, error) {
	leave, err := o.looks.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return o.intake.Find(ctx, id)
}

type orderView struct {
	ID      fulfil.OrderID `json:"id"`
	Status  string         `json:"status"`
	Carrier string         `json:"carrier"`                 // that brings it, which an operator may have changed
	Asked   string         `json:"asked_carrier,omitempty"` // the carrier that was asked for, where it is another
	Price   int            `json:"price_cents,omitempty"`
	Tariff  int            `json:"tariff_version,omitempty"` // that the price is from
}

func view(o *fulfil.Order) orderView {
	s := o.State()
	return orderView{o.ID(), o.Status(), s.Carrier, s.Asked, s.Quote.Cents, s.Quote.Tariff}
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, status, map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail, "code": code})
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the customer may have left
}
