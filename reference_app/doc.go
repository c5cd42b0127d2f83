// Package fulfil is the domain of a shop's order fulfilment: orders, the stock
// they draw on, the tariff they are quoted from, and the controls with which an
// operator steers the service.
//
// An aggregate ([Order], [Stock], [Tariff], [Controls]) is changed only through
// its own methods. Each method guards the aggregate's rules and records what
// happened as an [Event] with an actor and a reason; the state is always the
// fold of the events. What the domain needs from the outside it declares as
// ports: [Repository], [Queue], [Sink], [Carriers] and [Notices]. Adapters live
// in the folders beside this one, a technology each, and pass the conformance
// suites of apptest.
//
// The package imports nothing but the standard library, and it knows nothing
// of drills.
package fulfil
