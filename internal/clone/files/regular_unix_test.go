//go:build unix

package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accord/internal/clone/files"
)

// TestOnlyRegularFilesAreRead: a pipe or a device need not end. The control is a link within
// the folder.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	for what, c := range map[string]struct {
		put  func(path string) error
		want string
	}{
		"a pipe":           {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "not a regular file"},
		"a device":         {func(path string) error { return os.Symlink("/dev/zero", path) }, "escapes"},
		"a link out of it": {func(path string) error { return os.Symlink("/etc/passwd", path) }, "escapes"},
		"a folder":         {func(path string) error { return os.Symlink(".", path) }, "not a regular file"},
		"a link within it": {func(path string) error { return os.Symlink("roots.json", path) }, ""},
	} {
		folder := copied(t, nil)
		path := filepath.Join(folder, "x.json")
		if err := c.put(path); err != nil {
			t.Fatal(err)
		}
		_, err := files.Open(folder)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "ListRoots.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Save(open(t, cli), folder); err == nil {
		t.Error("a reading is saved into a pipe")
	}
}
