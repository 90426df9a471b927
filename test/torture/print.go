package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// begin and end are the lines around the table in a page.
const (
	begin = "<!-- the table of go run ./test/torture -->"
	end   = "<!-- the end of the table -->"
)

// word is the result of an attack in one word or two.
func (r result) word() string {
	switch {
	case !r.test.passed:
		return "FAILED"
	case len(r.test.evidence) == 0:
		return "no evidence"
	case r.control != nil && !r.control.passed:
		return "control FAILED"
	}
	return "held"
}

// The bounds of what a table shows of the evidence: how many lines, and how long each is.
const mostLines, longestLine = 3, 240

// summary is the evidence of a test in one line.
func summary(evidence []string) string {
	shown := make([]string, 0, mostLines+1)
	for i, line := range evidence {
		if i == mostLines {
			shown = append(shown, fmt.Sprintf("and %d more", len(evidence)-mostLines))
			break
		}
		if characters := []rune(line); len(characters) > longestLine {
			line = string(characters[:longestLine]) + "…"
		}
		shown = append(shown, line)
	}
	return strings.Join(shown, "; ")
}

// found is what the control has shown.
func (r result) found() string {
	switch {
	case r.control == nil:
		return inTest
	case len(r.control.evidence) == 0:
		return r.attack.control
	}
	return summary(r.control.evidence)
}

// seconds is the time of both tests. A control of several attacks counts for each.
func (r result) seconds() float64 {
	if r.control == nil {
		return r.test.seconds
	}
	return r.test.seconds + r.control.seconds
}

// printText prints the table for a terminal.
func printText(to io.Writer, chosen []section, results []result) {
	for _, s := range chosen {
		fmt.Fprintf(to, "\n%s\n", s.name)
		for range s.attacks {
			r := results[0]
			results = results[1:]
			name := r.what
			if r.engine != "" {
				name += " (" + r.engine + ")"
			}
			fmt.Fprintf(to, "  %s: %s, %.0f s\n", r.word(), name, r.seconds())
			fmt.Fprintf(to, "      evidence: %s\n", summary(r.test.evidence))
			fmt.Fprintf(to, "      control:  %s\n", r.found())
		}
	}
}

// markdown is the table for a page.
func markdown(chosen []section, results []result) string {
	var b strings.Builder
	cell := func(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
	for _, s := range chosen {
		fmt.Fprintf(&b, "\n### %s\n\n| Attack | Store | Result | Evidence | Control | s |\n|---|---|---|---|---|---|\n", s.name)
		for range s.attacks {
			r := results[0]
			results = results[1:]
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.0f |\n", cell(r.what), r.engine, r.word(),
				cell(summary(r.test.evidence)), cell(r.found()), r.seconds())
		}
	}
	return b.String()
}

// writePage puts the table into a page, in place of the one that is there.
func writePage(path string, chosen []section, results []result) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begin+"\n")
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s lacks the lines %q and %q", path, begin, end)
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+markdown(chosen, results)+"\n"+end+after), 0o644)
}
