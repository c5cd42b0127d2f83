package sim

import "testing"

// exitUnverified is the exit status of a test binary when nothing failed, and not
// everything could be verified.
const exitUnverified = 2

// status is the exit status of this process, of which the tests have ended with
// another: 2 when no drill failed, and at least one could not be verified or the
// run was interrupted. It cannot tell whether a test without a drill failed
// beside them.
func (f *finished) status(ofTests int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case ofTests == 0 && interrupted.Err() == nil, f.failed:
		return ofTests
	case f.unverified, interrupted.Err() != nil:
		return exitUnverified
	}
	return ofTests
}

// unclear fails a test whose drill could not be verified.
func (f *finished) unclear(t *testing.T, format string, args ...any) {
	t.Helper()
	f.mu.Lock()
	f.unverified = true
	f.mu.Unlock()
	t.Errorf(format, args...)
}

// red fails a test whose drill failed.
func (f *finished) red(t *testing.T, format string, args ...any) {
	t.Helper()
	f.mu.Lock()
	f.failed = true
	f.mu.Unlock()
	t.Errorf(format, args...)
}
