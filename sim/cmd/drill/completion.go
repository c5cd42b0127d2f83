package main

import (
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/trend"
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
		if !slices.Contains(given, d.Name) {
			names = append(names, cobra.CompletionWithDesc(d.Name, d.Fault))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// ruleIDs completes the rules of lint.
func ruleIDs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, r := range lint.Rules {
		ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Summary))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// listed completes a list of them, separated by commas, with one that is not in it.
func listed(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	var lists []string
	for name, mark := range failures {
		if !slices.Contains(strings.Split(before, ","), name) {
			lists = append(lists, cobra.CompletionWithDesc(before+name, string(mark)))
		}
	}
	slices.Sort(lists)
	return lists, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// stored completes what a store of results has.
func (t *trends) stored(of func([]trend.Result) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		store := t.placed(cmd).store
		if !exists(store) || len(given) > 1 { // to look is not to make one
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		s, err := trend.Open(cmd.Context(), store)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer func() { _ = s.Close() }()
		results, err := s.Results(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return slices.DeleteFunc(of(results), func(one string) bool { return slices.Contains(given, one) }), cobra.ShellCompDirectiveNoFileComp
	}
}

func storedRuns(results []trend.Result) []string {
	var names []string
	for _, r := range trend.Runs(results) {
		names = append(names, r.Name)
	}
	return names
}

func storedDrills(results []trend.Result) []string {
	var names []string
	for _, r := range results {
		names = append(names, r.Drill)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
