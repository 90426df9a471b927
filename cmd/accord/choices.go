package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/spelling"
)

// choice is one value of a flag, by the name that the command line gives it.
type choice[T any] struct {
	name  string
	means T
}

// chosen is a flag whose value is one of a table of choices: help, completion and errors
// name those of the table, in its order.
type chosen[T any] struct {
	choice[T]
	table []choice[T]
}

// addChoice adds a flag to a command. The first choice is its default, and % in the usage
// stands for the names.
func addChoice[T any](c *cobra.Command, flag, usage string, table []choice[T]) *chosen[T] {
	v := &chosen[T]{table[0], table}
	c.Flags().Var(v, flag, strings.Replace(usage, "%", enumerate(v.names(), "or"), 1))
	cli.CompleteWords(c, flag, v.names()...)
	return v
}

// enumerate is a list of names in words.
func enumerate(names []string, last string) string {
	n := len(names) - 1
	return strings.Join(names[:n], ", ") + " " + last + " " + names[n]
}

func (v *chosen[T]) names() []string {
	var names []string
	for _, c := range v.table {
		names = append(names, c.name)
	}
	return names
}

func (v *chosen[T]) String() string { return v.name }
func (v *chosen[T]) Type() string   { return "string" }

// Set chooses by a name.
func (v *chosen[T]) Set(name string) error {
	for _, c := range v.table {
		if c.name == name {
			v.choice = c
			return nil
		}
	}
	return fmt.Errorf("it is none of %s%s", enumerate(v.names(), "and"), spelling.Suggest(name, v.names()))
}
