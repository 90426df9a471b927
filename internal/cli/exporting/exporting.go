// Package exporting has the command that writes organizations in the forms of other tools.
package exporting

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/cli/documents"
	"accord/internal/export"
	"accord/internal/ident"
	"accord/internal/seed"
)

// Command returns the command.
func Command() *cobra.Command {
	var formats strings.Builder
	for _, f := range export.Formats() {
		fmt.Fprintf(&formats, "  %-15s %s\n", f.Name, f.About)
	}
	c := &cobra.Command{
		Use:   "export --format FORMAT [FILE | URL]",
		Short: "Write organizations as code, as data or as a picture",
		Long: "Writes the organizations and accounts of a running server, of a seed or of a snapshot, a FILE, in another\n" +
			"form:\n\n" + formats.String() + "\nWhat a form cannot say is listed on standard error. Code describes one organization:\n" +
			"--organization names it, if there are several. Nothing is changed.",
		Example: "  accord export --format terraform --out main.tf\n" +
			"  accord export --format svg --organization o-exampleorgid > organization.svg\n" +
			"  accord export --format cloudformation org.yaml",
		Args: cli.Arguments(cobra.MaximumNArgs(1)),
	}
	client, names := cli.NewClient(c), strings.Join(export.Names(), ", ")
	format := c.Flags().String("format", "", "`FORMAT`: "+names)
	organization := c.Flags().String("organization", "", "only this organization, `ID`")
	out := c.Flags().String("out", "", "write into a `FILE`, which is replaced; standard output without it")
	cli.CompleteWords(c, "format", export.Names()...)
	c.RunE = func(c *cobra.Command, args []string) error {
		if *format == "" {
			return &cli.Misuse{Err: errors.New("--format is required: " + names)}
		}
		as, err := export.Find(*format)
		if err != nil {
			return &cli.Misuse{Err: fmt.Errorf("--format: %w", err)}
		}
		d, err := documents.Read(c.Context(), client, strings.Join(args, ""), ident.OrganizationID(*organization))
		if err != nil {
			return err
		}
		file, err := written(d, as, *organization)
		if err != nil {
			return err
		}
		list(c, file.Notes)
		if *out != "" {
			return cli.WriteFile(*out, file.Text, 0o644)
		}
		_, err = c.OutOrStdout().Write(file.Text)
		return err
	}
	return c
}

// written is a document, or one organization of it, in a format.
func written(d *seed.Document, as export.Format, organization string) (*export.File, error) {
	if organization != "" {
		one, err := export.Only(d, organization)
		if err != nil {
			return nil, &cli.Misuse{Err: fmt.Errorf("--organization: %w", err)}
		}
		d = one
	}
	file, err := as.Write(d)
	var invalid *export.Error
	if errors.As(err, &invalid) {
		return nil, &cli.Misuse{Err: err}
	}
	return file, err
}

// mostNotes bounds how many notes are listed.
const mostNotes = 20

// list lists what was left out.
func list(c *cobra.Command, notes []string) {
	for i, note := range notes {
		if i == mostNotes {
			fmt.Fprintf(c.ErrOrStderr(), "# left out: %d more\n", len(notes)-i)
			return
		}
		fmt.Fprintln(c.ErrOrStderr(), "# left out:", cli.QuoteUnprintable(note))
	}
}
