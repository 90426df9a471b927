package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"accord/internal/admin"
	"accord/internal/cli"
	"accord/internal/journal"
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
		Args: cli.Arguments(cobra.ArbitraryArgs),
	}
	client := cli.NewClient(c)
	client.WithJSON(c)
	complete := c.Flags().Bool("complete", false, "fail also if something was not checked, because it is in no file that was given")
	c.RunE = func(c *cobra.Command, files []string) error {
		report, err := verifyFiles(c, client, files)
		if err != nil {
			return err
		}
		if err := client.Show(c, report, func(w io.Writer) error { return writeReport(w, report) }); err != nil {
			return err
		}
		switch {
		case len(report.Problems) > 0:
			return errors.New("the journal is not whole")
		case *complete && !report.Complete():
			return errors.New("the journal is not complete")
		}
		return nil
	}
	return c
}

// verifyFiles verifies files, or those of a running server.
func verifyFiles(c *cobra.Command, client *cli.Client, files []string) (journal.Report, error) {
	if len(files) > 0 && !c.Flags().Changed("admin") {
		return journal.Verify(files, nil)
	}
	// Asked first: what is written from here on is not missed.
	var state admin.JournalState
	if err := client.Call(c.Context(), http.MethodGet, "/journal/state", nil, &state); err != nil {
		return journal.Report{}, err
	}
	known := &journal.Known{DeliveryState: state.DeliveryState}
	if len(files) > 0 {
		return journal.Verify(files, known)
	}
	known.Chain = state.Chain
	return journal.VerifyWritten(state.File, known)
}

func writeReport(w io.Writer, r journal.Report) error {
	for _, list := range []struct {
		mark  string
		lines []string
	}{{"WRONG  ", r.Problems}, {"missing", r.Missing}, {"note   ", r.Notes}} {
		for _, line := range list.lines {
			fmt.Fprintln(w, list.mark, line)
		}
	}
	fmt.Fprintf(w, "%d lines in %d chains, records %d to %d, %d of them repeated: %d problems\n",
		r.Records, r.Chains, r.First, r.Last, r.Repeated, len(r.Problems))
	_, err := fmt.Fprintln(w, completeness(r))
	return err
}

// completeness says what was not checked.
func completeness(r journal.Report) string {
	text := "complete: nothing is missing"
	if !r.Complete() {
		text = fmt.Sprintf("not complete: %d problems, %d parts not checked because their files were not given", len(r.Problems), len(r.Missing))
	}
	if r.Compared {
		return text + "; compared with the store"
	}
	return text + "; not compared with the store, so that an end that is missing is not found"
}
