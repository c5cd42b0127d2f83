package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Promise: of a world that does not end, what keeps it is told by its place in the
// service, not by frames of the runtime.
func TestGoroutines(t *testing.T) {
	const stacks = `goroutine 1 [running]:
main.main()
	/src/main.go:3 +0x1

goroutine 20 [IO wait, 3 minutes, synctest bubble 1]:
internal/poll.runtime_pollWait(0x7f, 0x72)
	/usr/local/go/src/runtime/netpoll.go:351 +0x85
net.(*TCPListener).Accept(0xc0001)
	/usr/local/go/src/net/tcpsock.go:380 +0x30
example.com/mail.(*Server).Run(0xc0002, {0x1, 0x2})
	/home/ann/mail/mail.go:88 +0x99
github.com/drillbook/drillbook/sim/virtual.(*service).run(0xc0003)
	/mod/sim/virtual/service.go:9 +0x1

goroutine 21 [select (durable), synctest bubble 1]:
example.com/mail.(*Server).loop(0xc0002)
	/home/ann/mail/mail.go:121 +0x99

goroutine 22 [sleep (durable), synctest bubble 1]:
github.com/drillbook/drillbook/sim.(*rehearsal).wait(0xc0003)
	/mod/sim/rehearsal.go:9 +0x1

goroutine 23 [chan receive, synctest bubble 2]:
runtime.gopark()
	/usr/local/go/src/runtime/proc.go:9 +0x1
`
	still, alive := goroutines(stacks)
	assert.Equal(t, []string{"IO wait: example.com/mail.(*Server).Run, /home/ann/mail/mail.go:88"}, still)
	assert.Equal(t, []string{"select: example.com/mail.(*Server).loop, /home/ann/mail/mail.go:121"}, alive)
}
