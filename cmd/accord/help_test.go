package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/spf13/cobra"

	"accord/test/process"
)

// commandLines are the command lines of all commands, without their arguments.
func commandLines(c *cobra.Command) [][]string {
	all := [][]string{strings.Fields(c.CommandPath())[1:]}
	for _, sub := range c.Commands() {
		if sub.Name() != "completion" && sub.Name() != "help" {
			all = append(all, commandLines(sub)...)
		}
	}
	return all
}

// flagLine is a line of help about a flag: its name with the placeholder, and the text.
var flagLine = regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[\w-]+.*?)   +\S`)

func TestHelpFitsATerminal(t *testing.T) {
	for _, line := range commandLines(rootCommand()) {
		help := execute(t, append(line, "--help")...).stdout
		for text := range strings.Lines(help) {
			if utf8.RuneCountInString(text) > 121 {
				t.Errorf("%v: %d columns: %s", line, utf8.RuneCountInString(text), text)
			}
		}
		for _, part := range strings.Split(help, "Flags:")[1:] {
			columns := map[int]bool{}
			for _, found := range flagLine.FindAllString(part, -1) {
				columns[utf8.RuneCountInString(found)] = true
			}
			if len(columns) != 1 {
				t.Errorf("%v: the texts of flags begin in the columns %v:\n%s", line, columns, part)
			}
		}
	}
}

// TestJSONIsPrintedByEachCommandWithItsFlag: a command that prints none has no flag. The
// control is the same command without it.
func TestJSONIsPrintedByEachCommandWithItsFlag(t *testing.T) {
	s := process.Start(t, "--clock", "virtual", "--journal", filepath.Join(t.TempDir(), "journal"))
	const account = "222222222222"
	on(t, s, "account", "create", "--id", account)
	if _, err := s.Client("333333333333").CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	arguments := map[string][]string{
		"apply":          {filepath.Join("..", "..", "examples", "seeds", "invitation.yaml")},
		"account create": {"--id", account}, "account list": nil, "account sweep": nil,
		"account suspend": {account}, "account activate": {account}, "account reopen": {account},
		"account verify-email": {account}, "account request-verification": {account}, "account delete-service-linked-role": {account},
		"behaviors": nil, "calls": nil, "check": nil, "clock show": nil, "clock advance": {"1s"}, "clock set": {"2099-01-01"},
		"env": nil, "explain": {"--account", "333333333333", "--action", "organizations:LeaveOrganization"}, "faults add": {"--delay", "1s"}, "faults list": nil, "journal verify": nil, "mails": nil, "quotas": nil,
		"snapshot save": {"base", "--force"}, "snapshot list": nil, "snapshot show": {"base"}, "snapshot load": {"base"},
	}
	on(t, s, "snapshot", "save", "base")
	found := 0
	for _, line := range commandLines(rootCommand()) {
		c, _, err := rootCommand().Find(line)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Join(line, " ")
		given, known := arguments[name]
		if has := c.Flags().Lookup("json") != nil; has != known {
			t.Errorf("%s: has the flag: %t, is known to print JSON: %t", name, has, known)
		}
		if !known {
			continue
		}
		found++
		line = append(line, given...)
		if name == "check" {
			line = append(line, "--store", "memory")
		} else {
			line = append(line, "--admin", s.AdminURL)
		}
		plain, asJSON := execute(t, line...), execute(t, append(line, "--json")...)
		if !json.Valid([]byte(asJSON.stdout)) || json.Valid([]byte(plain.stdout)) && plain.stdout != "" {
			t.Errorf("%s: with the flag %+v, without it %+v", name, asJSON, plain)
		}
	}
	if found != len(arguments) {
		t.Errorf("%d of %d commands are there", found, len(arguments))
	}
}
