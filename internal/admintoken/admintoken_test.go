package admintoken_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/admintoken"
)

const token = "0123456789abcdef0123456789abcdef"

// write writes a file with a mode.
func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOnlyItsOwnerReadsATokenFile: the group may too if root owns it, as with the
// secrets of a container. [PostgreSQL: the same rule for private keys]
func TestOnlyItsOwnerReadsATokenFile(t *testing.T) {
	for mode, taken := range map[os.FileMode]bool{
		0o600: true, 0o400: true, 0o640: os.Geteuid() == 0, 0o440: os.Geteuid() == 0, 0o644: false, 0o660: false, 0o604: false, 0o755: false,
	} {
		got, err := admintoken.Read(write(t, token+"\n", mode))
		if (err == nil) != taken || taken && got != token {
			t.Errorf("mode %04o: %q, %v", mode, got, err)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("mode %04o: the error shows the token: %v", mode, err)
		}
	}
}

func TestATokenCannotBeGuessedAndFitsAHeader(t *testing.T) {
	for text, taken := range map[string]bool{
		token: true, token + "\r\n": true, strings.Repeat("x", 1024): true,
		"": false, "short": false, token[:31]: false, token + "\n\n": false, token + "\n" + token: false, token + " ": false,
		token + "\x00": false, token + "é": false, strings.Repeat("x", 1025): false, strings.Repeat("x", 1<<20): false,
	} {
		_, err := admintoken.Read(write(t, text, 0o600))
		if (err == nil) != taken {
			t.Errorf("%.40q of %d bytes: %v", text, len(text), err)
		}
		if err != nil && len(text) > 20 && strings.Contains(err.Error(), text[:20]) {
			t.Errorf("%.40q: the error shows it: %v", text, err)
		}
	}
}

func TestAMissingTokenIsMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	first, made, err := admintoken.Open(path)
	if err != nil || !made {
		t.Fatalf("made %t, %v", made, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	text, err := admintoken.Read(path)
	if err != nil || len(text) != 64 {
		t.Errorf("%d characters, %v", len(text), err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	admintoken.Add(r, text)
	if !first.Admits(r) {
		t.Error("the token that was made is refused")
	}
	if _, made, err := admintoken.Open(path); err != nil || made {
		t.Errorf("the second time: made %t, %v", made, err)
	}
	if _, _, err := admintoken.Open(filepath.Join(path, "below")); err == nil {
		t.Error("it was made below a file")
	}
}

func TestOnlyTheTokenAdmits(t *testing.T) {
	f, _, err := admintoken.Open(write(t, token+"\n", 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for header, admitted := range map[string]bool{
		"Bearer " + token: true, "bearer " + token: true,
		"": false, "Bearer": false, "Bearer ": false, token: false, "Basic " + token: false, "Bearer  " + token: false,
		"Bearer " + token + "x": false, "Bearer " + token[:31]: false, "Bearer " + strings.ToUpper(token): false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		if f.Admits(r) != admitted {
			t.Errorf("%q: admitted %t", header, !admitted)
		}
	}
}

// TestAReplacedTokenIsReadAgain, and a broken one leaves the old one in force.
func TestAReplacedTokenIsReadAgain(t *testing.T) {
	path := write(t, token, 0o600)
	f, _, err := admintoken.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	admits := func(token string) bool {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		admintoken.Add(r, token)
		return f.Admits(r)
	}
	other := strings.Repeat("z", 32)
	for _, step := range []struct {
		text, old, in string
		fails         bool
	}{{"short", other, token, true}, {other, token, other, false}} {
		if err := os.WriteFile(path, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Reload(); (err != nil) != step.fails {
			t.Errorf("%q: %v", step.text, err)
		}
		if !admits(step.in) || admits(step.old) {
			t.Errorf("after %q: in force %t, the other %t", step.text, admits(step.in), admits(step.old))
		}
	}
}
