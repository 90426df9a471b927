// Package imports has the commands that bring an organization here, and that compare two states.
package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/clone"
	"accord/internal/seed"
	"accord/internal/service/importing"
	"accord/internal/service/seeding"
)

// importFlags are the flags of the command.
type importFlags struct {
	client      *cli.Client
	source      sourceFlags
	out         string
	replace     bool
	drift       bool
	printPolicy bool
	output      *string
}

// Command returns the command.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "Bring an organization here: from AWS, from another server or from files",
		Long: "Reads an organization and makes it in the running server: the same IDs, ARNs, order and timestamps; units,\n" +
			"accounts, policies, attachments, tags, delegation, handshakes, transfers. It makes calls that list and\n" +
			"describe, and no others; what the caller may not read is listed. docs/bring-your-organization-home.md says\n" +
			"what leaves the cloud and what does not.\n" +
			"With --drift it changes nothing and says what has changed in the source since: exit status 3 if anything has.",
		Example: "  accord import --print-policy\n" +
			"  accord import --from aws --profile audit --save-json ./organization\n" +
			"  accord import --from-json ./organization --mask --out organization.yaml\n" +
			"  accord import --endpoint http://127.0.0.1:5000\n" +
			"  accord import --from aws --drift",
		Args: cli.Arguments(cobra.NoArgs),
	}
	i := &importFlags{client: cli.NewClient(c)}
	i.source.add(c)
	f := c.Flags()
	f.StringVar(&i.out, "out", "", "write a seed into a `FILE`, - for standard output, instead of the server")
	f.BoolVar(&i.replace, "replace", false, "take the place of the organization, if the server has it already")
	f.BoolVar(&i.drift, "drift", false, "compare the server with the source, and change nothing")
	f.BoolVar(&i.printPolicy, "print-policy", false, "print the least policy that reading needs")
	i.output = outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if i.printPolicy {
			policy, err := clone.Policy()
			if err == nil {
				_, err = c.OutOrStdout().Write(policy)
			}
			return err
		}
		return interruptible(c, func(ctx context.Context) error { return i.run(ctx, c) })
	}
	return c
}

func (i *importFlags) run(ctx context.Context, c *cobra.Command) error {
	if err := checkOutput(*i.output); err != nil {
		return err
	}
	switch {
	case i.drift && (i.out != "" || i.replace):
		return &cli.Misuse{Err: errors.New("--drift changes nothing: it goes with neither --out nor --replace")}
	case i.drift && (i.source.mask || i.source.maskUnits) && i.source.maskKey == "":
		return &cli.Misuse{Err: errors.New("--drift with --mask needs the --mask-key of the import, else every name differs")}
	}
	if i.out != "" && i.out != "-" {
		if _, err := os.Stat(filepath.Dir(i.out)); err != nil {
			return &cli.Misuse{Err: fmt.Errorf("--out: %w", err)}
		}
	}
	if i.out == "" {
		// A server that is not there is known before thousands of calls.
		var info map[string]any
		if err := i.client.Call(ctx, http.MethodGet, "/info", nil, &info); err != nil {
			return err
		}
	}
	d, err := i.source.read(ctx, c)
	switch {
	case err != nil:
		return err
	case i.drift:
		return i.compare(ctx, c, d)
	case i.out != "":
		return i.write(c, d)
	}
	return i.apply(ctx, c, d)
}

// compare prints what has changed since the import.
func (i *importFlags) compare(ctx context.Context, c *cobra.Command, now *seed.Document) error {
	report, err := importing.Drift(ctx, target{i.client}, now)
	if err != nil {
		return err
	}
	return printReport(c.OutOrStdout(), report, *i.output)
}

// write writes a seed.
func (i *importFlags) write(c *cobra.Command, d *seed.Document) error {
	text, err := d.YAML()
	if err != nil {
		return err
	}
	if i.out == "-" {
		_, err = c.OutOrStdout().Write(text)
		return errors.Join(err, writeNotRead(c.ErrOrStderr(), d))
	}
	if err := cli.WriteFile(i.out, text, 0o600); err != nil {
		return err
	}
	return i.summary(c, d, "wrote "+i.out, nil)
}

// apply makes the organization in the server.
func (i *importFlags) apply(ctx context.Context, c *cobra.Command, d *seed.Document) error {
	brought, err := importing.Bring(ctx, target{i.client}, d, i.replace)
	var exists *importing.Exists
	if errors.As(err, &exists) {
		return fmt.Errorf("%w: --replace takes its place, --drift says what has changed, accord reset empties the server", err)
	}
	if err != nil {
		return err
	}
	if !brought.Clock.IsZero() {
		fmt.Fprintf(c.ErrOrStderr(), "the clock of the server was behind the source: set to %s\n", brought.Clock.Format(time.RFC3339))
	}
	return i.summary(c, d, fmt.Sprintf("imported into %s: %d changes", i.client.Shown(), len(brought.Changes)), brought.Skipped)
}

// summary says what was read and done.
func (i *importFlags) summary(c *cobra.Command, d *seed.Document, done string, skipped []seeding.Skipped) error {
	n := clone.Count(d)
	if *i.output == "json" {
		return cli.PrintJSON(c.OutOrStdout(), map[string]any{"organization": d.Organizations[0].ID, "counts": n, "unread": d.Unread, "skipped": skipped})
	}
	w := c.OutOrStdout()
	fmt.Fprintf(w, "read %s: %s\n", d.Organizations[0].ID, n)
	fmt.Fprintln(w, done)
	for _, s := range skipped {
		fmt.Fprintln(w, cli.QuoteUnprintable("skipped: "+s.Path+": "+s.Reason))
	}
	return writeNotRead(w, d)
}

// writeNotRead lists what could not be read.
func writeNotRead(w io.Writer, d *seed.Document) error {
	for _, line := range clone.NotRead(d) {
		if _, err := fmt.Fprintln(w, cli.QuoteUnprintable("not read: "+line)); err != nil {
			return err
		}
	}
	return nil
}
