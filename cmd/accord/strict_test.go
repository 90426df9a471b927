package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/cli"
	"accord/test/process"
)

// TestStrictModeByCommands: the first account with its key, and the rotation of the key
// that encrypts it. The secret is printed once, and nowhere else.
func TestStrictModeByCommands(t *testing.T) {
	folder := t.TempDir()
	keys, token := filepath.Join(folder, "keys"), filepath.Join(folder, "token")
	s := process.Start(t, "--auth", "strict", "--secret-key-file", keys, "--admin-token-file", token, "--log-level", "debug")
	if strings.Contains(s.Banner, "AWS_ACCESS_KEY_ID") || !strings.Contains(s.Banner, "# strict: only access keys that this server issued") {
		t.Errorf("the banner is\n%s", s.Banner)
	}
	if got := execute(t, "account", "create", "--root-key", "--admin", s.AdminURL); got.status != failed || !strings.Contains(got.stderr, "token") {
		t.Errorf("the control without a token: %+v", got)
	}
	t.Setenv(cli.TokenVariable, token)
	script := on(t, s, "account", "create", "--root-key", "--name", "first")
	printed := regexp.MustCompile(`(?m)^export AWS_ACCESS_KEY_ID=(AKIA\w{16})\nexport AWS_SECRET_ACCESS_KEY='?([\w+/]{40})'?$`).FindStringSubmatch(script)
	if printed == nil {
		t.Fatalf("the key is printed as\n%s", script)
	}
	id, secret := printed[1], printed[2]
	if list := on(t, s, "account", "list"); !strings.Contains(list, "first") || strings.Contains(list, secret) {
		t.Errorf("the accounts are\n%s", list)
	}
	on(t, s, "key", "add", keys)
	if text := on(t, s, "key", "rotate"); text != "secrets encrypted with the first key: 1\n" {
		t.Errorf("the rotation says %q", text)
	}
	if text, err := os.ReadFile(keys); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("%v, the file has %d keys", err, strings.Count(string(text), "\n"))
	}
	if status := s.Stop(t); status != succeeded {
		t.Errorf("it ended with %d", status)
	}
	log := s.Logged(t, "stopping")
	if strings.Contains(log, secret) || !strings.Contains(log, id) {
		t.Error("the log shows the secret, or not the key")
	}
}
