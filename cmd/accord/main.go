// Command accord is AWS Organizations that one can run oneself: `accord serve`
// answers its API, the other commands speak to the second listener of a server
// that runs.
//
// Here is wiring only: no rule, no SQL and nothing of the wire.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/store"
)

// The exit statuses.
const (
	succeeded = 0
	// failed: it was tried and did not work.
	failed = 1
	// misused: it was not tried, because command line or settings are not right.
	misused = 2
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out a command line and returns its exit status.
func run(ctx context.Context, args []string, out, problems io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(problems)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return succeeded
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(problems, "accord:", line)
	}
	var misuse *misuse
	var address *store.URLError
	if errors.As(err, &misuse) || errors.As(err, &address) {
		return misused
	}
	return failed
}

// misuse is an error that who typed the command line has to correct.
type misuse struct{ error }

func (m *misuse) Unwrap() error { return m.error }

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "accord",
		Short:         "AWS Organizations that you run yourself",
		SilenceErrors: true,
		SilenceUsage:  true,
		// How many letters may be wrong in a command that is suggested.
		SuggestionsMinimumDistance: 2,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			text := fmt.Sprintf("there is no command %q", args[0])
			if close := c.SuggestionsFor(args[0]); len(close) > 0 {
				text += "; did you mean " + strings.Join(close, " or ") + "?"
			}
			return &misuse{errors.New(text)}
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &misuse{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.AddCommand(serveCommand(), migrateCommand(), accountCommand(), clockCommand(), faultsCommand(), versionCommand())
	return root
}

// arguments makes wrong arguments a misuse.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &misuse{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}

// group is a command that only holds others.
func group(c *cobra.Command, of ...*cobra.Command) *cobra.Command {
	c.Args = arguments(cobra.NoArgs)
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(of...)
	return c
}
