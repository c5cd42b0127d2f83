package httpsink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// answerLimit bounds what is read of an answer, in bytes.
const answerLimit = 16 << 10

// attempt makes one delivery request.
func (p *path) attempt(ctx context.Context, d fulfil.Delivery) error {
	token, err := p.present()
	if err != nil {
		return fmt.Errorf("%s: %w", p.warehouse, err)
	}
	began := time.Now()
	got, err := p.put(ctx, token, "/deliveries/"+url.PathEscape(d.Key), d.Key, d)
	if err == nil {
		err = meaning(got.status, got.body, d.Key)
		if err != nil && got.copies > 1 {
			err = fmt.Errorf("%w: another copy of it may have arrived: %v", fulfil.ErrInDoubt, err)
		}
	}
	if o := p.config.Observe.Attempt; o != nil {
		o(p.warehouse, outcome(err), time.Since(began))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.warehouse, err)
	}
	return nil
}

// fence asks whether the delivery arrived and has every attempt up to that one
// refused if not. Asking has no effect to doubt.
func (p *path) fence(ctx context.Context, key string, attempt int) (bool, error) {
	token, err := p.present()
	if err != nil {
		return false, fmt.Errorf("%s: %w", p.warehouse, err)
	}
	got, err := p.put(ctx, token, "/deliveries/"+url.PathEscape(key)+"/fence", key, map[string]int{"attempt": attempt})
	said := verdict(got.body)
	switch {
	case err != nil:
	case got.refused(key):
		return false, fmt.Errorf("%s: %w: look-up answered %d", p.warehouse, fulfil.ErrUnauthorized, got.status)
	case got.status != http.StatusOK:
		err = fmt.Errorf("look-up answered %d", got.status)
	case said == nil:
		err = errors.New("look-up answered without a verdict")
	default:
		return *said, nil
	}
	return false, fmt.Errorf("%s: %w: %v", p.warehouse, fulfil.ErrUnavailable, err)
}

// reply is the whole answer to a request. The transport may have sent that again, by
// itself, when a connection that was kept alive ended unanswered: the answer is to the
// last of so many copies.
type reply struct {
	status int
	body   []byte
	copies int
}

// own reports whether a reply is the warehouse's own word on the delivery with that
// key, be it to an attempt or to a look-up.
func (r reply) own(key string) bool {
	if r.status == http.StatusOK || r.status == http.StatusCreated {
		return receipt(r.body) || verdict(r.body) != nil
	}
	return refusal(r.body, key)
}

// refused reports whether a reply says that the credential is no good: whoever answers 401
// asks for another one, be it the warehouse or a gateway that looks at credentials for it;
// 403 is said for many reasons, and counts from the warehouse alone.
func (r reply) refused(key string) bool {
	return r.status == http.StatusUnauthorized || r.status == http.StatusForbidden && refusal(r.body, key)
}

// put sends one request and reads the reply, which may tell of the credential: that it is
// taken only the warehouse itself can say. Its error is ErrUnavailable when no connection was made,
// ErrInDoubt otherwise.
func (p *path) put(ctx context.Context, token, where, key string, body any) (reply, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", fulfil.ErrRejected, err)
	}
	if slots := p.config.Observe.Slots; slots != nil {
		slots(p.warehouse, 1)
		defer slots(p.warehouse, -1)
	}
	ctx, cancel := context.WithTimeout(ctx, p.config.Timeout)
	defer cancel()
	connected := 0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected++ }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, p.url+where, bytes.NewReader(data))
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", fulfil.ErrUnavailable, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := p.client.Do(request)
	if err != nil {
		if connected == 0 {
			return reply{}, fmt.Errorf("%w: %w", fulfil.ErrUnavailable, err)
		}
		return reply{}, fmt.Errorf("%w: %w", fulfil.ErrInDoubt, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return reply{}, fmt.Errorf("%w: answer cut short: %w", fulfil.ErrInDoubt, err)
	}
	got := reply{response.StatusCode, answer, connected}
	if got.refused(key) || got.own(key) {
		p.accepted(token, !got.refused(key))
	}
	return got, nil
}

// meaning of an answer for the delivery with that key. Whatever it says, it may be
// a page of something between us, which may have passed the request on: only the
// warehouse's own word is a receipt or a refusal.
func meaning(status int, answer []byte, key string) error {
	if status == http.StatusOK || status == http.StatusCreated {
		if !receipt(answer) {
			return fmt.Errorf("%w: answered %d without a receipt", fulfil.ErrInDoubt, status)
		}
		return nil
	}
	if !refusal(answer, key) {
		return fmt.Errorf("%w: answered %d, and not by the warehouse", fulfil.ErrInDoubt, status)
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: answered %d", fulfil.ErrUnauthorized, status)
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: answered %d", fulfil.ErrRejected, status)
	case http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return fmt.Errorf("%w: answered %d", fulfil.ErrUnavailable, status)
	}
	return fmt.Errorf("%w: answered %d", fulfil.ErrInDoubt, status)
}

func receipt(answer []byte) bool {
	var said struct {
		Status string `json:"status"`
	}
	return json.Unmarshal(answer, &said) == nil && said.Status == "received"
}

// verdict is what a look-up's answer says of whether the delivery has arrived; nil
// when it does not say.
func verdict(answer []byte) *bool {
	var said struct {
		Received *bool `json:"received"`
	}
	if json.Unmarshal(answer, &said) != nil {
		return nil
	}
	return said.Received
}

// refusal reports whether an answer is the warehouse's own: it has a code, and
// names the delivery that it is about, which no proxy's page does.
func refusal(answer []byte, key string) bool {
	var said struct {
		Code string `json:"code"`
		Key  string `json:"key"`
	}
	return json.Unmarshal(answer, &said) == nil && said.Code != "" && said.Key == key
}

func outcome(err error) string {
	switch {
	case err == nil:
		return Delivered
	case errors.Is(err, fulfil.ErrInDoubt):
		return InDoubt
	case errors.Is(err, fulfil.ErrUnauthorized):
		return Unauthorized
	case errors.Is(err, fulfil.ErrRejected):
		return Rejected
	}
	return Unavailable
}
