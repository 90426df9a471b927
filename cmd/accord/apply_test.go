package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
)

const smallSeed = `version: 1
organizations:
  - management: {id: 111111111111, name: Management}
    root:
      accounts:
        - name: shop
`

// TestSeedsAreAppliedFromTheCommandLine also says where the line of a refusal comes from.
func TestSeedsAreAppliedFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string { return written(t, filepath.Join(dir, name), text) }
	file := write("org.yaml", smallSeed)
	s := process.Start(t, "--seed", file)
	if got := on(t, s, "apply", file); got != "Nothing to change: everything is as "+file+" says.\n" {
		t.Errorf("after --seed, apply prints %s", got)
	}
	more := write("more.yaml", strings.Replace(smallSeed, "name: shop", "name: shop\n        - {name: \"box-{n}\", count: 2}", 1))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{more, "--dry-run"}, "Would add 2, change 0 and remove 0. Nothing was changed.\n"},
		{[]string{more}, "Added 2, changed 0, removed 0.\n"},
		{[]string{file, "--prune"}, "Added 0, changed 0, removed 2.\n"},
	} {
		if got := on(t, s, append([]string{"apply"}, c.args...)...); !strings.HasSuffix(got, c.want) {
			t.Errorf("apply %q prints %s, want %s", c.args, got, c.want)
		}
	}
	refused := write("refused.yaml", strings.Replace(smallSeed, "name: shop", "{name: shop, tags: {\"aws:x\": y}}", 1))
	invalid := write("invalid.yaml", strings.Replace(smallSeed, "root", "rot", 1))
	for file, want := range map[string]string{
		refused:                            "accord: " + refused + ":6: organizations[0].root.accounts[0].tags.aws:x: InvalidInputException",
		invalid:                            "accord: " + invalid + ":5: organizations[0].rot: no such member; did you mean root?\n",
		filepath.Join(dir, "nowhere.yaml"): "no such file",
	} {
		got := execute(t, "apply", file, "--admin", s.AdminURL)
		if got.status != misused || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %s", filepath.Base(file), got, want)
		}
	}
	if got := execute(t, "seed", "check", file, invalid); got.status != misused || got.stdout != file+": valid\n" {
		t.Errorf("seed check: %+v", got)
	}
}

func TestANumberIsNoSeed(t *testing.T) {
	got := execute(t, "serve", "--seed", "1", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	if got.status != misused || !strings.Contains(got.stderr, "--random-seed") {
		t.Errorf("%+v", got)
	}
}

func TestInitScriptsRunWhenTheServerIsReady(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(t.TempDir(), "trace")
	script := "#!/bin/sh\necho \"$AWS_ENDPOINT_URL_ORGANIZATIONS $AWS_ACCESS_KEY_ID\" > " + trace + "\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, "a.sh"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := execute(t, "serve", "--store", "memory", "--init", dir, "--init-errors", "stop", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	text, err := os.ReadFile(trace)
	if err != nil || !strings.HasPrefix(string(text), "http://127.0.0.1:") || !strings.HasSuffix(string(text), " 111111111111\n") {
		t.Errorf("the script saw %q, %v", text, err)
	}
	if got.status != failed || !strings.Contains(got.stderr, "1 of the scripts of --init failed") {
		t.Errorf("%+v", got)
	}
}
