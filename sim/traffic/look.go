package traffic

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// Look makes requests that change nothing, a few at a time, and returns what became
// of each, in their order. They are no part of the load, nor of its record: nobody
// waits for what they ask for.
func (g *Generator) Look(ctx context.Context, all []Request) []Result { return g.aside(ctx, all, 0) }

// Repeat is Look for requests that were accepted before. The service may take them for
// work, so that they come at the rate of the usual load.
func (g *Generator) Repeat(ctx context.Context, all []Request) []Result {
	return g.aside(ctx, all, g.space())
}

func (g *Generator) aside(ctx context.Context, all []Request, space time.Duration) []Result {
	client := g.client(g.timeout())
	defer client.CloseIdleConnections()
	results := make([]Result, len(all))
	var group errgroup.Group
	group.SetLimit(inquiries)
	for i, r := range all {
		group.Go(func() error {
			results[i] = g.once(ctx, client, r)
			return nil
		})
		pause(ctx, space)
	}
	_ = group.Wait()
	return results
}

// ByIdentity are the requests that were accepted, the first for each identity.
func (g *Generator) ByIdentity() map[string]Request {
	by := map[string]Request{}
	for _, r := range g.Results() {
		if _, known := by[r.ID]; r.Verdict == Accepted && !known {
			by[r.ID] = g.request(r.N)
		}
	}
	return by
}

// Later reports an answer that shows nothing yet, or none: to ask again may help. One of
// a gateway's own, or of a service that is not there, tells nothing of what was asked for.
func (r Result) Later() bool { return r.Status == 0 || r.saysNothing() }
