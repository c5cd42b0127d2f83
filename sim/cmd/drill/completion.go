package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// drillNames completes the names of drills that are not on the line yet.
func drillNames(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	s, err := open(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer func() { _ = s.close() }()
	var names []string
	for _, d := range s.Drills {
		if !slices.Contains(given, d.Runbook) {
			names = append(names, cobra.CompletionWithDesc(d.Runbook, d.Fault))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
