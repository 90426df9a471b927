package imports

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/seed/compare"
)

// outputFlag adds the flag --output.
func outputFlag(c *cobra.Command) *string {
	output := c.Flags().String("output", "table", "`FORM` of what is printed: table or json")
	cli.CompleteWords(c, "output", "table", "json")
	return output
}

// checkOutput checks the value of --output.
func checkOutput(output string) error {
	if output != "table" && output != "json" {
		return &cli.Misuse{Err: fmt.Errorf("--output: %q is neither table nor json", output)}
	}
	return nil
}

// printReport prints a difference, and returns the exit status that says that there is one.
func printReport(w io.Writer, r *compare.Report, output string) error {
	var err error
	if output == "json" {
		err = cli.PrintJSON(w, r)
	} else {
		err = r.Table(w, cli.QuoteUnprintable)
	}
	if err == nil && len(r.Changes) > 0 {
		return cli.Different
	}
	return err
}
