// Package render writes reports of package whatif: as a table for a terminal, as Markdown for
// a comment on a pull request, and as SARIF for tools that show findings in code.
package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"accord/internal/whatif"
	"accord/internal/whatif/cloudtrail"
)

// words are the changes of verdicts in words.
func words(r *whatif.Row) string {
	switch r.After {
	case whatif.Denied:
		return "denied"
	case whatif.Allowed:
		return "allowed"
	}
	return "depends"
}

// shown is how many actions or principals a line has.
const shown = 3

// some is the beginning of a list, and how many more there are.
func some(list []string) string {
	if len(list) <= shown+1 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}

// actions are the actions of a row, as far as they fit a line.
func actions(r *whatif.Row) string {
	var names []string
	for _, a := range r.Actions {
		name := a.Action
		for _, more := range []string{a.Resource, a.Region} {
			if more != "" {
				name += " " + more
			}
		}
		names = append(names, name)
	}
	return some(names)
}

// principals are the principals of a row, without what the account says.
func principals(r *whatif.Row) string {
	var names []string
	for _, p := range r.Principals {
		if i := strings.LastIndexByte(p, ':'); i >= 0 && strings.HasPrefix(p, "arn:") {
			p = p[i+1:]
		}
		names = append(names, p)
	}
	if r.Administrator {
		return "administrator (" + strings.Join(names, ", ") + ")"
	}
	return some(names)
}

// why is the statement of a row, with the keys on which it depends.
func why(r *whatif.Row) string {
	text := r.Statement.Text()
	if len(r.Keys) > 0 {
		text += ", depends on " + strings.Join(r.Keys, ", ")
	}
	return text
}

// Table writes a report for a terminal. The texts in it are printed as they are where clean returns them.
func Table(w io.Writer, r *whatif.Report, clean func(string) string) error {
	for _, c := range r.Changes {
		fmt.Fprintln(w, "change:", clean(c))
	}
	if len(r.Rows) > 0 {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ACCOUNT\tBECOMES\tPRINCIPALS\tACTIONS\tBY")
		for i := range r.Rows {
			row := &r.Rows[i]
			becomes := words(row)
			if row.Calls > 0 {
				becomes = fmt.Sprintf("%s (%d calls)", becomes, row.Calls)
			}
			fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\t%s\n", row.Account, clean(row.Name), becomes, clean(principals(row)), clean(actions(row)), clean(why(row)))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	for i := range r.Effective {
		e := &r.Effective[i]
		fmt.Fprintf(w, "effective %s of %s:\n", e.Type, accounts(e))
		for _, text := range e.Errors {
			fmt.Fprintln(w, "  invalid:", clean(text))
		}
		for line := range strings.Lines(e.Diff) {
			fmt.Fprintln(w, " ", clean(strings.TrimSuffix(line, "\n")))
		}
	}
	for _, line := range notes(r) {
		fmt.Fprintln(w, clean(line))
	}
	_, err := fmt.Fprintln(w, Summary(r))
	return err
}

func accounts(e *whatif.Effective) string {
	var ids []string
	for _, id := range e.Accounts {
		ids = append(ids, string(id))
	}
	return some(ids)
}

// notes are what was not looked at, and what was made of recorded calls.
func notes(r *whatif.Report) []string {
	var all []string
	if c := r.Calls; c != nil {
		all = append(all, fmt.Sprintf("records: %d read, %d asked again, %d denied already (%d by a service control policy), %d failed otherwise, %d of principals that no service control policy of the organization binds",
			c.Records, c.Asked, c.Refused, c.BySCP, c.Failed, c.Outside))
		for _, reason := range slices.Sorted(maps.Keys(c.Skipped)) {
			all = append(all, fmt.Sprintf("not asked: %d, %s", c.Skipped[reason], reason))
			if reason == cloudtrail.Unmapped {
				all = append(all, "unmapped: "+some(slices.Sorted(maps.Keys(c.Unmapped))))
			}
		}
		all = append(all, "trails leave out data events, such as reads of objects in S3, unless they are asked for them: what is not recorded proves nothing")
	}
	for _, n := range r.Notes {
		all = append(all, "note: "+n)
	}
	return all
}

// Summary is the result of a report in one line.
func Summary(r *whatif.Report) string {
	s := &r.Summary
	if s.Denied+s.Allowed+s.Depends+len(r.Effective) == 0 {
		return fmt.Sprintf("nothing changes: %d accounts, %d principals, %d questions", s.Accounts, s.Principals, s.Questions)
	}
	text := fmt.Sprintf("%d would be denied, %d would be allowed, %d depend on what is not known", s.Denied, s.Allowed, s.Depends)
	if len(r.Effective) > 0 {
		n := 0
		for i := range r.Effective {
			n += len(r.Effective[i].Accounts)
		}
		text += fmt.Sprintf("; %d effective policies change, %d become invalid", n, s.Invalid)
	}
	return text + fmt.Sprintf(" (%d accounts, %d principals, %d questions)", s.Accounts, s.Principals, s.Questions)
}

// mostRows bounds the rows of a table in Markdown: a comment has at most 65,536 characters.
// [GitHub: comments]
const mostRows = 100

// Markdown writes a report for a comment.
func Markdown(w io.Writer, r *whatif.Report) error {
	fmt.Fprintf(w, "### What this change would do\n\n**%s**\n\n", Summary(r))
	for _, c := range r.Changes {
		fmt.Fprintf(w, "- %s\n", cell(c))
	}
	if len(r.Rows) > 0 {
		fmt.Fprint(w, "\n| Account | Becomes | Principals | Actions | By |\n|---|---|---|---|---|\n")
		for i := range r.Rows[:min(len(r.Rows), mostRows)] {
			row := &r.Rows[i]
			fmt.Fprintf(w, "| %s %s | %s | %s | %s | %s |\n", row.Account, cell(row.Name), words(row), cell(principals(row)), cell(actions(row)), cell(why(row)))
		}
		if more := len(r.Rows) - mostRows; more > 0 {
			fmt.Fprintf(w, "\n%d more rows are in the report as JSON.\n", more)
		}
	}
	for i := range r.Effective[:min(len(r.Effective), mostRows)] {
		e := &r.Effective[i]
		fmt.Fprintf(w, "\n<details><summary>effective %s of %s</summary>\n\n", e.Type, cell(accounts(e)))
		for _, text := range e.Errors {
			fmt.Fprintf(w, "- invalid: %s\n", cell(text))
		}
		fmt.Fprintf(w, "\n~~~diff\n%s~~~\n\n</details>\n", e.Diff)
	}
	for i, line := range notes(r) {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "- %s\n", cell(line))
	}
	return nil
}

// cell is a text in a table of Markdown: without what Markdown or HTML would read.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`).Replace(text)
}
