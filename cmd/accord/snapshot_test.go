package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
)

// TestSnapshotsFromTheCommandLine: names and files, what is refused with its exit status and
// cure, and another server with another store.
func TestSnapshotsFromTheCommandLine(t *testing.T) {
	folder := t.TempDir()
	file, damaged := filepath.Join(folder, "base.snapshot"), filepath.Join(folder, "damaged")
	s := process.Start(t, "--clock", "virtual")
	organization(t, s, "111111111111")
	saved := on(t, s, "snapshot", "save", "base", "--file", file)
	if !strings.Contains(saved, "1 accounts, 1 organizations") {
		t.Errorf("save: %s", saved)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	invite(t, s, types.HandshakePartyTypeAccount, "222222222222")
	if got := on(t, s, "reset", "--snapshot", "base"); !strings.Contains(got, "1 accounts, 1 organizations") {
		t.Errorf("reset: %s", got)
	}
	if got := on(t, s, "account", "list"); strings.Contains(got, "222222222222") {
		t.Errorf("accounts: %s", got)
	}
	if got := on(t, s, "snapshot", "list"); !strings.Contains(got, "\nbase  ") {
		t.Errorf("list: %s", got)
	}
	shown, ofFile := on(t, s, "snapshot", "show", "base"), execute(t, "snapshot", "show", "--file", file)
	if shown != ofFile.stdout || ofFile.status != succeeded || !strings.Contains(shown, "\n       1 accounts\n") {
		t.Errorf("show: %s and %+v", shown, ofFile)
	}

	other := process.Start(t, "--clock", "virtual", "--store", "sqlite:"+filepath.Join(folder, "accord.db"))
	on(t, other, "snapshot", "load", "again", "--file", file)
	if _, err := other.Client("111111111111").DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{}); err != nil {
		t.Error(err)
	}
	on(t, other, "snapshot", "delete", "again")
	on(t, other, "snapshot", "save", "--file", file, "--force", "--without-secrets")
	if got := execute(t, "snapshot", "show", "--file", file); !strings.Contains(got.stdout, "without secrets") {
		t.Errorf("show: %+v", got)
	}

	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(damaged, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"save base", failed, "there is a snapshot of this name: base; replace it (--force"},
		{"save " + strings.Repeat("a", 65), misused, "a name of a snapshot has up to 64 characters"},
		{"save", misused, "a name, or --file FILE, is expected"},
		{"save a b", misused, "one name is expected"},
		{"save --file " + file, failed, file + " exists; --force replaces it"},
		{"load bse", failed, `there is no such snapshot: "bse"; did you mean base?`},
		{"load --file " + damaged, misused, damaged + ": its content does not match the checksum at byte"},
		{"load --file " + filepath.Join(folder, "absent"), misused, "no such file"},
		{"show base --file " + file, misused, "either a name or --file FILE is expected"},
		{"show --file " + damaged, misused, "its content does not match the checksum"},
		{"delete bse", failed, "did you mean base?"},
		{"delete", misused, "requires at least 1 arg"},
	} {
		got := execute(t, append(append([]string{"snapshot"}, strings.Fields(c.args)...), "--admin", s.AdminURL)...)
		if got.status != c.status || !strings.Contains(got.stderr, c.want) || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("snapshot %s: %+v, want status %d and %q", c.args, got, c.status, c.want)
		}
	}
	// A variable of the shell that is not set.
	for _, command := range []string{"save", "load", "show"} {
		if got := execute(t, "snapshot", command, "", "--admin", s.AdminURL); got.status != misused || !strings.Contains(got.stderr, "a name, or --file FILE, is expected") {
			t.Errorf("snapshot %s without a name: %+v", command, got)
		}
	}
	for _, args := range [][]string{{"snapshot", "delete", ""}, {"snapshot", "delete", "base", ""}, {"reset", "--snapshot", ""}} {
		if got := execute(t, append(args, "--admin", s.AdminURL)...); got.status != misused || !strings.Contains(got.stderr, "a name is expected") {
			t.Errorf("%q: %+v", args, got)
		}
	}
	// The shell completes the names.
	for line, want := range map[string]string{
		"snapshot load --admin " + s.AdminURL + " ":    "base\n",
		"snapshot delete --admin " + s.AdminURL + " ":  "base\n",
		"reset --admin " + s.AdminURL + " --snapshot ": "base\n",
		"snapshot load --admin http://127.0.0.1:1 ":    ":4\n",
	} {
		args := append([]string{"__complete"}, strings.Split(line, " ")...)
		if got := execute(t, args...); !strings.HasPrefix(got.stdout, want) {
			t.Errorf("%s is completed with %q", line, got.stdout)
		}
	}
}
