package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/spf13/cobra"
)

// versions are what somebody who reports a fault has to tell.
type versions struct {
	Version  string `json:"version"`            // of the module
	Revision string `json:"revision,omitempty"` // that it was built from
	Modified bool   `json:"modified,omitempty"` // with changes that are not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Journal  int    `json:"journal"` // version of the format
}

func (c command) version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Say what this drill is.", Args: noArgs, ValidArgsFunction: cobra.NoFileCompletions, RunE: func(cmd *cobra.Command, _ []string) error {
		info, _ := debug.ReadBuildInfo()
		v := read(info)
		if asJSON(cmd) {
			return c.printJSON(v)
		}
		_, err := fmt.Fprintf(c.stdout, "drill %s\n%s, %s\njournals: version %d\n", v.title(), v.Go, v.Platform, v.Journal)
		return err
	}}
}

func read(info *debug.BuildInfo) versions {
	v := versions{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Journal: journal.Version}
	if info == nil {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (v versions) title() string {
	text := v.Version
	if v.Revision != "" {
		text += ", revision " + v.Revision
	}
	if v.Modified {
		text += ", with changes"
	}
	return text
}
