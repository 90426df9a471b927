package secretfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"accord/internal/secretfile"
)

// TestReplacingIsNotKeptByWhatWasLeft: a process was killed while it replaced the file.
func TestReplacingIsNotKeptByWhatWasLeft(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "keys")
	if err := secretfile.Create(name, "one"); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{".new", ".partial-1"} {
		if err := os.WriteFile(name+left, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := secretfile.Replace(name, "two"); err != nil {
		t.Fatal(err)
	}
	if text, err := secretfile.Read(name, 10); err != nil || text != "two" {
		t.Errorf("%q, %v", text, err)
	}
	if found, err := os.ReadDir(folder); err != nil || len(found) != 3 {
		t.Errorf("%v, %v", found, err)
	}
	if err := secretfile.Replace(folder, "three"); err == nil {
		t.Error("a folder was replaced")
	}
}
