package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/spf13/cobra"
)

// list prints the drills there are.
func (c command) list() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the drills.", Args: noArgs, ValidArgsFunction: cobra.NoFileCompletions, RunE: func(cmd *cobra.Command, _ []string) error {
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		if asJSON(cmd) {
			return c.printJSON(append([]catalogue.Drill{}, s.Drills...))
		}
		return c.table(s.Description)
	}}
}

// table marks those whose runbook is not there: they could only be not verified.
func (c command) table(d catalogue.Description) error {
	out := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "DRILL\tTEST\tFAULT\tLOAD\tWORLDS")
	for _, drill := range d.Drills {
		name := drill.Name
		if !d.HasRunbook(drill) {
			name += " (no such runbook)"
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", name, drill.Test, drill.Fault, drill.Load, strings.Join(drill.Worlds, ", "))
	}
	return out.Flush()
}
