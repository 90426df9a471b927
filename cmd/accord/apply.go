package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/app"
	"accord/internal/cli"
	"accord/internal/seed"
	"accord/internal/service/seeding"
)

func applyCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "apply FILE", Short: "Make the accounts and organizations that a file describes",
		Long: "Makes what a seed describes, a file in YAML or JSON, on a running server: what is missing is added, what\n" +
			"differs is changed, by the operations that any client calls. What is so already stays as it is, so that a\n" +
			"second time changes nothing. --prune takes away what is not in the file; accounts are removed from their\n" +
			"organization, and are not closed. After an error nothing has changed. docs/start-from-a-state.md has the form.\n" +
			"Exit status 2: the file is not valid, or cannot be applied; its line is named.",
		Example: "  accord apply org.yaml\n  accord apply org.yaml --dry-run\n  accord apply org.yaml --prune",
		Args:    cli.Arguments(cobra.ExactArgs(1)), ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	client := cli.NewClient(c)
	client.WithJSON(c)
	dry := c.Flags().Bool("dry-run", false, "show what would be done, and change nothing")
	prune := c.Flags().Bool("prune", false, "take away what the organizations have and the file has not")
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := app.ReadSeed(args[0])
		if err != nil {
			return &cli.Misuse{Err: err}
		}
		query := url.Values{}
		for name, set := range map[string]bool{"dry-run": *dry, "prune": *prune} {
			if set {
				query.Set(name, "true")
			}
		}
		var report seeding.Report
		if err := client.Call(c.Context(), http.MethodPost, "/seed?"+query.Encode(), &f.Document, &report); err != nil {
			return inFile(f, err)
		}
		return client.Show(c, report, func(w io.Writer) error { return printReport(w, f.Name, &report) })
	}
	return c
}

// inFile gives an error of the server, which names a path of the document, the line of the
// file.
func inFile(f *seed.File, err error) error {
	var refused *cli.Misuse
	path, reason, named := strings.Cut(err.Error(), ": ")
	if !errors.As(err, &refused) || !named || !f.Has(path) {
		return err
	}
	return &cli.Misuse{Err: fmt.Errorf("%s\nnothing was changed", f.At(path, reason))}
}

// signs are those of the actions in the text of a report.
var signs = map[seeding.Action]string{seeding.Add: "+", seeding.Modify: "~", seeding.Remove: "-"}

// maxChanges bounds the lines of a report that was carried out; a dry run shows all.
const maxChanges = 100

func printReport(w io.Writer, file string, r *seeding.Report) error {
	var text strings.Builder
	counts := map[seeding.Action]int{}
	for i, c := range r.Changes {
		counts[c.Action]++
		if i >= maxChanges && !r.DryRun {
			continue
		}
		fmt.Fprintf(&text, "%s %s %s", signs[c.Action], c.Kind, cli.QuoteUnprintable(c.Name))
		if c.ID != "" && c.ID != c.Name {
			fmt.Fprintf(&text, " (%s)", c.ID)
		}
		if c.Detail != "" {
			fmt.Fprintf(&text, ": %s", cli.QuoteUnprintable(strings.TrimSpace(c.Detail)))
		}
		text.WriteByte('\n')
	}
	if hidden := len(r.Changes) - maxChanges; hidden > 0 && !r.DryRun {
		fmt.Fprintf(&text, "… and %d more; --json has all\n", hidden)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&text, "! skipped %s: %s\n", s.Path, cli.QuoteUnprintable(s.Reason))
	}
	switch {
	case len(r.Changes) == 0:
		fmt.Fprintf(&text, "Nothing to change: everything is as %s says.\n", file)
	case r.DryRun:
		fmt.Fprintf(&text, "Would add %d, change %d and remove %d. Nothing was changed.\n", counts[seeding.Add], counts[seeding.Modify], counts[seeding.Remove])
	default:
		fmt.Fprintf(&text, "Added %d, changed %d, removed %d.\n", counts[seeding.Add], counts[seeding.Modify], counts[seeding.Remove])
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func seedCommand() *cobra.Command {
	c := &cobra.Command{Use: "seed", Short: "Check seeds, and show their JSON schema"}
	schema := &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of seeds, for editors", Args: cli.Arguments(cobra.NoArgs),
		Example: "  accord seed schema > seed.schema.json",
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := seed.Schema()
			if err == nil {
				_, err = c.OutOrStdout().Write(text)
			}
			return err
		},
	}
	check := &cobra.Command{
		Use: "check FILE…", Short: "Check seeds without a server", Args: cli.Arguments(cobra.MinimumNArgs(1)),
		Long:    "Checks the form of seeds and what they name. Only applying them shows what the service refuses:\naccord apply FILE --dry-run.",
		Example: "  accord seed check org.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			var errs []error
			for _, file := range args {
				if _, err := app.ReadSeed(file); err != nil {
					errs = append(errs, err)
					continue
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: valid\n", file)
			}
			if len(errs) > 0 {
				return &cli.Misuse{Err: errors.Join(errs...)}
			}
			return nil
		},
	}
	return group(c, check, schema)
}
