package httpsink

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// gate keeps the way to a warehouse shut while that refuses the credential in
// use. That is not for the breaker to judge: the warehouse is up, and another
// credential may pass at once.
type gate struct {
	mu      sync.Mutex
	shut    bool
	refused string    // the token that was refused
	trial   time.Time // when it may be shown again
}

// open reports whether a request with that token would be let through.
func (g *gate) open(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.shut || token != g.refused || !time.Now().Before(g.trial)
}

// enter lets a request through. One with the token that was refused is a trial:
// there is one in each delay.
func (g *gate) enter(token string, delay time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut || token != g.refused {
		return true
	}
	if time.Now().Before(g.trial) {
		return false
	}
	g.trial = time.Now().Add(delay)
	return true
}

// note keeps what became of a token, and reports whether that is news.
func (g *gate) note(token string, accepted bool, delay time.Duration) (news bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	news = g.shut == accepted || !accepted && token != g.refused
	g.shut = !accepted
	if g.shut {
		g.refused, g.trial = token, time.Now().Add(delay)
	}
	return news
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// isShutTo reports whether that token was refused, and is not accepted yet.
func (g *gate) isShutTo(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut && token == g.refused
}

// mayShow reports whether the credential in use would be shown. One that cannot
// be read counts as refused.
func (p *path) mayShow() bool {
	if !p.gate.isShut() {
		return true // mostly; the file need not be read for that
	}
	return p.gate.open(p.inUse())
}

// inUse is the credential in use; empty is one that cannot be read.
func (p *path) inUse() string {
	token, err := p.config.Token()
	if err != nil {
		return ""
	}
	return token
}

// present returns the token to show, or [fulfil.ErrUnauthorized] when nothing is
// to be sent.
func (p *path) present() (string, error) {
	token, err := p.config.Token()
	if err != nil {
		p.accepted("", false)
		return "", fmt.Errorf("%w: %w", fulfil.ErrUnauthorized, err)
	}
	if !p.gate.enter(token, p.config.BreakerDelay) {
		return "", fmt.Errorf("%w: %w", fulfil.ErrUnauthorized, errUnchanged)
	}
	return token, nil
}

var errUnchanged = errors.New("it was refused before and has not changed; nothing was sent")

func (p *path) accepted(token string, yes bool) {
	news := p.gate.note(token, yes, p.config.BreakerDelay)
	if o := p.config.Observe.Credential; o != nil && news {
		o(p.warehouse, yes)
	}
}

// Authorized is false while a warehouse refuses the credential in use. One that has
// taken the place of a refused one is not refused, before it was shown.
func (s *Sink) Authorized(at fulfil.Warehouse) bool {
	p, ok := s.paths[at]
	return ok && !(p.gate.isShut() && p.gate.isShutTo(p.inUse()))
}
