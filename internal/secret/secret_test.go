package secret_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/secret"
)

const owner, text = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// keys are keys of one byte each, repeated.
func keys(t *testing.T, digits string) []secret.Key {
	t.Helper()
	var lines []string
	for _, d := range digits {
		lines = append(lines, strings.Repeat(string(d), 2*secret.Size))
	}
	all, err := secret.ParseKeys(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func seal(t *testing.T, r *secret.Ring, owner, text string) string {
	t.Helper()
	sealed, err := r.Seal(owner, text)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestASealedTextOpensForItsOwnerAlone(t *testing.T) {
	ring := secret.NewRing(keys(t, "1"))
	sealed := seal(t, ring, owner, text)
	if got, err := ring.Open(owner, sealed); err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}
	if strings.Contains(sealed, text) || !strings.HasPrefix(sealed, "v1."+ring.Keys()[0].ID()+".") {
		t.Error(sealed)
	}
	if other := seal(t, ring, owner, text+"x"); other[:40] == sealed[:40] {
		t.Error("two texts have the same nonce")
	}
	for i := range sealed {
		altered := []byte(sealed)
		altered[i] ^= 1
		if got, err := ring.Open(owner, string(altered)); err == nil {
			t.Errorf("byte %d altered: %q", i, got)
		}
	}
	for name, sealed := range map[string]string{"empty": "", "plain": text, "short": sealed[:20], "of another version": "v2" + sealed[2:]} {
		if _, err := ring.Open(owner, sealed); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, err := ring.Open("AKIAI44QH8DHBEXAMPLE", sealed); err == nil {
		t.Error("opened for another owner")
	}
}

// TestRotation: a new key seals, and the old one opens as long as it is there.
func TestRotation(t *testing.T) {
	ring := secret.NewRing(keys(t, "1"))
	old := seal(t, ring, owner, text)
	ring.Replace(keys(t, "21"))
	if got, err := ring.Open(owner, old); err != nil || got != text || ring.Current(old) {
		t.Errorf("%q, %v, current: %v", got, err, ring.Current(old))
	}
	again := seal(t, ring, owner, text)
	ring.Replace(keys(t, "2"))
	if got, err := ring.Open(owner, again); err != nil || got != text || !ring.Current(again) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ring.Open(owner, old); !errors.Is(err, secret.ErrUnknownKey) {
		t.Errorf("without its key: %v", err)
	}
}

func TestAKeyIsNotShown(t *testing.T) {
	key := keys(t, "7")[0]
	for _, shown := range []string{fmt.Sprint(key), fmt.Sprintf("%v %+v %#v %s", key, key, key, key), fmt.Sprint(keys(t, "7")), key.ID()} {
		if strings.Contains(shown, "7777") || strings.Contains(shown, "119 119") {
			t.Error(shown)
		}
	}
	for _, text := range []string{"", "77", strings.Repeat("7", 65), strings.Repeat("g", 64), strings.Repeat(strings.Repeat("7", 64)+"\n", 2)} {
		if _, err := secret.ParseKeys(text); err == nil || strings.Contains(err.Error(), "777") {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

func TestAFileOfKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	first, made, err := secret.OpenFile(path)
	if err != nil || !made || len(first) != 1 {
		t.Fatalf("%v, made: %v, %d keys", err, made, len(first))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", err, info.Mode())
	}
	if again, made, err := secret.OpenFile(path); err != nil || made || again[0] != first[0] {
		t.Errorf("opened again: %v, made: %v", err, made)
	}
	added, err := secret.AddToFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if both, err := secret.ReadFile(path); err != nil || len(both) != 2 || both[0] != added || both[1] != first[0] {
		t.Errorf("%v, %v", both, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := secret.OpenFile(path); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("a file that others can read: %v", err)
	}
}
