package conformance

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"accord/test/evidence"
	"accord/test/facts"
	"accord/test/require"
)

var update = flag.Bool("update", false, "write table.md")

// runner runs the cases of one wire style, on one server after the other, each with
// a copy of the same fixture.
type runner struct {
	*server
	// t is the test of all its cases.
	t       *testing.T
	fixture *fixture
	// every is which of the cases are sent: each nth.
	every int
}

func newRunner(t *testing.T, f *facts.Service, s style) *runner {
	w := build(t, f, s)
	b := &runner{serve(t, f, s, w.store), t, w, 1}
	t.Cleanup(func() { b.close(t) })
	return b
}

// renew continues with an unchanged fixture.
func (b *runner) renew() {
	b.close(b.t)
	b.server = serve(b.t, b.facts, b.style, b.fixture.store)
}

// ended checks the store after a call: only a write that succeeded may have changed
// it.
func (b *runner) ended(operation string, status int) error {
	if !b.changed() {
		return nil
	}
	defer b.renew()
	if status != http.StatusOK || b.facts.Access[operation].Level != "Write" {
		return errChanged
	}
	return nil
}

var errChanged = errors.New("the call changed the store")

// unchanged checks the store after a call that failed.
func (in *server) unchanged(string, int) error {
	if in.changed() {
		return errChanged
	}
	return nil
}

// tally counts the cases that passed.
type caseCounts map[string]map[kind]int

func (c caseCounts) add(operation string, k kind) {
	if c[operation] == nil {
		c[operation] = map[kind]int{}
	}
	c[operation][k]++
}

// styleCounts are those of each wire style.
type styleCounts map[style]caseCounts

// some is which cases are sent in the native style unless everything is: each nth. The
// checks are the same in both styles; what they answer differs.
const some = 6

// TestConformance runs all cases in both wire styles, and compares their numbers
// with table.md. Of the native style, only a long run and those that write the table or
// docs/status.md send all; the others count the rest.
func TestConformance(t *testing.T) {
	require.Full(t)
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	counts, sent := styleCounts{}, 0
	for _, s := range []style{documented, native} {
		counts[s] = caseCounts{}
		t.Run(string(s), func(t *testing.T) {
			b := newRunner(t, f, s)
			if s == native && !*update && os.Getenv(evidence.Variable) == "" {
				b.every = require.Amount(some, some, 1)
			}
			for _, operation := range f.Names() {
				t.Run(operation, func(t *testing.T) { sent += b.operation(t, operation, counts[s]) })
			}
		})
	}
	t.Logf("evidence: %d requests, each answered as the model says; what was refused left the store byte for byte as it was", sent)
	if t.Failed() || len(counts[documented]) < len(f.Operations) || len(counts[native]) < len(f.Operations) {
		return // A case failed, or only some cases were run.
	}
	compare(t, "table.md", table(f, counts))
}

// operation runs the cases of an operation, counts those that did not fail, and returns
// how many requests it has sent.
func (b *runner) operation(t *testing.T, operation string, counts caseCounts) (sent int) {
	m := newMaker(t, b.facts, b.fixture, operation)
	for _, r := range m.requests {
		if err := b.succeeds(operation, r); err != nil {
			t.Errorf("%s %s: %v", success, r.body.bytes(), err)
			continue
		}
		counts.add(operation, success)
		evidence.Note(operation, evidence.Success)
	}
	sent = len(m.requests)
	for n, c := range append(m.all(), b.tokens(t, m)...) {
		if n%b.every != 0 {
			counts.add(operation, c.kind)
			continue
		}
		sent++
		if err := b.run(operation, c); err != nil {
			t.Errorf("%s, %s: %v\nsent by %s: %.300s", c.kind, c.name, err, c.caller, c.raw)
			continue
		}
		counts.add(operation, c.kind)
	}
	return sent
}

// succeeds sends a valid request through the SDK.
func (b *runner) succeeds(operation string, r request) error {
	a, out, err := b.viaSDK(r.caller, operation, r.body)
	if err == nil {
		_, err = b.check(operation, valid, a)
	}
	if err == nil {
		err = understood(a.body, out)
	}
	if after := b.ended(operation, a.status); err == nil {
		err = after
	}
	return err
}

func (b *runner) run(operation string, c testCase) error {
	in, ended := b.server, b.ended
	if c.settings != nil {
		in = serve(b.t, b.facts, b.style, b.fixture.store, c.settings...)
		defer in.close(b.t)
		ended = in.unchanged
	}
	if c.commitError != nil {
		in.commitError.Store(&c.commitError)
	}
	a, err := in.call(c.caller, operation, c.raw)
	in.commitError.Store(nil)
	if err != nil {
		return err
	}
	got, err := in.check(operation, c.want, a)
	if after := ended(operation, a.status); err == nil {
		err = after
	}
	if _, anyCall := protocolErrors[got.Type]; err == nil && got.Type != "" && !anyCall {
		reason := ""
		if got.Reason != nil {
			reason = *got.Reason
		}
		evidence.Note(operation, evidence.Error(got.Type, reason))
	}
	return err
}

// table is the text of table.md.
func table(f *facts.Service, counts map[style]caseCounts) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!-- Written by go generate ./test/conformance; a test compares. -->
# Conformance cases

How many cases of each kind each operation passed, generated from
[model](../../model). Every case was sent over HTTP to a whole server with a small
fixture, in the wire style documented and again in the native one. Every answer had
the content type and a request id of its own. An error was one that the model allows
the operation, with HTTP 400 (413 for size, 500 for failure), with a reason exactly
where the exception has reasons, and the expected one. After each error and each read
the store was byte for byte what it was before.

This table says no more than that: what an operation *does* is tested beside the
code; docs/status.md lists what those tests have shown.

| Kind | What is sent |
|---|---|
`)
	for _, k := range kinds {
		fmt.Fprintf(&b, "| %s | %s |\n", k.kind, k.meaning)
	}
	b.WriteString("\n| Operation |")
	for _, k := range kinds {
		fmt.Fprintf(&b, " %s |", k.kind)
	}
	b.WriteString(" all |\n|---|" + strings.Repeat("--:|", len(kinds)+1) + "\n")
	row := func(name string, number func(kind) int) {
		sum := 0
		fmt.Fprintf(&b, "| %s |", name)
		for _, k := range kinds {
			n := number(k.kind)
			sum += n
			if n == 0 {
				b.WriteString(" – |")
			} else {
				fmt.Fprintf(&b, " %d |", n)
			}
		}
		fmt.Fprintf(&b, " %d |\n", sum)
	}
	for _, name := range f.Names() {
		row(name, func(k kind) int { return counts[documented][name][k] })
	}
	for _, s := range []style{documented, native} {
		row("**all, "+string(s)+"**", func(k kind) int {
			sum := 0
			for _, name := range f.Names() {
				sum += counts[s][name][k]
			}
			return sum
		})
	}
	return b.String()
}

// compare compares a committed file with its expected text.
func compare(t *testing.T, name, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(name)
	if err != nil || string(committed) != text {
		t.Errorf("%s is not up to date (%v): go generate ./test/conformance", name, err)
	}
}

func TestKindsOfCases(t *testing.T) {
	seen := map[kind]bool{}
	for _, k := range kinds {
		if seen[k.kind] || k.meaning == "" {
			t.Errorf("%s is there twice or has no meaning", k.kind)
		}
		seen[k.kind] = true
	}
}
