// Package greet speaks the beginnings of common protocols, for the probes of links:
// a [world.Greeter] each.
//
//	w.AddLink(containers.Link{ID: world.LinkID{Dependency: "sink", Replica: 1}, To: "warehouse:80", Greet: greet.HTTP("/health")})
//
// A probe is how a drill sees, without the service's word, that a fault on a link bites.
// It has a question answered on a fresh connection and again on one that stays open, so
// that the far end has to keep one open that asks every now and then. What is asked
// changes nothing there. Any answer by which the far end is alive will do: the probe is
// of the link, not of who is behind it. Where little says nothing, for a link that has
// lost its bandwidth, the questions of Redis, NATS and Postgres carry two kilobytes.
//
// All speak in clear text. For another protocol write the function yourself: [Line] is
// enough for one of lines, and its source the form of the others.
package greet
