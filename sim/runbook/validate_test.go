package runbook_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
)

// relay is a contract without a mistake.
func relay() runbook.Contract {
	return runbook.Contract{Commands: []runbook.Command{
		{Name: "relay show", Class: runbook.Observe, Args: []runbook.Arg{{Name: "limit", Kind: "int", Min: "1", Max: "500", Default: "50"}}},
		{Name: "relay use", Class: runbook.Mitigate, Undo: "relay use --to main", Args: []runbook.Arg{
			{Name: "to", Kind: "enum", Values: []string{"main", "spare", "DRAIN"}, Default: "main", Required: true},
			{Name: "ramp", Kind: "duration", Min: "0s", Max: "5m", Default: "0s"}, {Name: "rate", Kind: "rate", Default: "0.5"},
			{Name: "reason", Kind: "text", Required: true}}},
		{Name: "relay drain", Class: runbook.Mitigate, Undo: "relay use --to DRAIN"},
		{Name: "relay hold", Class: runbook.Mitigate, Undo: "relay let ID", Args: []runbook.Arg{{Name: "id", Kind: "id", Required: true, Positional: true}}},
		{Name: "relay let", Class: runbook.Recover, Args: []runbook.Arg{{Name: "id", Kind: "id", Required: true, Positional: true}}},
	}}
}

// Promise: a mistake in a contract is told by the command that it is in, before a step
// finds it out.
func TestValidate(t *testing.T) {
	assert.NoError(t, relay().Validate())
	assert.NoError(t, runbook.Contract{}.Validate(), "a service without commands")
	const show, use, hold, let = 0, 1, 3, 4
	for name, c := range map[string]struct {
		of     int
		change func(*runbook.Command)
		want   string
	}{
		"no name":            {show, func(c *runbook.Command) { c.Name = " " }, "command 1: it has no name"},
		"a name twice":       {let, func(c *runbook.Command) { c.Name = "relay show" }, `relay show: its words lead to the command "relay show", which stands before it`},
		"a name in another":  {show, func(c *runbook.Command) { c.Name = "relay" }, `relay use: its words lead to the command "relay", which stands before it`},
		"no class":           {show, func(c *runbook.Command) { c.Class = "" }, `relay show: class is one of observe, mitigate, recover, not ""`},
		"an unknown class":   {use, func(c *runbook.Command) { c.Class = "mitigates" }, `relay use: class is one of observe, mitigate, recover, not "mitigates"`},
		"no argument's name": {hold, func(c *runbook.Command) { c.Args[0].Name, c.Undo = "", "" }, "relay hold: argument 1 has no name"},
		"an argument twice":  {use, func(c *runbook.Command) { c.Args[1].Name = "to" }, "relay use: to: the argument stands twice"},
		"no kind":            {hold, func(c *runbook.Command) { c.Args[0].Kind = "" }, `relay hold: id: kind is one of enum, text, id, int, duration, rate, bool, not ""`},
		"an unknown kind":    {hold, func(c *runbook.Command) { c.Args[0].Kind = "uuid" }, `relay hold: id: kind is one of enum, text, id, int, duration, rate, bool, not "uuid"`},
		"an enum of nothing": {use, func(c *runbook.Command) { c.Args[0].Values = nil }, "relay use: to: an enum needs values"},
		"a default that is no value": {use, func(c *runbook.Command) { c.Args[0].Default = "spar" },
			`relay use: to: default is one of main, spare, DRAIN, not "spar"`},
		"a default that is no duration": {use, func(c *runbook.Command) { c.Args[1].Default = "5" }, `relay use: ramp: default is no duration: "5"`},
		"a default that is no rate":     {use, func(c *runbook.Command) { c.Args[2].Default = "5/s" }, `relay use: rate: default is no rate: "5/s"`},
		"a default that is no int":      {show, func(c *runbook.Command) { c.Args[0].Default = "1.5" }, `relay show: limit: default is no int: "1.5"`},
		"a default above all":           {show, func(c *runbook.Command) { c.Args[0].Default = "501" }, "relay show: limit: default is above max"},
		"a default below all":           {show, func(c *runbook.Command) { c.Args[0].Default = "0" }, "relay show: limit: min is above default"},
		"a default that is no bool": {use, func(c *runbook.Command) {
			c.Args = append(c.Args, runbook.Arg{Name: "force", Kind: "bool", Default: "no"})
		}, `relay use: force: default is one of true, false, not "no"`},
		"a bool without a flag": {use, func(c *runbook.Command) {
			c.Args = append(c.Args, runbook.Arg{Name: "force", Kind: "bool", Positional: true})
		}, "relay use: force: a bool is a flag: it cannot be positional"},
		"limits that leave nothing":     {show, func(c *runbook.Command) { c.Args[0].Min, c.Args[0].Default = "501", "" }, "relay show: limit: min is above max"},
		"a limit that is none":          {use, func(c *runbook.Command) { c.Args[1].Max = "long" }, `relay use: ramp: max is no duration: "long"`},
		"a mitigation for good":         {hold, func(c *runbook.Command) { c.Undo = "" }, "relay hold: it mitigates, so that undo has to say which command undoes it"},
		"an undo that there is not":     {hold, func(c *runbook.Command) { c.Undo = "relay free ID" }, `relay hold: undo "relay free ID": opctl relay free`},
		"an undo that lacks a value":    {hold, func(c *runbook.Command) { c.Undo = "relay let" }, `relay hold: undo "relay let": opctl relay let needs --id`},
		"an undo with a bad value":      {use, func(c *runbook.Command) { c.Undo = "relay use --to mian" }, `relay use: undo "relay use --to mian": opctl relay use: --to is one of`},
		"an undo with a stray argument": {use, func(c *runbook.Command) { c.Undo = "relay use --too main" }, `opctl relay use has no argument --too`},
		"an undo of what nobody gives":  {hold, func(c *runbook.Command) { c.Undo = "relay let NAME" }, `relay hold: undo "relay let NAME": NAME is no argument of relay hold`},
		"an undo of what may be missing": {hold, func(c *runbook.Command) { c.Args[0].Required = false },
			`relay hold: undo "relay let ID": ID stands for an argument that may be left out`},
	} {
		t.Run(name, func(t *testing.T) {
			contract := relay()
			c.change(&contract.Commands[c.of])
			assert.ErrorContains(t, contract.Validate(), c.want)
			assert.ErrorContains(t, contract.Validate(), "operator contract: ")
		})
	}
}

// Promise: all mistakes are told at once, a line each.
func TestValidateTellsAll(t *testing.T) {
	contract := relay()
	contract.Commands[0].Class, contract.Commands[1].Class = "look", "act"
	assert.EqualError(t, contract.Validate(), `operator contract: relay show: class is one of observe, mitigate, recover, not "look"
operator contract: relay use: class is one of observe, mitigate, recover, not "act"`)
}

// Promise: a program is one plain word, as a shell and a reader take it.
func TestValidateTheProgram(t *testing.T) {
	for _, name := range []string{"", "opctl", "shopctl", "acme-ops", "Acme_2"} {
		assert.NoError(t, runbook.Contract{Program: name}.Validate(), name)
	}
	for _, name := range []string{"acme ops", "./shopctl", "-shop", "2shop", "shop;rm", "shöp", " ", "shopctl\n"} {
		assert.ErrorContains(t, runbook.Contract{Program: name}.Validate(), "operator contract: program ", name)
	}
}
