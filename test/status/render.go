package main

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/quota"
	"accord/test/evidence"
	"accord/test/facts"
)

const head = `<!-- Written by go run ./test/status; a test compares it with the tables of errors. -->
# What the tests have shown

Each mark on this page was recorded by a test when the operation answered so, in a
run in which all tests passed. *Not shown* means that no test has recorded it. The
[table of conformance](../test/conformance/table.md) counts the cases of invalid input.

* **success**: a valid request over HTTP by the SDK for Go succeeded, and the answer matched the model strictly.
* **errors**: how many of the exceptions and reasons that Accord returns for this operation were seen.
* **paging**: the smallest pages, in sequence, were the whole list.
* **quotas**: how many of its quotas were exceeded.
* **concurrency**: sent several times at once, it has the same answers as in sequence.

A dash means that there is nothing to show.
`

// render writes the page.
func render(shown evidence.Shown) (string, error) {
	f, err := facts.Organizations()
	if err != nil {
		return "", err
	}
	if err := checkKnown(f, shown); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("\n| Operation | success | errors | paging | quotas | concurrency |\n|---|:-:|--:|:-:|--:|:-:|\n")
	total, seen := 0, 0
	for _, name := range f.Names() {
		given, _ := errorsOf(f, name)
		n := len(among(given, shown[name]))
		total, seen = total+len(given), seen+n
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %d of %d | %s | %s | %s |\n", name, strings.ToLower(name),
			mark(shown, name, evidence.Success), n, len(given), paging(f, shown, name), quotas(given, shown[name]),
			concurrency(f, shown, name))
	}
	fmt.Fprintf(&b, "\nThe %d operations return %d errors; %d of them were seen.\n", len(f.Operations), total, seen)
	for _, name := range f.Names() {
		section(&b, f, shown[name], name)
	}
	return b.String(), nil
}

// checkKnown rejects records that the tables do not have: the tables are incomplete,
// or an operation returned a wrong error.
func checkKnown(f *facts.Service, shown evidence.Shown) error {
	var wrong []string
	for name, what := range shown {
		if _, known := f.Operations[name]; !known {
			wrong = append(wrong, name+" is not an operation")
			continue
		}
		given, others := errorsOf(f, name)
		for w := range what {
			// An error of injected faults alone can be seen after an internal error too.
			if _, injected := others[w]; !injected && !given[w] && !slices.Contains([]string{evidence.Success, evidence.Paging, evidence.Concurrency}, w) {
				wrong = append(wrong, name+" returned "+w+", which no table has")
			}
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return fmt.Errorf("documented.go is incomplete, or an operation is wrong:\n%s", strings.Join(wrong, "\n"))
	}
	return nil
}

const (
	yes     = "✓"
	no      = "not shown"
	nothing = "–"
)

func mark(shown evidence.Shown, operation, what string) string {
	if shown.Of(operation, what) {
		return yes
	}
	return no
}

// single are the paged operations whose lists never have a second entry.
var single = []string{"ListRoots", "ListParents"}

func paging(f *facts.Service, shown evidence.Shown, operation string) string {
	if f.Operations[operation].Page == "" || slices.Contains(single, operation) {
		return nothing
	}
	return mark(shown, operation, evidence.Paging)
}

// concurrency: reads use a snapshot and have no conflicts.
func concurrency(f *facts.Service, shown evidence.Shown, operation string) string {
	if f.Access[operation].Level != "Write" {
		return nothing
	}
	return mark(shown, operation, evidence.Concurrency)
}

// quotas counts the errors of an operation for quotas.
func quotas(given, shown map[string]bool) string {
	numbers := map[string]bool{}
	for _, q := range quota.Quotas() {
		for _, r := range q.Errors {
			// A delegation policy that is too large has the error of any string that is too long.
			if r.Exception != "InvalidInputException" {
				numbers[evidence.Error(r.Exception, r.Reason)] = true
			}
		}
	}
	met := 0
	all := among(numbers, given)
	for _, e := range all {
		if shown[e] {
			met++
		}
	}
	if len(all) == 0 {
		return nothing
	}
	return fmt.Sprintf("%d of %d", met, len(all))
}

// among lists what is in both sets.
func among(a, b map[string]bool) []string {
	var both []string
	for _, x := range sorted(a) {
		if b[x] {
			both = append(both, x)
		}
	}
	return both
}

// section writes the errors of one operation.
func section(b *strings.Builder, f *facts.Service, shown map[string]bool, name string) {
	given, others := errorsOf(f, name)
	var unseen []string
	for _, e := range sorted(given) {
		if !shown[e] {
			unseen = append(unseen, e)
		}
	}
	fmt.Fprintf(b, "\n### %s\n\n", name)
	list(b, "Shown", among(given, shown))
	list(b, "Not shown", unseen)
	var injected []string
	for _, exception := range f.Operations[name].Errors {
		if why, not := others[exception]; not {
			injected = append(injected, exception+" ("+why+")")
		}
	}
	slices.Sort(injected)
	if len(injected) > 0 {
		fmt.Fprintf(b, "* Only as an injected fault: %s\n", strings.Join(injected, ", "))
	}
}

// list writes errors, those of one exception together.
func list(b *strings.Builder, title string, errors []string) {
	if len(errors) == 0 {
		return
	}
	var parts []string
	last := ""
	for _, r := range errors {
		exception, reason, _ := strings.Cut(r, " ")
		switch {
		case reason != "" && exception == last:
			parts[len(parts)-1] += ", `" + reason + "`"
		case reason != "":
			parts = append(parts, exception+": `"+reason+"`")
		default:
			parts = append(parts, exception)
		}
		last = exception
	}
	fmt.Fprintf(b, "* %s: %s\n", title, strings.Join(parts, "; "))
}
