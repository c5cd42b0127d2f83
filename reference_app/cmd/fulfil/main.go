// Command fulfil runs one replica of the fulfilment service.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/drillbook/drillbook/reference_app/service"
)

func main() {
	config, err := service.Parse(os.Args[1:], os.Getenv, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fulfil:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := (&service.Main{Config: config, Log: os.Stdout}).Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fulfil:", err)
		os.Exit(1)
	}
}
