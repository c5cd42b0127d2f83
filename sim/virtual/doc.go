// Package virtual is a world in this process, in virtual time.
//
// Its hosts talk over in-memory connections. What crosses a link passes through
// toxiproxy's own toxics. It runs inside a testing/synctest bubble, so that time
// moves on as soon as everything waits, and no faster than anything computes.
//
// One bubble a process: libraries that keep timers in package variables would
// carry them from one bubble into the next. The package sim therefore runs a
// rehearsal in a child process of the test binary.
package virtual
