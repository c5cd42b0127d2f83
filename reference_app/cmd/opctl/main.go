// Command opctl operates the fulfilment service through its operator contract.
package main

import (
	"context"
	"os"

	"github.com/drillbook/drillbook/reference_app/operator"
)

func main() {
	cli := operator.CLI{Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	os.Exit(cli.Run(context.Background(), os.Args[1:]))
}
