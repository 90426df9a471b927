// Package compare finds the difference of two documents: what was added, removed, changed
// and moved. Things are matched by their IDs, and by names where one side has no ID.
//
// What one side does not know is no difference: an instant or an ID that only one states, and
// what Unread says could not be read.
package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// What happened to a thing from the first document to the second.
type What string

const (
	Added   What = "added"
	Removed What = "removed"
	Changed What = "changed"
	Moved   What = "moved"
)

// Change is one difference.
type Change struct {
	What What `json:"what"`
	// Kind is the kind of the thing: account, unit, policy, attachment …
	Kind string `json:"kind"`
	// ID is the ID of the thing, if one side has it.
	ID string `json:"id,omitempty"`
	// Name is what a person calls it: the path of a unit, the name of an account.
	Name string `json:"name"`
	// Field is what changed. A thing that was added or removed has its fields in After or
	// Before.
	Field  string `json:"field,omitempty"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}

// Report is the difference of two documents.
type Report struct {
	Changes []Change `json:"changes"`
	// Counts are the numbers of changes.
	Counts map[What]int `json:"counts"`
	// NotCompared says what one side does not know, and why.
	NotCompared []string `json:"notCompared,omitempty"`
}

// Table writes a report as a table. Each text of the documents passes through quote, which
// makes it safe for a terminal.
func (r *Report) Table(w io.Writer, quote func(string) string) error {
	if len(r.Changes) == 0 {
		fmt.Fprintln(w, "No differences.")
	} else {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "WHAT\tKIND\tID\tNAME\tFIELD\tBEFORE\tAFTER")
		for _, c := range r.Changes {
			before, after := shown(c.Before), shown(c.After)
			if c.Field == "" {
				before, after = "", ""
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.What, c.Kind, dash(quote(c.ID)), dash(quote(c.Name)), dash(quote(c.Field)), dash(quote(before)), dash(quote(after)))
		}
		if err := table.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(w, "%d added, %d removed, %d changed, %d moved\n", r.Counts[Added], r.Counts[Removed], r.Counts[Changed], r.Counts[Moved])
	}
	for _, n := range r.NotCompared {
		fmt.Fprintln(w, "not compared:", quote(n))
	}
	return nil
}

// shownWidth is how much of a value a table shows.
const shownWidth = 40

// shown is a value in a table: on one line, and short.
func shown(v any) string {
	text, is := v.(string)
	if !is {
		if v == nil {
			return ""
		}
		written, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = string(written)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > shownWidth {
		return string(runes[:shownWidth-1]) + "…"
	}
	return text
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
