package httpsink_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpsink"
	"github.com/stretchr/testify/assert"
)

// door is a warehouse that takes one token, and counts who asks.
type door struct {
	takes atomic.Value
	asked atomic.Int64
}

func doorFor(t *testing.T, token string) (*door, string) {
	t.Helper()
	d := &door{}
	d.takes.Store(token)
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return d, server.URL
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.asked.Add(1)
	if r.Header.Get("Authorization") != "Bearer "+d.takes.Load().(string) {
		refuse(w, r, http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"status":"received"}`)
}

// Promise: a credential that was refused is shown again only once in a while,
// another one at once.
func TestARefusedCredentialIsNoRetryStorm(t *testing.T) {
	d, url := doorFor(t, "green")
	shown := "blue"
	var news []bool
	var retries atomic.Int64
	s := at(t, url, httpsink.Config{BreakerDelay: time.Hour, RetryDelay: time.Millisecond,
		Token: func() (string, error) { return shown, nil },
		Observe: httpsink.Observer{
			Credential: func(_ fulfil.Warehouse, accepted bool) { news = append(news, accepted) },
			Retry:      func(fulfil.Warehouse) { retries.Add(1) },
		}})
	for range 20 {
		assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
	}
	_, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnauthorized)
	assert.Equal(t, int64(1), d.asked.Load(), "asked once for all of them")
	assert.Zero(t, retries.Load())
	assert.False(t, s.Ready(fulfil.Primary))
	assert.True(t, s.Ready(fulfil.Standby), "which nobody has asked")
	assert.False(t, s.Authorized(fulfil.Primary))
	assert.Equal(t, "closed", s.State(fulfil.Primary), "it is no outage")

	shown = "green"
	assert.True(t, s.Authorized(fulfil.Primary), "nobody has refused that one, nor need anybody be asked")
	assert.True(t, s.Ready(fulfil.Primary))
	assert.NoError(t, s.Deliver(t.Context(), fulfil.Primary, delivery))
	assert.True(t, s.Authorized(fulfil.Primary))
	assert.Equal(t, []bool{false, true}, news)
}

func TestARefusedCredentialIsTriedNowAndThen(t *testing.T) {
	d, url := doorFor(t, "green")
	s := at(t, url, httpsink.Config{BreakerDelay: time.Millisecond, Token: func() (string, error) { return "blue", nil }})
	assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
	d.takes.Store("blue") // the warehouse has mended it
	assert.Eventually(t, func() bool {
		return s.Ready(fulfil.Primary) && s.Deliver(t.Context(), fulfil.Primary, delivery) == nil
	}, 5*time.Second, time.Millisecond)
}

func TestNothingIsSentWithoutTheCredential(t *testing.T) {
	d, url := doorFor(t, "green")
	s := at(t, url, httpsink.Config{BreakerDelay: time.Hour, Token: func() (string, error) { return "", errors.New("no such file") }})
	assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
	assert.Zero(t, d.asked.Load())
	assert.False(t, s.Authorized(fulfil.Primary))
	assert.False(t, s.Ready(fulfil.Primary))
}

// behind is where something in front of the warehouse answers each request with a page, and
// how many it has.
func behind(t *testing.T, status int, page string) (url string, asked *atomic.Int64) {
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// Promise: a 401 of something in front of the warehouse leaves the delivery in doubt,
// and nothing more is sent with that credential.
func TestACredentialThatAGatewayRefuses(t *testing.T) {
	url, asked := behind(t, http.StatusUnauthorized, "<html>Who are you?</html>")
	s := at(t, url, httpsink.Config{BreakerDelay: time.Hour, Token: func() (string, error) { return "blue", nil }})
	assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrInDoubt)
	assert.False(t, s.Authorized(fulfil.Primary))
	assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
	_, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnauthorized)
	assert.Equal(t, int64(1), asked.Load())
}

// Promise: a 403 of something in front of the warehouse says nothing of the credential: the
// delivery is in doubt, others are tried, and what was in doubt can be asked for.
func TestAPageThatForbids(t *testing.T) {
	url, asked := behind(t, http.StatusForbidden, "<html>Not from there</html>")
	s := at(t, url, httpsink.Config{BreakerDelay: time.Hour, RetryDelay: time.Millisecond, Token: func() (string, error) { return "blue", nil },
		Observe: httpsink.Observer{Credential: func(fulfil.Warehouse, bool) { assert.Fail(t, "nobody has said anything of it") }}})
	for range 2 {
		err := s.Deliver(t.Context(), fulfil.Primary, delivery)
		assert.ErrorIs(t, err, fulfil.ErrInDoubt)
		assert.NotErrorIs(t, err, fulfil.ErrUnauthorized)
	}
	assert.Equal(t, int64(2), asked.Load())
	assert.True(t, s.Authorized(fulfil.Primary))
	_, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnavailable)
	assert.NotErrorIs(t, err, fulfil.ErrUnauthorized)
}

// Promise: a page of something in front of the warehouse does not open the way that the
// warehouse has shut.
func TestAPageOpensNothing(t *testing.T) {
	for name, page := range map[string]struct {
		status int
		said   string
	}{"gone": {http.StatusBadGateway, "<html>"}, "back soon": {http.StatusOK, "<html>"}, "another's": {http.StatusServiceUnavailable, `{"code":"no","key":"ord-2"}`}} {
		t.Run(name, func(t *testing.T) {
			var between atomic.Bool
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !between.Load() {
					refuse(w, r, http.StatusUnauthorized)
					return
				}
				w.WriteHeader(page.status)
				_, _ = io.WriteString(w, page.said)
			}))
			defer server.Close()
			s := at(t, server.URL, httpsink.Config{BreakerDelay: time.Millisecond, RetryDelay: time.Millisecond, Token: func() (string, error) { return "blue", nil }})
			assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
			between.Store(true)
			for _, ask := range []func() error{
				func() error { return s.Deliver(t.Context(), fulfil.Primary, delivery) },
				func() error { _, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1); return err },
			} {
				assert.Eventually(t, func() bool { return !errors.Is(ask(), fulfil.ErrUnauthorized) }, 5*time.Second, time.Millisecond, "a trial is made")
				assert.False(t, s.Authorized(fulfil.Primary))
			}
		})
	}
}

// Promise: a look-up says of the credential what the warehouse says: a refusal of its own
// shuts the way, its verdict opens it.
func TestALookUpTellsOfTheCredential(t *testing.T) {
	var takes atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !takes.Load() {
			refuse(w, r, http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"received":false}`)
	}))
	defer server.Close()
	s := at(t, server.URL, httpsink.Config{BreakerDelay: time.Millisecond, Token: func() (string, error) { return "blue", nil }})
	_, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnauthorized)
	assert.False(t, s.Authorized(fulfil.Primary))
	takes.Store(true)
	assert.Eventually(t, func() bool {
		_, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
		return err == nil
	}, 5*time.Second, time.Millisecond)
	assert.True(t, s.Authorized(fulfil.Primary))
}

// Promise: a refusal is of the credential that was shown. Another one is not refused before it
// was shown, and then that is news again.
func TestARefusalIsOfTheCredentialInUse(t *testing.T) {
	_, url := doorFor(t, "red")
	shown := "blue"
	var news []bool
	s := at(t, url, httpsink.Config{BreakerDelay: time.Hour, Token: func() (string, error) { return shown, nil },
		Observe: httpsink.Observer{Credential: func(_ fulfil.Warehouse, accepted bool) { news = append(news, accepted) }}})
	for _, token := range []string{"blue", "green"} {
		shown = token
		assert.True(t, s.Authorized(fulfil.Primary))
		assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnauthorized)
		assert.False(t, s.Authorized(fulfil.Primary))
	}
	shown = "red"
	assert.NoError(t, s.Deliver(t.Context(), fulfil.Primary, delivery))
	assert.Equal(t, []bool{false, false, true}, news)
}
