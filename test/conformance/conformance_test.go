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
)

var update = flag.Bool("update", false, "write table.md anew")

// bench is where the cases of one wire style are run: one installation after the
// other, each on a copy of the same world.
type bench struct {
	*installed
	// t is the test of all its cases.
	t     *testing.T
	world *world
}

func newBench(t *testing.T, f *facts.Service, s style) *bench {
	w := build(t, f, s)
	b := &bench{install(t, f, s, w.store), t, w}
	t.Cleanup(func() { b.close(t) })
	return b
}

// renew goes on with an untouched world.
func (b *bench) renew() {
	b.close(b.t)
	b.installed = install(b.t, b.facts, b.style, b.world.store)
}

// ended looks at the store after a call: only a call that succeeded and is not a
// read may have changed it.
func (b *bench) ended(operation string, status int) error {
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

// unchanged looks at the store after a call that was refused.
func (in *installed) unchanged(string, int) error {
	if in.changed() {
		return errChanged
	}
	return nil
}

// tally counts the cases that passed.
type tally map[string]map[kind]int

func (c tally) add(operation string, k kind) {
	if c[operation] == nil {
		c[operation] = map[kind]int{}
	}
	c[operation][k]++
}

// TestConformance runs all cases in both wire styles, and compares their numbers
// with table.md.
func TestConformance(t *testing.T) {
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[style]tally{}
	for _, s := range []style{documented, native} {
		counts[s] = tally{}
		t.Run(string(s), func(t *testing.T) {
			b := newBench(t, f, s)
			for _, operation := range f.Names() {
				t.Run(operation, func(t *testing.T) { b.operation(t, operation, counts[s]) })
			}
		})
	}
	if t.Failed() || len(counts[documented]) < len(f.Operations) || len(counts[native]) < len(f.Operations) {
		return // Something is wrong already, or only some cases were asked for.
	}
	compare(t, "table.md", table(f, counts))
}

func (b *bench) operation(t *testing.T, operation string, counts tally) {
	m := newMaker(t, b.facts, b.world, operation)
	for _, r := range m.requests {
		if err := b.succeeds(operation, r); err != nil {
			t.Errorf("%s %s: %v", success, r.body.bytes(), err)
			continue
		}
		counts.add(operation, success)
		evidence.Note(operation, evidence.Success)
	}
	for _, c := range append(m.all(), b.tokens(t, m)...) {
		if err := b.run(operation, c); err != nil {
			t.Errorf("%s, %s: %v\nsent by %s: %.300s", c.kind, c.name, err, c.caller, c.raw)
			continue
		}
		counts.add(operation, c.kind)
	}
}

// succeeds sends a lawful request through the SDK.
func (b *bench) succeeds(operation string, r request) error {
	a, out, err := b.viaSDK(r.caller, operation, r.body)
	if err == nil {
		_, err = b.judge(operation, lawful, a)
	}
	if err == nil {
		err = understood(a.body, out)
	}
	if after := b.ended(operation, a.status); err == nil {
		err = after
	}
	return err
}

func (b *bench) run(operation string, c sample) error {
	in, ended := b.installed, b.ended
	if c.settings != nil {
		in = install(b.t, b.facts, b.style, b.world.store, c.settings...)
		defer in.close(b.t)
		ended = in.unchanged
	}
	if c.spoil != nil {
		in.spoil.Store(&c.spoil)
	}
	a, err := in.call(c.caller, operation, c.raw)
	in.spoil.Store(nil)
	if err != nil {
		return err
	}
	got, err := in.judge(operation, c.want, a)
	if after := ended(operation, a.status); err == nil {
		err = after
	}
	if _, anyCall := protocolErrors[got.Type]; err == nil && got.Type != "" && !anyCall {
		reason := ""
		if got.Reason != nil {
			reason = *got.Reason
		}
		evidence.Note(operation, evidence.Refusal(got.Type, reason))
	}
	return err
}

// table writes how many cases there were.
func table(f *facts.Service, counts map[style]tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!-- Written by go generate ./test/conformance; a test compares. -->
# Conformance cases

How many cases of each kind each operation passed, made from the facts in
[model](../../model). Every case was sent over HTTP to a whole installation that
holds a small world, in the wire style documented and again in the native one.
Every answer had the content type and a request id of its own. A refusal was one
that the facts allow the operation, with HTTP 400 (413 for size, 500 for failure), with a reason
exactly where the exception has reasons, and the one that the facts foresee. After
each refusal and each read the store was byte for byte what it was before.

This table says no more than that: what an operation *does* is held by the tests
beside the code; docs/status.md lists what they have shown.

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

// compare holds a committed file against what it should be.
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
		t.Errorf("%s is not what the cases give (%v): go generate ./test/conformance", name, err)
	}
}

func TestKindsOfCases(t *testing.T) {
	seen := map[kind]bool{}
	for _, k := range kinds {
		if seen[k.kind] || k.meaning == "" {
			t.Errorf("%s stands twice or means nothing", k.kind)
		}
		seen[k.kind] = true
	}
}
