package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/internal/cli"
	"accord/internal/seed/compare"
	"accord/test/process"
)

const managementOfImports = "111111111111"

// sourceServer is a server with a small organization, and its client.
func sourceServer(t *testing.T) (*process.Server, *organizations.Client) {
	t.Helper()
	s := process.Start(t, "--clock", "virtual")
	c := s.Client(managementOfImports)
	ctx := t.Context()
	if _, err := c.CreateOrganization(ctx, &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	roots, err := c.ListRoots(ctx, &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: roots.Roots[0].Id, PolicyType: types.PolicyTypeServiceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err := c.CreateAccount(ctx, &organizations.CreateAccountInput{
			AccountName: aws.String(fmt.Sprintf("Team %d", i)), Email: aws.String(fmt.Sprintf("team%d@corp.example", i)),
			Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("ada@corp.example")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: roots.Roots[0].Id, Name: aws.String(fmt.Sprintf("Unit %d", i))}); err != nil {
			t.Fatal(err)
		}
		on(t, s, "clock", "advance", "1h")
	}
	return s, c
}

// importArgs are the arguments that read a server as the management account.
func importArgs(s *process.Server, more ...string) []string {
	return append([]string{"import", "--endpoint", s.URL, "--account", managementOfImports}, more...)
}

func TestThePolicyOfAnImportIsPrinted(t *testing.T) {
	got := execute(t, "import", "--print-policy")
	var policy map[string]any
	if got.status != succeeded || json.Unmarshal([]byte(got.stdout), &policy) != nil || !strings.Contains(got.stdout, "organizations:ListAccounts") {
		t.Errorf("%+v", got)
	}
}

func TestWhatAnImportIsMayOnlyBeSaidOnce(t *testing.T) {
	folder := t.TempDir()
	for what, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":               {nil, "exactly one of"},
		"two sources":           {[]string{"--from", "aws", "--endpoint", "http://127.0.0.1:1"}, "exactly one of"},
		"another cloud":         {[]string{"--from", "azure"}, "is not aws"},
		"an account of AWS":     {[]string{"--from", "aws", "--account", managementOfImports}, "--account belongs to --endpoint"},
		"no account":            {[]string{"--endpoint", "http://127.0.0.1:1", "--account", "me"}, "twelve digits"},
		"saved from files":      {[]string{"--from-json", folder, "--save-json", folder}, "give one of them"},
		"saved with a mask":     {[]string{"--from", "aws", "--save-json", folder, "--mask"}, "without a mask"},
		"a key without a mask":  {[]string{"--from-json", folder, "--mask-key", folder}, "--mask-key is the key of --mask"},
		"no calls":              {[]string{"--from", "aws", "--parallel", "0"}, "--parallel"},
		"an empty folder":       {[]string{"--from-json", folder}, "no file *.json"},
		"a form":                {[]string{"--from-json", folder, "--output", "yaml"}, "neither table nor json"},
		"drift that replaces":   {[]string{"--from-json", folder, "--drift", "--replace"}, "--drift changes nothing"},
		"drift behind a mask":   {[]string{"--from-json", folder, "--drift", "--mask"}, "needs the --mask-key"},
		"a mask key of a word":  {[]string{"--from-json", folder, "--mask", "--mask-key", written(t, filepath.Join(t.TempDir(), "key"), "word")}, "64 are needed"},
		"an argument":           {[]string{"aws"}, "import"},
		"a server not of AWS":   {[]string{"--endpoint", "x y"}, "is not a URL"},
		"a profile of nobody":   {[]string{"--from", "aws", "--profile", "nobody"}, "nobody"},
		"a file in no folder":   {[]string{"--from-json", folder, "--out", filepath.Join(folder, "none", "x")}, "--out"},
		"a folder that is none": {[]string{"--from-json", filepath.Join(folder, "none")}, "none"},
	} {
		out := append([]string{"import", "--out", "-"}, c.args...)
		if strings.HasPrefix(what, "drift") {
			out = append([]string{"import"}, c.args...)
		}
		got := execute(t, out...)
		if got.status != misused || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v, want %q", what, got, c.want)
		}
	}
}

