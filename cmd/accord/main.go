// Command accord is AWS Organizations that you run yourself: `accord serve` answers
// its API, the other commands call the admin API of a running server.
//
// The package only parses command lines and prints: it has no rule of the service,
// no SQL and nothing of the wire.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/cli/exporting"
	"accord/internal/cli/imports"
	"accord/internal/cli/snapshots"
	"accord/internal/config"
	"accord/internal/store"
)

// The exit statuses.
const (
	succeeded = 0
	// failed: the command was tried and did not work.
	failed = 1
	// misused: the command was not tried, because the command line or the settings
	// are invalid.
	misused = 2
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run executes a command line and returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return succeeded
	}
	var exit cli.ExitStatus
	if errors.As(err, &exit) {
		return int(exit)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		// It may hold what a file or another server says.
		fmt.Fprintln(stderr, "accord:", cli.QuoteUnprintable(line))
	}
	var misuse *cli.Misuse
	var invalidURL *store.URLError
	var unusable *config.Unusable
	if errors.As(err, &misuse) || errors.As(err, &invalidURL) || errors.As(err, &unusable) {
		return misused
	}
	return failed
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "accord",
		Short:         "AWS Organizations that you run yourself",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(unknownFlag)
	root.SetHelpCommand(helpCommand())
	group(root,
		serveCommand(), checkCommand(), migrateCommand(), backupCommand(), restoreCommand(), envCommand(), execCommand(), waitCommand(), resetCommand(), snapshots.Command(group), imports.Command(), imports.DiffCommand(),
		accountCommand(), keyCommand(), clockCommand(), applyCommand(), seedCommand(), mailsCommand(), callsCommand(), journalCommand(), quotasCommand(), behaviorsCommand(), faultsCommand(),
		explainCommand(), whatIfCommand(), exporting.Command(),
		versionCommand())
	checkCompletion(root)
	return root
}
