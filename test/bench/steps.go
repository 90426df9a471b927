//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// step is one call. Its input may need the answer to the step before.
type step struct {
	account, operation string
	input              func(before *connection) string
	// kind tells steps of one operation apart; empty where there is one.
	kind string
}

func (s step) do(c *connection) error { return c.call(s.account, s.operation, s.input(c)) }

// callBy is a step whose input is known before.
func callBy(account, operation, input string) step {
	return step{account: account, operation: operation, input: func(*connection) string { return input }}
}

// byManager is a step of the management account.
func byManager(operation, input string) step { return callBy(manager, operation, input) }

// answering is a step of an account about the object that the step before made; the
// member of the input is its id.
func answering(account, operation, member string) step {
	return step{account: account, operation: operation, input: func(c *connection) string { return fmt.Sprintf(`{%q:%q}`, member, c.text("Id")) }}
}

// ofKind is the step with its kind.
func (s step) ofKind(kind string) step {
	s.kind = " (" + kind + ")"
	return s
}

// object writes an input from names and values.
func object(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `,%q:%q`, pairs[i], pairs[i+1])
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// page is object with a size of the page.
func page(pairs ...string) string {
	return strings.TrimSuffix(object(pairs...), "}") + `,"MaxResults":5}`
}

// operations names the operations of some steps.
func operations(steps []step) string {
	var names []string
	for _, s := range steps {
		if name := s.operation + s.kind; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// inOrder does all steps in each turn.
func inOrder(steps []step) loop {
	return func(c *connection, _ int) (int, error) {
		for _, s := range steps {
			if err := s.do(c); err != nil {
				return 0, err
			}
		}
		return len(steps), nil
	}
}

// inTurn does steps one after the other, each client from another one on.
func inTurn(steps []step) func(client int) loop {
	return func(client int) loop {
		first := client * len(steps) / *clients
		return func(c *connection, turn int) (int, error) { return 1, steps[(first+turn)%len(steps)].do(c) }
	}
}

// onwards does steps one after the other, all clients together, and goes on in the next
// measurement where the one before it ended.
func onwards(steps []step) func(client int) loop {
	var done atomic.Int64
	return func(int) loop {
		return func(c *connection, _ int) (int, error) {
			return 1, steps[int(done.Add(1)-1)%len(steps)].do(c)
		}
	}
}
