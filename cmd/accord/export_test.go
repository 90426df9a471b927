package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/export"
	"accord/test/process"
)

const seedOfTwo = `version: 1
organizations:
  - management: {name: First, email: first@example.com}
    root:
      units: [{name: Workloads, accounts: [{name: "app-{n}", email: "app-{n}@example.com", count: 2}]}]
`

func TestAServerIsExportedInEachFormat(t *testing.T) {
	s := process.Start(t, "--clock", "virtual")
	id := organization(t, s, "111111111111")
	for _, format := range export.Names() {
		if out := on(t, s, "export", "--format", format); !strings.Contains(out, id) {
			t.Errorf("%s:\n%s", format, out)
		}
	}
	// A second one: code has to know which.
	other := organization(t, s, "222222222222")
	got := execute(t, "export", "--format", "terraform", "--admin", s.AdminURL)
	for _, want := range []string{"terraform describes one organization, and here are 2; name one: ", id, other} {
		if got.status != misused || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	if out := on(t, s, "export", "--format", "terraform", "--organization", other); strings.Contains(out, id) || !strings.Contains(out, other) {
		t.Errorf("one organization:\n%s", out)
	}
	if got := execute(t, "export", "--format", "json", "--organization", "o-none", "--admin", s.AdminURL); got.status != misused || got.stderr != "accord: there is no organization \"o-none\"\n" {
		t.Errorf("an organization that is not there: %+v", got)
	}
	// A server may be named like a file.
	got = execute(t, "export", "--format", "json", s.AdminURL)
	var d struct{ Organizations []struct{ ID string } }
	if err := json.Unmarshal([]byte(got.stdout), &d); err != nil || len(d.Organizations) != 2 {
		t.Errorf("%v %+v", err, got)
	}
	// What was written as a seed is read again.
	file := filepath.Join(t.TempDir(), "all.yaml")
	if got := execute(t, "export", "--format", "seed", "--out", file, "--admin", s.AdminURL); got != (command{}) {
		t.Errorf("into a file: %+v", got)
	}
	if got := execute(t, "export", "--format", "json", file); got.stdout != on(t, s, "export", "--format", "json") {
		t.Errorf("by way of a seed: %+v", got)
	}
	// So is a snapshot.
	kept := filepath.Join(t.TempDir(), "all.snapshot")
	on(t, s, "snapshot", "save", "--file", kept)
	if got := execute(t, "export", "--format", "json", kept); got.stdout != on(t, s, "export", "--format", "json") {
		t.Errorf("by way of a snapshot: %+v", got)
	}
}

// What one server exports, another one makes of it.
func TestAnExportIsAppliedElsewhere(t *testing.T) {
	from, to := process.Start(t, "--clock", "virtual"), process.Start(t, "--clock", "virtual")
	file := written(t, filepath.Join(t.TempDir(), "org.yaml"), seedOfTwo)
	on(t, from, "apply", file)
	on(t, from, "export", "--format", "seed", "--out", file)
	on(t, to, "apply", file)
	// Each has a clock of its own.
	clock := regexp.MustCompile(`(?m)^clock: .*\n`)
	want, got := on(t, from, "export", "--format", "seed"), on(t, to, "export", "--format", "seed")
	if clock.ReplaceAllString(got, "") != clock.ReplaceAllString(want, "") || !strings.Contains(got, "app-2") {
		t.Errorf("here is\n%s\nand there was\n%s", got, want)
	}
}

func TestASeedIsExported(t *testing.T) {
	file := written(t, filepath.Join(t.TempDir(), "org.yaml"), seedOfTwo)
	got := execute(t, "export", "--format", "terraform", file)
	if got.status != succeeded || got.stderr != "" || !strings.Contains(got.stdout, `"aws_organizations_account" "app_2"`) || strings.Contains(got.stdout, "import {") {
		t.Errorf("%+v", got)
	}
}

func TestABadExportIsAMisuse(t *testing.T) {
	folder := t.TempDir()
	bad := written(t, filepath.Join(folder, "bad.yaml"), "version: 1\naccounts: 5\n")
	empty := written(t, filepath.Join(folder, "empty.yaml"), "version: 1\n")
	damaged := written(t, filepath.Join(folder, "damaged"), "accord snapshot 1\nx")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{bad}, "accord: --format is required: terraform, "},
		{[]string{"--format", "svgg", bad}, `accord: --format: "svgg" is none of terraform, org-formation, cloudformation, json, seed, mermaid, dot, svg; did you mean svg?`},
		{[]string{"--format", "svg", bad}, "accord: " + bad + ":2: accounts: "},
		{[]string{"--format", "svg", filepath.Join(folder, "none")}, "no such file"},
		{[]string{"--format", "svg", damaged}, "accord: " + damaged + ": "},
		{[]string{"--format", "svg", folder}, "is a directory"},
		{[]string{"--format", "terraform", empty}, "accord: terraform describes one organization, and here are 0"},
		{[]string{"--format", "svg", "--organization", "o-x", empty}, `accord: --organization: there is no organization "o-x"`},
		{[]string{"--format", "svg", bad, bad}, "accord: accepts at most 1 arg"},
		{[]string{"--format", "svg", "http://"}, "is not a URL"},
	} {
		out := filepath.Join(folder, "out")
		got := execute(t, append([]string{"export", "--out", out}, c.args...)...)
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: a file was written", c.args)
		}
		if got.status != misused || got.stdout != "" || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: %+v, want %s", c.args, got, c.want)
		}
	}
}
