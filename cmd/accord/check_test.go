package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/health"
	"accord/test/postgres"
	"accord/test/process"
)

// contents are the files of a folder with their modes.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		info, infoErr := entry.Info()
		if err != nil || infoErr != nil {
			t.Fatal(err, infoErr)
		}
		all[entry.Name()] = info.Mode().String() + info.ModTime().String() + string(text)
	}
	return all
}

// TestCheckSaysWhatIsWrong with its cure, and changes nothing. The controls are the first
// rows, where nothing is.
func TestCheckSaysWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		prepare func(path string) error
		args    []string
		status  int
		want    string
	}{
		"a store that is not there": {func(path string) error { return os.Remove(path) }, nil, succeeded, "which serve will make"},
		"a store":                   {nil, nil, succeeded, "ok       schema version "},
		"damage": {func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteAt(make([]byte, 4096), 8192)
				_ = f.Close()
			}
			return err
		}, nil, failed, "the file is damaged"},
		"another file":               {func(path string) error { return os.WriteFile(path, []byte("text"), 0o600) }, nil, failed, "is not a store"},
		"a clock behind":             {func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(48*time.Hour)) }, nil, failed, "behind the last change of"},
		"others can read":            {func(path string) error { return os.Chmod(path, 0o644) }, nil, succeeded, "warning  permissions -rw-r--r--; others can read or write"},
		"too little space":           {nil, []string{"--min-free-space", "1EiB"}, failed, "failed   disk-space "},
		"no folder":                  {nil, []string{"--journal", "absent/journal"}, failed, "failed   journal the folder absent does not exist: make it"},
		"a file that is gone":        {nil, []string{"--store-password-file", "absent"}, failed, "failed   store-password-file stat absent"},
		"a certificate that is none": {nil, []string{"--tls-cert", "check.go", "--tls-key", "check.go"}, failed, "failed   tls-cert check.go and check.go"},
		"a token that is none":       {nil, []string{"--admin-token-file", "check.go"}, failed, "failed   admin-token-file "},
		"a wrong setting":            {nil, []string{"--listen", "8016"}, misused, "is not allowed; allowed"},
	}
	for what, c := range cases {
		folder := t.TempDir()
		path := filepath.Join(folder, "accord.db")
		if got := execute(t, "migrate", "--store", "sqlite:"+path); got.status != succeeded {
			t.Fatalf("%+v", got)
		}
		if c.prepare != nil {
			if err := c.prepare(path); err != nil {
				t.Fatal(err)
			}
		}
		before := contents(t, folder)
		got := execute(t, append([]string{"check", "--store", "sqlite:" + path}, c.args...)...)
		if got.status != c.status || !strings.Contains(got.stdout+got.stderr, c.want) {
			t.Errorf("%s: want status %d and %q: %+v", what, c.status, c.want, got)
		}
		if !maps.Equal(before, contents(t, folder)) {
			t.Errorf("%s: it changed the folder", what)
		}
		if c.status == misused {
			continue
		}
		asJSON := execute(t, append([]string{"check", "--json", "--store", "sqlite:" + path}, c.args...)...)
		var results []health.NamedResult
		if err := json.Unmarshal([]byte(asJSON.stdout), &results); err != nil || asJSON.status != c.status || len(results) != strings.Count(got.stdout, "\n") {
			t.Errorf("%s: %v in %+v", what, err, asJSON)
		}
	}
	t.Logf("evidence: %d states of a store and a machine: each said with its cure, nothing changed, nothing said of a sound one", len(cases))
}

// TestCheckSaysWithWhoseRights it has looked. The control is the other user.
func TestCheckSaysWithWhoseRights(t *testing.T) {
	if os.Geteuid() < 0 {
		return // This system has no numbers of users.
	}
	lines := map[bool]string{true: "warning  user root; root may do everything", false: "ok       user "}
	if got := execute(t, "check", "--store", "memory"); got.status != succeeded || !strings.HasPrefix(got.stdout, lines[os.Geteuid() == 0]) {
		t.Errorf("%+v", got)
	}
	if os.Geteuid() != 0 {
		return
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "accord")
	text, err := os.ReadFile(process.Program(t))
	if err == nil {
		err = os.WriteFile(program, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	// Others may enter the folders of the test.
	for at := folder; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(program, "check", "--store", "sqlite:"+filepath.Join(folder, "accord.db"))
	const nobody = 65534
	c.SysProcAttr = asUser(nobody)
	out, err := c.CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), lines[false]) || !strings.Contains(string(out), "failed   permissions this user cannot make") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

// TestCheckLooksBesideAServer, and at what a killed one has left.
func TestCheckLooksBesideAServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	s := process.Start(t, "--store", "sqlite:"+path)
	on(t, s, "account", "create", "--id", "222222222222")
	if got := execute(t, "check", "--store", "sqlite:"+path); got.status != succeeded || !strings.Contains(got.stdout, "another process has the store open") {
		t.Errorf("beside a server: %+v", got)
	}
	on(t, s, "account", "create", "--id", "333333333333")
	s.Kill()
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("a killed server leaves no log: %v", err)
	}
	if got := execute(t, "check", "--store", "sqlite:"+path); got.status != succeeded || strings.Contains(got.stdout, "version 0") {
		t.Errorf("after a kill: %+v", got)
	}
	again := process.Start(t, "--store", "sqlite:"+path)
	if list := on(t, again, "account", "list"); !strings.Contains(list, "333333333333") {
		t.Errorf("the check has lost what was in the log:\n%s", list)
	}
}

func TestCheckLooksAtADatabase(t *testing.T) {
	url := postgres.URL(t)
	if got := execute(t, "check", "--store", url); got.status != succeeded || !strings.Contains(got.stdout, "ok       schema version 0") {
		t.Errorf("an empty database: %+v", got)
	}
	if got := execute(t, "migrate", "--store", url); got.status != succeeded || !strings.Contains(got.stdout, "had version 0") {
		t.Errorf("the check has made tables: %+v", got)
	}
	if got := execute(t, "check", "--store", url); got.status != succeeded || strings.Contains(got.stdout, "version 0") {
		t.Errorf("a store: %+v", got)
	}
	readOnly := url + "&default_transaction_read_only=on"
	if !strings.Contains(url, "?") {
		readOnly = url + "?default_transaction_read_only=on"
	}
	if got := execute(t, "check", "--store", readOnly); got.status != failed || !strings.Contains(got.stdout, "the database is read-only") {
		t.Errorf("a read-only database: %+v", got)
	}
	if got := execute(t, "check", "--store", "postgres://nobody@127.0.0.1:1/none", "--store-wait", "0"); got.status != failed || !strings.Contains(got.stdout, "failed   store") {
		t.Errorf("no database: %+v", got)
	}
}
