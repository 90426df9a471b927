package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/whatif/change"
	"accord/internal/whatif/files"
)

// changeFlags are the flags that name changes, in the order in which they are given.
type changeFlags struct {
	list []change.Change
	// open are the changes that need another word of the command line.
	open         []openChange
	files, plans []string
	// set is what the flags and the files ask for.
	set files.Changes
}

// openChange is a change, by its index, that needs the first word that follows its flag.
type openChange struct{ change, word int }

// word is a word of the command line that is the value of no flag, with its place among them.
type word struct {
	text  string
	place int
}

// orderedFlag is a flag that adds to the changes when it is read.
type orderedFlag struct {
	set  func(value string) error
	kind string
}

func (f orderedFlag) String() string         { return "" }
func (f orderedFlag) Type() string           { return f.kind }
func (f orderedFlag) Set(value string) error { return f.set(value) }

func (w *changeFlags) add(c *cobra.Command) {
	f := c.Flags()
	flag := func(name, usage string, set func(value string) error) {
		f.Var(orderedFlag{set, "string"}, name, usage)
	}
	append1 := func(make func(value string) change.Change) func(string) error {
		return func(value string) error {
			if value == "" {
				return fmt.Errorf("a value is expected")
			}
			w.list = append(w.list, make(value))
			return nil
		}
	}
	with := func(set func(string) error) func(string) error {
		return func(value string) error {
			w.open = append(w.open, openChange{len(w.list), f.NArg()})
			return set(value)
		}
	}
	flag("attach", "attach the policy in a `FILE`, or with an ID, to the --target that follows", append1(func(v string) change.Change { return change.Change{Attach: v} }))
	flag("detach", "detach the `policy` with an ID from the --target that follows", append1(func(v string) change.Change { return change.Change{Detach: v} }))
	flag("target", "root, unit or account, `ID`, of the --attach or --detach before it; repeatable", w.target)
	flag("update", "replace the content of a policy: `ID` FILE", with(append1(func(v string) change.Change { return change.Change{Update: v} })))
	flag("move", "move an account: `ACCOUNT` PARENT", with(append1(func(v string) change.Change { return change.Change{Move: v} })))
	flag("enable", "enable a policy `TYPE`", append1(func(v string) change.Change { return change.Change{Enable: v} }))
	flag("disable", "disable a policy `TYPE`", append1(func(v string) change.Change { return change.Change{Disable: v} }))
	f.StringArrayVar(&w.files, "changes", nil, "changes in a `FILE`, YAML or JSON")
	f.StringArrayVar(&w.plans, "terraform", nil, "changes of a plan, `FILE` with the output of terraform show -json")
}

// target is the target of the change before it.
func (w *changeFlags) target(value string) error {
	if n := len(w.list); n > 0 && (w.list[n-1].Attach != "" || w.list[n-1].Detach != "") {
		w.list[n-1].Target = append(w.list[n-1].Target, value)
		return nil
	}
	return fmt.Errorf("it follows --attach or --detach")
}

// pair gives each change that needs a word of the command line the first one after its flag,
// reads the files of the changes, and returns the other words.
func (w *changeFlags) pair(args []string) ([]word, error) {
	var rest []word
	next := 0
	for _, o := range w.open {
		c := &w.list[o.change]
		what, into := "--update "+c.Update+" is followed by a file", &c.File
		if c.Move != "" {
			what, into = "--move "+c.Move+" is followed by a root or a unit", &c.To
		}
		for ; next < min(o.word, len(args)); next++ {
			rest = append(rest, word{args[next], next})
		}
		if next == len(args) {
			return nil, &cli.Misuse{Err: fmt.Errorf("%s", what)}
		}
		*into = args[next]
		next++
	}
	for ; next < len(args); next++ {
		rest = append(rest, word{args[next], next})
	}
	return rest, w.readFiles()
}

// readFiles reads the files that the flags name.
func (w *changeFlags) readFiles() error {
	set, err := files.ReadChanges(w.list, w.files, w.plans)
	if err != nil {
		return &cli.Misuse{Err: err}
	}
	if len(set.Changes) == 0 && len(w.plans) == 0 {
		return &cli.Misuse{Err: fmt.Errorf("no change is given: --attach, --detach, --update, --move, --enable, --disable, --changes or --terraform")}
	}
	w.set = set
	return nil
}
