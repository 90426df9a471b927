package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/whatif/change"
)

// changeFlags are the flags that name changes, in the order in which they are given.
type changeFlags struct {
	list []change.Change
	// open are the changes, by their indices, that need another word of the command line.
	open []int
	// ignored are what a plan changes and that is not tried.
	ignored []string
	files   []string
	plans   []string
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
			w.open = append(w.open, len(w.list))
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

// pair gives the words of the command line to the changes that need one, reads the files
// of the changes, and returns the other words.
func (w *changeFlags) pair(args []string) ([]string, error) {
	for _, i := range w.open {
		what := "--update " + w.list[i].Update + " is followed by a file"
		if w.list[i].Move != "" {
			what = "--move " + w.list[i].Move + " is followed by a root or a unit"
		}
		if len(args) == 0 {
			return nil, &misuse{fmt.Errorf("%s", what)}
		}
		if w.list[i].Move != "" {
			w.list[i].To = args[0]
		} else {
			w.list[i].File = args[0]
		}
		args = args[1:]
	}
	if err := readDocuments(w.list, "."); err != nil {
		return nil, err
	}
	for _, name := range w.files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, &misuse{err}
		}
		changes, err := change.Parse(text)
		if err != nil {
			return nil, &misuse{fmt.Errorf("%s: %w", name, err)}
		}
		if err := readDocuments(changes, filepath.Dir(name)); err != nil {
			return nil, err
		}
		w.list = append(w.list, changes...)
	}
	for _, name := range w.plans {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, &misuse{err}
		}
		plan, err := change.ParsePlan(text)
		if err != nil {
			return nil, &misuse{fmt.Errorf("%s: %w", name, err)}
		}
		w.list, w.ignored = append(w.list, plan.Changes...), append(w.ignored, plan.Ignored...)
	}
	if len(w.list) == 0 && len(w.plans) == 0 {
		return nil, &misuse{fmt.Errorf("no change is given: --attach, --detach, --update, --move, --enable, --disable, --changes or --terraform")}
	}
	return args, nil
}

// readDocuments reads the files that changes name, from a folder.
func readDocuments(changes []change.Change, folder string) error {
	for i := range changes {
		c := &changes[i]
		if c.Attach != "" && c.Document == "" && !change.IsPolicyID(c.Attach) {
			c.File = c.Attach
		}
		if c.Document != "" || c.File == "" {
			continue
		}
		if !filepath.IsAbs(c.File) {
			c.File = filepath.Join(folder, c.File)
		}
		text, err := os.ReadFile(c.File)
		if err != nil {
			return &misuse{err}
		}
		if c.Document = change.Document(text); strings.TrimSpace(string(text)) == "" {
			return &misuse{fmt.Errorf("%s: the file is empty", c.File)}
		}
	}
	return nil
}

// file is a file of the changes; empty if there is none.
func (w *changeFlags) file() string {
	for _, list := range [][]string{w.plans, w.files} {
		if len(list) > 0 {
			return list[0]
		}
	}
	for i := range w.list {
		if w.list[i].File != "" {
			return w.list[i].File
		}
	}
	return ""
}
