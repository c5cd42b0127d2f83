package sim

// Interrupted is closed once this process was asked to stop. Call it outside of
// a bubble.
func Interrupted() <-chan struct{} { return interrupted.Done() }
