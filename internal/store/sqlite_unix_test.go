//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"accord/internal/store"
)

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "accord.db")
	for _, found := range []string{"no file", "a file that others could read"} {
		if found != "no file" {
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s := open(t, "sqlite:"+path, defaultOptions())
		insertMessage(t, s, "private")
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("with %s: %s has the mode %v", found, e.Name(), info.Mode())
			}
		}
		if len(entries) < 3 {
			t.Errorf("with %s: only %d files", found, len(entries))
		}
		closeStore(t, s)
	}
}

// A folder, a device or a pipe is refused before it is opened: a server that runs as root
// would change the mode of a device, and wait for the other end of a pipe.
func TestOnlyARegularFileIsAStore(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{folder: "it is a folder: name a file in it", pipe: "it is not a regular file"} {
		want := path + " is not a store: " + why
		if _, err := store.Open(t.Context(), "sqlite:"+path, defaultOptions()); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the pipe is now %v, %v", info, err)
	}
}
