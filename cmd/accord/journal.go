package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"accord/internal/admin"
	"accord/internal/journal"
	"accord/internal/store"
)

func journalCommand() *cobra.Command {
	return group(&cobra.Command{Use: "journal", Short: "Verify the journal of a server"}, verifyCommand())
}

func verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "verify [FILE...]", Short: "Find records that are missing, changed, inserted or moved in files of a journal",
		Long: "Verifies files of a journal, in any order: that no record is missing, changed, inserted or moved.\n" +
			"Without files it verifies those of a running server, which have to be on this machine, and compares\n" +
			"them with what the store of the server knows; files are compared only with --admin. The files of all\n" +
			"servers of a store belong together. Exit status 1: something is wrong.",
		Example: "  accord journal verify\n  accord journal verify journal.ndjson journal.ndjson.*\n" +
			"  accord journal verify --admin http://127.0.0.1:8017 a/journal.ndjson b/journal.ndjson",
		Args: arguments(cobra.ArbitraryArgs),
	}
	client := newAdminClient(c)
	c.RunE = func(c *cobra.Command, files []string) error {
		var known *store.DeliveryState
		if len(files) == 0 || c.Flags().Changed("admin") {
			// Asked first: what is written from here on is not missed.
			var state admin.JournalState
			if err := client.call(c.Context(), http.MethodGet, "/journal/state", nil, &state); err != nil {
				return err
			}
			known = &state.DeliveryState
			if len(files) == 0 {
				var err error
				if files, err = journal.Files(state.File); err != nil {
					return err
				}
			}
		}
		report, err := journal.Verify(files, known)
		if err != nil {
			return err
		}
		if err := client.show(c, report, func(w io.Writer) error { return writeReport(w, report) }); err != nil {
			return err
		}
		if len(report.Problems) > 0 {
			return errors.New("the journal is not whole")
		}
		return nil
	}
	return c
}

func writeReport(w io.Writer, r journal.Report) error {
	for _, p := range r.Problems {
		fmt.Fprintln(w, "WRONG ", p)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "note  ", n)
	}
	_, err := fmt.Fprintf(w, "%d lines in %d chains, records %d to %d, %d of them repeated: %d problems\n",
		r.Records, r.Chains, r.First, r.Last, r.Repeated, len(r.Problems))
	return err
}
