package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// Misuse is an error in the command line or in the settings: nothing was tried.
type Misuse struct{ Err error }

func (m *Misuse) Error() string { return m.Err.Error() }

func (m *Misuse) Unwrap() error { return m.Err }

// Arguments makes invalid arguments a Misuse.
func Arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &Misuse{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}
