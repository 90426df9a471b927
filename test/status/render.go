package main

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/quota"
	"accord/test/evidence"
	"accord/test/facts"
)

const head = `<!-- Written by go run ./test/status; a test holds it against the tables of errors. -->
# What the tests have shown

Each mark on this page was noted by a test when the operation answered so, in a
run in which all tests passed. What no test has shown is called *not shown*;
nothing is claimed beyond that. How each operation takes wrong input is counted in
[the table of conformance](../test/conformance/table.md).

* **success**: called with a lawful request over HTTP by the SDK for Go, the answer held strictly against the interface facts.
* **errors**: of the exceptions and reasons that rules of Accord give for this operation, how many were seen.
* **paging**: the smallest pages, one after the other, were the whole list.
* **quotas**: of the quotas that it can meet, how many refused it.
* **concurrency**: sent several times at once, it is answered as if sent one time after another.

A dash says that there is nothing to show.
`

// render writes the page.
func render(shown evidence.Shown) (string, error) {
	f, err := facts.Organizations()
	if err != nil {
		return "", err
	}
	if err := foreseen(f, shown); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("\n| Operation | success | errors | paging | quotas | concurrency |\n|---|:-:|--:|:-:|--:|:-:|\n")
	total, seen := 0, 0
	for _, name := range f.Names() {
		given, _ := refusals(f, name)
		n := len(among(given, shown[name]))
		total, seen = total+len(given), seen+n
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %d of %d | %s | %s | %s |\n", name, strings.ToLower(name),
			mark(shown, name, evidence.Success), n, len(given), paging(f, shown, name), quotas(given, shown[name]),
			concurrency(f, shown, name))
	}
	fmt.Fprintf(&b, "\nOf %d operations and the %d errors that they can answer by a rule, %d errors were seen.\n", len(f.Operations), total, seen)
	for _, name := range f.Names() {
		section(&b, f, shown[name], name)
	}
	return b.String(), nil
}

// foreseen refuses notes that the tables do not know: the tables are wrong then,
// or an operation answered what it must not.
func foreseen(f *facts.Service, shown evidence.Shown) error {
	var wrong []string
	for name, what := range shown {
		if _, known := f.Operations[name]; !known {
			wrong = append(wrong, name+" is no operation")
			continue
		}
		given, others := refusals(f, name)
		for w := range what {
			// What only a fault rule gives can be seen after a failure inside too.
			if _, injected := others[w]; !injected && !given[w] && !slices.Contains([]string{evidence.Success, evidence.Paging, evidence.Concurrency}, w) {
				wrong = append(wrong, name+" answered "+w+", which no table says")
			}
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return fmt.Errorf("documented.go is incomplete, or a rule is wrong:\n%s", strings.Join(wrong, "\n"))
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

// concurrency: reads look at a snapshot and have no rival.
func concurrency(f *facts.Service, shown evidence.Shown, operation string) string {
	if f.Access[operation].Level != "Write" {
		return nothing
	}
	return mark(shown, operation, evidence.Concurrency)
}

// quotas counts the refusals of an operation that a quota gives.
func quotas(given, shown map[string]bool) string {
	numbers := map[string]bool{}
	for _, q := range quota.Quotas() {
		for _, r := range q.Errors {
			// The size of a delegation policy is refused like any text that is too long.
			if r.Exception != "InvalidInputException" {
				numbers[evidence.Refusal(r.Exception, r.Reason)] = true
			}
		}
	}
	met := 0
	all := among(numbers, given)
	for _, refusal := range all {
		if shown[refusal] {
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
	given, others := refusals(f, name)
	var unseen []string
	for _, refusal := range sorted(given) {
		if !shown[refusal] {
			unseen = append(unseen, refusal)
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
		fmt.Fprintf(b, "* Only by a fault rule: %s\n", strings.Join(injected, ", "))
	}
}

// list writes refusals, those of one exception together.
func list(b *strings.Builder, title string, refusals []string) {
	if len(refusals) == 0 {
		return
	}
	var parts []string
	last := ""
	for _, r := range refusals {
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

// cutSuffix takes the member off a native reason, and reports whether there was
// one.
func cutSuffix(reason string) (string, bool) {
	reason, _, general := strings.Cut(reason, ":")
	return reason, general
}
