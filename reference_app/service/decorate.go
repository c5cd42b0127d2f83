package service

import (
	"net/http"

	"github.com/drillbook/drillbook/reference_app"
)

// Decorators wrap the ports of a replica: what they return is used in the place of
// what they are given. Nil leaves a port as it is.
type Decorators struct {
	Repository func(fulfil.Repository) fulfil.Repository
	Queue      func(fulfil.Queue) fulfil.Queue
	Sink       func(fulfil.Sink) fulfil.Sink
	Audit      func(fulfil.Audit) fulfil.Audit
	Orders     func(http.Handler) http.Handler // what customers call
}

func (d Decorators) stores(r fulfil.Repository, q fulfil.Queue, a fulfil.Audit) (fulfil.Repository, fulfil.Queue, fulfil.Audit) {
	return decorated(d.Repository, r), decorated(d.Queue, q), decorated(d.Audit, a)
}

func (d Decorators) sink(s fulfil.Sink) fulfil.Sink { return decorated(d.Sink, s) }

func (d Decorators) orders(h http.Handler) http.Handler { return decorated(d.Orders, h) }

func decorated[T any](wrap func(T) T, port T) T {
	if wrap == nil {
		return port
	}
	return wrap(port)
}
