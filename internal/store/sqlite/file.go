package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"accord/internal/filelock"
)

const scheme = "sqlite:"

func pathOf(url string) string { return strings.TrimPrefix(url, scheme) }

// resolve follows symbolic links: two names of one file are one store, with one lock.
func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// makePrivate makes sure that the file exists and that only its owner can read it.
// SQLite would make it readable for everybody, and gives the files beside it the same
// mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the store's file: %w", err)
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// lockFile makes this process the owner of a store's file, or returns an error when
// another process is.
func lockFile(path string) (*filelock.Lock, error) {
	lock, err := filelock.Acquire(path)
	switch {
	case errors.Is(err, filelock.ErrLocked):
		return nil, fmt.Errorf("another process has the store open (%s is locked)", path+filelock.Suffix)
	case err != nil:
		return nil, fmt.Errorf("the store's lock: %w", err)
	}
	return lock, nil
}
