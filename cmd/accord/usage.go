package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// misuse is an error in the command line or in the settings.
type misuse struct{ error }

func (m *misuse) Unwrap() error { return m.error }

// arguments makes invalid arguments a misuse.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &misuse{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}

// group makes a command that only has subcommands.
func group(c *cobra.Command, of ...*cobra.Command) *cobra.Command {
	c.Args = arguments(cobra.NoArgs)
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(of...)
	return c
}
