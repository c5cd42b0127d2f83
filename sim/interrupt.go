package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// interrupted ends when this process is asked to stop. Its cause says by what.
// Without [Main] it never does.
var interrupted = context.Background()

// heed returns a context that ends at the first SIGINT, SIGTERM or SIGHUP. The next of
// the first two ends the process at once; of a terminal that is closed one may hear
// twice, from the kernel and from a shell. A child heeds its parent, too: what it reads from
// there, to its end, is why it is to stop. The end comes by itself when the parent
// has gone, however it went.
func heed() context.Context {
	ctx, stop := context.WithCancelCause(context.Background())
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as by nohup
		signal.Notify(asked, syscall.SIGHUP)
	}
	go func() {
		first := <-asked
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		signal.Ignore(syscall.SIGPIPE) // who read what it says may be gone, as go test is when its terminal is
		stop(fmt.Errorf("%s signal received", first))
	}()
	if *childFlag == "" || *childFlag == os.DevNull { // a debugger has it run so
		return ctx
	}
	signal.Ignore(syscall.SIGPIPE) // without a parent nobody reads what it says
	go func() {
		why, _ := io.ReadAll(os.Stdin)
		stop(errors.New(cmp.Or(string(why), "the process that started it has gone")))
		time.AfterFunc(patienceWithEnd*3/4, func() { _, _ = fmt.Fprintln(os.Stderr, stuck()) })
		time.AfterFunc(patienceWithEnd, func() { os.Exit(exitUnverified) }) // nobody may be left to kill it
	}()
	return ctx
}

// patienceWithEnd is how long a child may take, on the real clock, to end in order
// once it is asked to; then it is killed.
const patienceWithEnd = 20 * time.Second

// patient returns a context that ends after a time, and when this process is
// interrupted. Its cause says which.
func patient(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	off := context.AfterFunc(interrupted, func() { end(context.Cause(interrupted)) })
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took more than %s", limit))
	return ctx, func() {
		cancel()
		off()
		end(nil)
	}
}

// hold has a child, which is not yet started, told by its standard input when ctx
// ends, and why; see [heed].
func hold(ctx context.Context, child *exec.Cmd) error {
	leash, err := child.StdinPipe()
	child.WaitDelay = patienceWithEnd
	child.Cancel = func() error {
		_, err := io.WriteString(leash, context.Cause(ctx).Error())
		return errors.Join(err, leash.Close())
	}
	return err
}
