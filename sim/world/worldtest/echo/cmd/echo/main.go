// Command echo runs the service of the conformance suite.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
)

func main() {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", echo.Port))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(echo.Serve(context.Background(), listener, os.Stdout))
}
