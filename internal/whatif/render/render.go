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
	"unicode/utf8"

	"accord/internal/whatif"
	"accord/internal/whatif/cloudtrail"
)

// becomes is what a row becomes, and of how many recorded calls.
func becomes(r *whatif.Row) string {
	text := string(r.After)
	switch r.Calls {
	case 0:
	case 1:
		text += " (1 call)"
	default:
		text += fmt.Sprintf(" (%d calls)", r.Calls)
	}
	return text
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
			fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\t%s\n", row.Account, clean(row.Name), becomes(row), clean(principals(row)), clean(actions(row)), clean(why(row)))
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

const (
	// mostCharacters bounds a comment. [GitHub: comments]
	mostCharacters = 65_536
	// ofLists are those of the changes and of the notes each, which are not to be left out.
	ofLists = 8_192
	// ofCounts are those that say how much was left out.
	ofCounts = 512
)

// markdown is a comment while it is written. Parts that do not fit are left out and counted.
type markdown struct {
	strings.Builder
	left int // characters
	out  int // parts
}

// part adds a part if it fits.
func (m *markdown) part(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if n := utf8.RuneCountInString(text); n <= m.left && m.out == 0 {
		m.left -= n
		m.WriteString(text)
		return
	}
	m.out++
}

// ended says how many parts were left out since the last time.
func (m *markdown) ended(what string) {
	if m.out > 0 {
		fmt.Fprintf(m, "\n%d more %s are in the report as JSON.\n", m.out, what)
	}
	m.out = 0
}

// list is a list of so many characters at most.
func list(items []string, what string) string {
	m := &markdown{left: ofLists}
	for _, item := range items {
		m.part("- %s\n", cell(item))
	}
	m.ended(what)
	return m.String()
}

// Markdown writes a report for a comment. What does not fit is left out.
func Markdown(w io.Writer, r *whatif.Report) error {
	m := &markdown{left: mostCharacters - 2*ofLists - ofCounts}
	m.part("### What this change would do\n\n**%s**\n\n", Summary(r))
	m.WriteString(list(r.Changes, "changes"))
	if len(r.Rows) > 0 {
		m.part("\n| Account | Becomes | Principals | Actions | By |\n|---|---|---|---|---|\n")
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		m.part("| %s %s | %s | %s | %s | %s |\n", row.Account, cell(row.Name), becomes(row), cell(principals(row)), cell(actions(row)), cell(why(row)))
	}
	m.ended("rows")
	for i := range r.Effective {
		e := &r.Effective[i]
		var errors string
		for _, text := range e.Errors {
			errors += fmt.Sprintf("- invalid: %s\n", cell(text))
		}
		m.part("\n<details><summary>effective %s of %s</summary>\n\n%s\n~~~diff\n%s~~~\n\n</details>\n", e.Type, cell(accounts(e)), errors, e.Diff)
	}
	m.ended("effective policies")
	if found := list(notes(r), "notes"); found != "" {
		m.WriteString("\n" + found)
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// cell is a text in a table of Markdown: without what Markdown or HTML would read.
func cell(text string) string { return plain.Replace(text) }

var plain = strings.NewReplacer("\n", " ", "\r", " ", "&", "&amp;", "<", "&lt;", `\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "~", `\~`)