func TestAServerIsWrittenAsASeed(t *testing.T) {
	s, _ := sourceServer(t)
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	got := execute(t, importArgs(s, "--save-json", at("saved"), "--out", at("org.yaml"))...)
	if got.status != succeeded || !strings.Contains(got.stdout, ": 4 accounts, 3 units, 0 policies, 0 handshakes\n") || !strings.Contains(got.stdout, "\nnot read: never: users") {
		t.Fatalf("%+v", got)
	}
	// The folder says the same, without a server; a mask with one key too, and hides people.
	for _, masked := range []string{"a", "b"} {
		got := execute(t, "import", "--from-json", at("saved"), "--out", at(masked+".yaml"), "--mask", "--mask-units", "--mask-key", at("key"))
		if got.status != succeeded {
			t.Fatalf("%+v", got)
		}
	}
	for _, c := range []struct {
		a, b string
		want int
	}{
		{at("org.yaml"), at("saved"), succeeded},
		{at("a.yaml"), at("b.yaml"), succeeded},
		{at("org.yaml"), s.AdminURL, succeeded},
		{at("org.yaml"), "api:" + managementOfImports + "@" + s.URL, succeeded},
		{at("org.yaml"), at("a.yaml"), int(cli.Different)},
	} {
		if got := execute(t, "diff", c.a, c.b); got.status != c.want {
			t.Errorf("diff %s %s: %+v", c.a, c.b, got)
		}
	}
	text, err := os.ReadFile(at("a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"corp.example", "Team", "Unit"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is left:\n%s", secret, text)
		}
	}
	// A finished reading is not written over.
	if got := execute(t, importArgs(s, "--save-json", at("saved"), "--out", "-")...); got.status != misused || !strings.Contains(got.stderr, "finished") {
		t.Errorf("%+v", got)
	}
}

func TestDriftIsWhatChangedSince(t *testing.T) {
	s, c := sourceServer(t)
	folder := t.TempDir()
	saved := filepath.Join(folder, "saved")
	if got := execute(t, importArgs(s, "--save-json", saved, "--out", filepath.Join(folder, "org.yaml"))...); got.status != succeeded {
		t.Fatalf("%+v", got)
	}
	// The server itself is its own clone.
	if got := execute(t, importArgs(s, "--drift", "--admin", s.AdminURL)...); got.status != succeeded || !strings.HasPrefix(got.stdout, "No differences.\n") {
		t.Fatalf("%+v", got)
	}
	accounts, err := c.ListAccounts(t.Context(), &organizations.ListAccountsInput{})
	if err != nil {
		t.Fatal(err)
	}
	team := accounts.Accounts[1].Id
	if _, err := c.TagResource(t.Context(), &organizations.TagResourceInput{ResourceId: team, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("grace")}}}); err != nil {
		t.Fatal(err)
	}
	got := execute(t, "import", "--from-json", saved, "--drift", "--admin", s.AdminURL)
	if got.status != int(cli.Different) || !strings.Contains(got.stdout, "changed  account  "+*team+"  Team 0  tag owner  grace   ada@corp.example\n") {
		t.Errorf("%+v", got)
	}
	asJSON := execute(t, "import", "--from-json", saved, "--drift", "--admin", s.AdminURL, "--output", "json")
	var report compare.Report
	if err := json.Unmarshal([]byte(asJSON.stdout), &report); err != nil || len(report.Changes) != 1 || report.Counts[compare.Changed] != 1 || asJSON.status != int(cli.Different) {
		t.Errorf("%v: %+v", err, asJSON)
	}
}

func TestStatesThatCannotBeComparedAreNamed(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string { return written(t, filepath.Join(folder, name), text) }
	valid := write("valid.yaml", "version: 1\n")
	for what, c := range map[string]struct {
		of     string
		status int
		want   string
	}{
		"nothing":             {filepath.Join(folder, "none"), misused, "none"},
		"a name that colors":  {filepath.Join(folder, "no\x1b[31mne"), misused, `no\x1b[31mne`},
		"an empty file":       {write("empty.yaml", ""), misused, "empty.yaml"},
		"no seed":             {write("text.yaml", "version: 1\nwhat: {\n"), misused, "text.yaml:"},
		"a damaged snapshot":  {write("damaged.snapshot", "accord snapshot 1\n{}\nrows"), misused, "damaged.snapshot: "},
		"no server":           {"http://127.0.0.1:1", failed, "no Accord answers"},
		"a folder of nothing": {t.TempDir(), misused, "no file *.json"},
		"the control":         {valid, succeeded, ""},
	} {
		got := execute(t, "diff", valid, c.of)
		if got.status != c.status || !strings.Contains(got.stderr, c.want) || strings.Contains(got.stderr, "panic") || strings.Contains(got.stderr, "\x1b") {
			t.Errorf("%s: %+v, want status %d and %q", what, got, c.status, c.want)
		}
	}
	if got := execute(t, "diff", valid); got.status != misused {
		t.Errorf("one state: %+v", got)
	}
}

