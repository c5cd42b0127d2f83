// Command echo runs the service of the conformance suite.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
)

func main() {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", echo.Port))
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := echo.Serve(ctx, listener, new(net.Dialer).DialContext, os.Stdout); ctx.Err() == nil {
		log.Fatal(err)
	}
}
