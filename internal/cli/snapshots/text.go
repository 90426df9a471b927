package snapshots

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/service/snapshots"
	"accord/internal/snapshot"
)

// describe describes a snapshot in a line.
func describe(h snapshot.Header) string {
	text := fmt.Sprintf("the state of %s (%s clock), %d accounts, %d organizations", h.At.Format(time.RFC3339), h.Clock, h.Rows["accounts"], h.Rows["organizations"])
	switch {
	case !h.Secrets:
		text += ", without secrets"
	case len(h.SecretKeys) > 0:
		text += ", access keys encrypted with the secret key " + strings.Join(h.SecretKeys, ", ")
	}
	return text
}

// writeHeader writes what is in a snapshot.
func writeHeader(w io.Writer, h snapshot.Header) error {
	fmt.Fprintf(w, "%s\nby accord %s, schema %d\n", describe(h), cli.QuoteUnsafe(h.Program), h.Schema)
	for _, table := range slices.Sorted(maps.Keys(h.Rows)) {
		if _, err := fmt.Fprintf(w, "%8d %s\n", h.Rows[table], cli.QuoteUnsafe(table)); err != nil {
			return err
		}
	}
	return nil
}

// kept are the snapshots that a server keeps.
func kept(ctx context.Context, admin *cli.Client) ([]snapshots.Entry, error) {
	var answer struct {
		Snapshots []snapshots.Entry `json:"snapshots"`
	}
	err := admin.Call(ctx, http.MethodGet, "/snapshots", nil, &answer)
	return answer.Snapshots, err
}

// completionTimeout bounds how long the shell waits for the names of a server.
const completionTimeout = time.Second

// names lets the shell complete the names of snapshots; so many at most, 0 for any
// number.
func names(admin *cli.Client, most int) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(c.Context(), completionTimeout)
		defer cancel()
		entries, err := kept(ctx, admin)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []cobra.Completion
		for _, e := range entries {
			if !slices.Contains(args, e.Name) {
				found = append(found, e.Name)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// Complete lets the shell complete the value of a flag with the names of snapshots.
func Complete(c *cobra.Command, admin *cli.Client, flag string) {
	if err := c.RegisterFlagCompletionFunc(flag, names(admin, 1)); err != nil {
		panic("accord: " + err.Error())
	}
}
