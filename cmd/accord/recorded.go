package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/files"
)

// eventsFlag names files of recorded calls: a shell that expands a pattern makes words of all
// but the first, which are no values of the flag.
type eventsFlag struct {
	names []string
	// after is how many words of the command line were before the flag.
	after int
}

func (e *eventsFlag) add(c *cobra.Command) {
	f := c.Flags()
	f.Var(orderedFlag{func(value string) error {
		if !e.given() {
			e.after = f.NArg()
		}
		e.names = append(e.names, value)
		return nil
	}, "strings"}, "events", "ask about the calls in `FILES` of CloudTrail records: files, patterns, or folders of them")
}

// given reports whether the flag is there.
func (e *eventsFlag) given() bool { return len(e.names) > 0 }

// files are the files of the flag and of the words after it that no other flag has.
func (e *eventsFlag) files(rest []word) ([]string, error) {
	names := slices.Clone(e.names)
	for _, w := range rest {
		if !e.given() || w.place < e.after {
			return nil, &cli.Misuse{Err: fmt.Errorf("%q belongs to no flag", w.text)}
		}
		names = append(names, w.text)
	}
	var all []string
	for _, name := range names {
		found, err := files.Find(name)
		if err != nil {
			return nil, &cli.Misuse{Err: err}
		}
		all = append(all, found...)
	}
	return all, nil
}

// recorded are the calls in files and in the journal of a server; nil if none was asked for.
func recorded(ctx context.Context, client *cli.Client, names []string, journal bool) iter.Seq2[*cloudtrail.Record, error] {
	if len(names) == 0 && !journal {
		return nil
	}
	return func(yield func(*cloudtrail.Record, error) bool) {
		for record, err := range files.Records(names) {
			if !yield(record, err) || err != nil {
				return
			}
		}
		if journal {
			ofJournal(ctx, client, yield)
		}
	}
}

// ofJournal yields the records of the journal of a server.
func ofJournal(ctx context.Context, client *cli.Client, yield func(*cloudtrail.Record, error) bool) {
	for after := "0"; ; {
		records, next, err := journalPage(ctx, client, url.Values{"limit": {"1000"}, "after": {after}})
		if err != nil {
			yield(nil, err)
			return
		}
		if len(records) == 0 {
			return
		}
		after = next
		var lines []io.Reader
		for _, record := range records {
			lines = append(lines, strings.NewReader(string(record)+"\n"))
		}
		for record, err := range cloudtrail.Read(io.MultiReader(lines...)) {
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}
