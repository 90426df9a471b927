package filelock_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/filelock"
)

func TestAFileHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	first, err := filelock.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filelock.Acquire(path); !errors.Is(err, filelock.ErrLocked) {
		t.Errorf("a second owner: %v", err)
	}
	if other, err := filelock.Acquire(path + "2"); err != nil {
		t.Errorf("another file: %v", err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := filelock.Acquire(path)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file itself was touched: %v", err)
	}
}

func TestAFolderThatDoesNotExistIsNamed(t *testing.T) {
	if _, err := filelock.Acquire(filepath.Join(t.TempDir(), "missing", "file")); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "make the folder") {
		t.Errorf("%v", err)
	}
}
