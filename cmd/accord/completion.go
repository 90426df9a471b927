package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/behavior"
	"accord/internal/cli"
	"accord/internal/config"
	"accord/internal/quota"
)

// checkCompletion makes wrong arguments of the command completion a misuse: the library
// adds the command, at the start of a run if nobody asks for it before.
func checkCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		for _, shell := range c.Commands() {
			shell.Args = cli.Arguments(cobra.NoArgs)
		}
		group(c)
	}
}

// completePairs lets the shell complete NAME=VALUE: first the names, then the values
// of a name.
func completePairs(c *cobra.Command, flag string, names []string, values func(name string) []string) {
	err := c.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, given string) ([]cobra.Completion, cobra.ShellCompDirective) {
		name, _, named := strings.Cut(given, "=")
		var pairs []cobra.Completion
		if !named {
			for _, n := range names {
				pairs = append(pairs, n+"=")
			}
			return pairs, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		for _, v := range values(name) {
			pairs = append(pairs, name+"="+v)
		}
		return pairs, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("accord: " + err.Error())
	}
}

// completeSetting lets the shell complete the value of a setting. A file is what it
// completes otherwise.
func completeSetting(c *cobra.Command, s config.Setting) {
	switch {
	case s.Name == "behavior":
		completePairs(c, s.Name, behaviorNames(), behaviorValues)
	case s.Name == "quota":
		completePairs(c, s.Name, quotaNames(), func(string) []string { return []string{"unlimited"} })
	case s.Form != "FILE" && s.Form != "URL":
		cli.CompleteWords(c, s.Name, s.Values...)
	}
}

func behaviorNames() []string {
	var names []string
	for _, b := range behavior.Table() {
		names = append(names, b.Name)
	}
	return names
}

func behaviorValues(name string) []string {
	all := behavior.Table()
	i := slices.IndexFunc(all, func(b behavior.Behavior) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return all[i].Values
}

func quotaNames() []string {
	var names []string
	for _, q := range quota.Quotas() {
		names = append(names, string(q.Name))
	}
	return names
}

// operationNames are the operations of all services.
func operationNames() []string {
	names := slices.Concat(slices.Collect(maps.Keys(orgapi.Operations)), slices.Collect(maps.Keys(stsapi.Operations)))
	slices.Sort(names)
	return names
}

// exceptionNames are the exceptions of all operations.
func exceptionNames() []string {
	var names []string
	for _, service := range []map[string]*api.Operation{orgapi.Operations, stsapi.Operations} {
		for _, operation := range service {
			names = append(names, operation.Errors...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
