package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"accord/internal/whatif/cloudtrail"
)

// recordFiles are the files of recorded calls: those of the flag, whose patterns are expanded, and
// the other words of the command line.
func recordFiles(events, rest []string, changes *changeFlags) ([]string, error) {
	if len(rest) > 0 && len(events) == 0 {
		return nil, &misuse{fmt.Errorf("%q belongs to no flag", rest[0])}
	}
	if len(rest) > 0 && len(changes.open) > 0 {
		return nil, &misuse{fmt.Errorf("with --update or --move, write the files of --events as one pattern in quotes, or --events for each")}
	}
	var files []string
	for _, pattern := range append(events, rest...) {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			found = []string{pattern}
		}
		files = append(files, found...)
	}
	return files, nil
}

// records are recorded calls while they are read.
type records struct {
	ctx     context.Context
	client  *adminClient
	files   []string
	journal bool
}

// all are the records of all files and of the journal; nil if none was asked for.
func (r *records) all() iter.Seq2[*cloudtrail.Record, error] {
	if len(r.files) == 0 && !r.journal {
		return nil
	}
	return func(yield func(*cloudtrail.Record, error) bool) {
		for _, name := range r.files {
			if !readFile(name, yield) {
				return
			}
		}
		if r.journal {
			r.ofJournal(yield)
		}
	}
}

// readFile yields the records of a file, and reports whether more are wanted.
func readFile(name string, yield func(*cloudtrail.Record, error) bool) bool {
	file, err := os.Open(name)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer func() { _ = file.Close() }()
	for record, err := range cloudtrail.Read(file) {
		if err != nil {
			yield(nil, fmt.Errorf("%s: %w", name, err))
			return false
		}
		if !yield(record, nil) {
			return false
		}
	}
	return true
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
		if err := r.client.call(r.ctx, http.MethodGet, "/journal?"+query.Encode(), nil, &page); err != nil {
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
