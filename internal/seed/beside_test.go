package seed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/seed"
)

// TestFilesBesideASeedAreRegularAndInItsFolder: a link within the folder is the control.
func TestFilesBesideASeedAreRegularAndInItsFolder(t *testing.T) {
	folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	for _, file := range []string{filepath.Join(folder, "policy.json"), outside} {
		if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"inside": "policy.json", "outside": outside, "device": os.DevNull} {
		if err := os.Symlink(to, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	read := seed.Beside(root.FS())
	for name, want := range map[string]string{
		"policy.json": "", "inside": "", "outside": "escapes", "device": "escapes", "folder": "not a regular file", "absent": "absent", "../secret": "invalid", "./folder/../policy.json": "",
	} {
		content, err := read(name)
		if want == "" && (err != nil || string(content) != "{}") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %q, %v, want %q", name, content, err, want)
		}
	}
}
