// Package httpsink hands deliveries to warehouses over HTTP.
//
// Each warehouse has a circuit breaker, a bulkhead and a retry budget of its
// own, so that trouble at one does not reach the other. The order matters: a
// retry waits outside the bulkhead, and the breaker counts single attempts. Where
// there are more hands than slots they wait for one another; a delivery that no
// slot came free for in time, or that an open circuit held back, is
// [fulfil.ErrNotTried], so that no order pays for others.
//
// The heart of the package is what an attempt that failed may mean. An attempt
// is [fulfil.ErrUnavailable] only when the warehouse certainly has not received
// it: no connection was made, or it answered that it did not take it, in its own
// words: a JSON document with a code and the key of the delivery. Once bytes may
// have left without a full answer of the warehouse, the delivery is
// [fulfil.ErrInDoubt]: a proxy's 503 may mean that the way back broke.
package httpsink
