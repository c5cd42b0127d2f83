// Package signal watches a service as its operators would: it scrapes each
// replica's metrics into Prometheus' own database, evaluates the service's own
// rule file with Prometheus' own engine, follows the logs and polls readiness.
//
// It answers which signal showed, from when to when. Missing data is an answer
// of its own, never "quiet".
package signal
