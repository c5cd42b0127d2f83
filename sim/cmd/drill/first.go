package main

import (
	"errors"
	"os"

	"github.com/drillbook/drillbook/sim/scaffold"
	"github.com/spf13/cobra"
)

// first writes the first scenarios of a module. They compile, or nothing is written.
func (c command) first(cmd *cobra.Command, name string) (err error) {
	folder, err := cmd.Flags().GetString("scenarios")
	if err != nil {
		return err
	}
	if os.Mkdir(folder, 0o755) == nil {
		defer func() {
			if err != nil {
				_ = os.RemoveAll(folder)
			}
		}()
	}
	s := &suite{folder: folder}
	root, err := s.root(cmd.Context())
	if err != nil {
		return err
	}
	at := scaffold.Site{Forge: forge(cmd.Context(), root)}
	if at.Scenarios, err = within(root, s.folder); err != nil {
		return err
	}
	files, err := at.First(name)
	if err != nil {
		return err
	}
	if err := errors.Join(s.put(cmd.Context(), root, files, at), s.close()); err != nil {
		return err
	}
	return c.tellWritten(cmd, files)
}
