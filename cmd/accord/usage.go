package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"accord/internal/cli"
	"accord/internal/spelling"
)

// knownCommand rejects arguments of a command that only has subcommands.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &cli.Misuse{Err: fmt.Errorf("unknown command %q of %s%s (see %[2]s --help)", args[0], c.CommandPath(), spelling.Suggest(args[0], commandNames(c)))}
}

// commandNames are the names of the commands below one.
func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// unknownFlag names the flags that are similar to one that does not exist.
func unknownFlag(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if errors.As(err, &missing) && len(missing.GetSpecifiedName()) > 1 {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		err = fmt.Errorf("%w%s", err, spelling.Suggest("--"+missing.GetSpecifiedName(), names))
	}
	return &cli.Misuse{Err: fmt.Errorf("%w (see %s --help)", err, c.CommandPath())}
}

// helpCommand shows the help of a command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show the help of a command",
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			found, _, _ := c.Root().Find(args)
			return commandNames(found), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if found == nil || err != nil {
				return err
			}
			if err := knownCommand(found, rest); err != nil {
				return err
			}
			return found.Help()
		},
	}
}

// group makes a command that only has subcommands.
func group(c *cobra.Command, of ...*cobra.Command) *cobra.Command {
	c.Args = knownCommand
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(of...)
	return c
}
