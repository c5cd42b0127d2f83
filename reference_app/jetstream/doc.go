// Package jetstream keeps aggregates and work in NATS JetStream, and tells
// replicas of changes over NATS.
//
// The [Repository] stores each save as one message: state, events and outbox
// together, on the subject
//
//	fulfil.events.<kind>.<id>.<out|in>
//
// where the last word says whether the save carries outbox messages. A save
// names the stream sequence that it was loaded from as the expected last one of
// fulfil.events.<kind>.<id>.*, so the server itself refuses a stale write. The
// event stream is the outbox too: a durable consumer of the "out" subjects
// relays.
//
// The [Queue] is a work-queue stream with explicit acknowledgement beside a
// stream of dead letters. The lane is a second subject of the work stream, whose
// consumer the broker pins to one client at a time.
//
// [Notices] are plain messages: no stream keeps them, so one that finds nobody
// listening is gone.
package jetstream