func TestASnapshotIsAState(t *testing.T) {
	s, c := sourceServer(t)
	file := filepath.Join(t.TempDir(), "before.snapshot")
	on(t, s, "snapshot", "save", "--file", file)
	if got := execute(t, "diff", file, "server", "--admin", s.AdminURL); got.status != succeeded {
		t.Errorf("%+v", got)
	}
	if _, err := c.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("late"), Email: aws.String("late@corp.example")}); err != nil {
		t.Fatal(err)
	}
	on(t, s, "clock", "advance", "1m")
	if got := execute(t, "diff", file, "server", "--admin", s.AdminURL); got.status != int(cli.Different) || !strings.Contains(got.stdout, "added  account") {
		t.Errorf("%+v", got)
	}
}

// TestAReplacedOrganizationIsWhatTheSourceSays: what the server has more is taken away.
func TestAReplacedOrganizationIsWhatTheSourceSays(t *testing.T) {
	from, _ := sourceServer(t)
	to := process.Start(t, "--clock", "virtual")
	args := importArgs(from, "--admin", to.AdminURL)
	if got := execute(t, args...); got.status != succeeded || !strings.Contains(got.stdout, "imported into "+to.AdminURL) || !strings.Contains(got.stderr, "the clock of the server was behind the source: set to ") {
		t.Fatalf("%+v", got)
	}
	if got := execute(t, args...); got.status != failed || !strings.Contains(got.stderr, "--replace takes its place") {
		t.Errorf("%+v", got)
	}
	c, ctx := to.Client(managementOfImports), t.Context()
	roots, err := c.ListRoots(ctx, &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	unit, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: roots.Roots[0].Id, Name: aws.String("Late")})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := c.ListAccounts(ctx, &organizations.ListAccountsInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: accounts.Accounts[1].Id, SourceParentId: roots.Roots[0].Id, DestinationParentId: unit.OrganizationalUnit.Id}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("late"), Email: aws.String("late@corp.example")}); err != nil {
		t.Fatal(err)
	}
	on(t, to, "clock", "advance", "1m")
	if got := execute(t, append(args, "--drift")...); got.status != int(cli.Different) || !strings.Contains(got.stdout, "removed  unit") || !strings.Contains(got.stdout, "1 moved") {
		t.Errorf("%+v", got)
	}
	if got := execute(t, append(args, "--replace")...); got.status != succeeded {
		t.Fatalf("%+v", got)
	}
	got := execute(t, append(args, "--drift")...)
	// The request for the account that was taken away is history, and stays.
	if strings.Contains(got.stdout, "unit ") || strings.Contains(got.stdout, "removed  account  ") || strings.Contains(got.stdout, "1 moved") {
		t.Errorf("%+v", got)
	}
}

// TestARefusedImportMovesNoClock: the control is the import of the same source into a server that
// can take it.
func TestARefusedImportMovesNoClock(t *testing.T) {
	from, _ := sourceServer(t)
	for _, taken := range []bool{true, false} {
		to := process.Start(t, "--clock", "virtual")
		if taken {
			// The management account is in another organization already.
			if _, err := to.Client(managementOfImports).CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
				t.Fatal(err)
			}
		}
		before := on(t, to, "clock", "show")
		got := execute(t, importArgs(from, "--admin", to.AdminURL)...)
		if refused := got.status != succeeded; refused != taken || (on(t, to, "clock", "show") == before) != taken || strings.Contains(got.stderr, "set to") == taken {
			t.Errorf("taken %v: %+v", taken, got)
		}
	}
}

// TestASeedIsWhatAServerThatBeganWithItHas: what a person leaves out is no difference, for each
// of the examples.
func TestASeedIsWhatAServerThatBeganWithItHas(t *testing.T) {
	examples, err := filepath.Glob("../../examples/seeds/*.yaml")
	if err != nil || len(examples) < 5 {
		t.Fatalf("%v: %v", err, examples)
	}
	for _, example := range examples {
		t.Run(filepath.Base(example), func(t *testing.T) {
			s := process.Start(t, "--seed", example)
			if got := execute(t, "diff", example, "server", "--admin", s.AdminURL); got.status != succeeded {
				t.Errorf("%+v", got)
			}
			// The control: an account more is a difference.
			on(t, s, "account", "create", "--id", "999999999999")
			if got := execute(t, "diff", example, "server", "--admin", s.AdminURL); got.status != int(cli.Different) {
				t.Errorf("the control: %+v", got)
			}
		})
	}
}
