package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
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

// records are recorded calls while they are read.
type records struct {
	ctx     context.Context
	client  *cli.Client
	files   []string
	journal bool
}

// all are the records of all files and of the journal; nil if none was asked for.
func (r *records) all() iter.Seq2[*cloudtrail.Record, error] {
	if len(r.files) == 0 && !r.journal {
		return nil
	}
	return func(yield func(*cloudtrail.Record, error) bool) {
		for record, err := range files.Records(r.files) {
			if !yield(record, err) || err != nil {
				return
			}
		}
		if r.journal {
			r.ofJournal(yield)
		}
	}
}

// ofJournal yields the records of the journal of the server.
func (r *records) ofJournal(yield func(*cloudtrail.Record, error) bool) {
	after := "0"
	for {
		var page struct {
			Records []json.RawMessage `json:"records"`
			Next    string            `json:"next"`
		}
		query := url.Values{"limit": {"1000"}, "after": {after}}
		if err := r.client.Call(r.ctx, http.MethodGet, "/journal?"+query.Encode(), nil, &page); err != nil {
			yield(nil, err)
			return
		}
		if len(page.Records) == 0 {
			return
		}
		after = page.Next
		var lines []io.Reader
		for _, record := range page.Records {
			lines = append(lines, strings.NewReader(string(record)+"\n"))
		}
		for record, err := range cloudtrail.Read(io.MultiReader(lines...)) {
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}
