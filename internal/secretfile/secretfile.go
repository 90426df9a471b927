// Package secretfile reads and writes files that hold a secret, and refuses those that
// others can read. It knows nothing of what is in them.
package secretfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"accord/internal/fsync"
)

// Read returns at most the first bytes of a file. No error shows them. The file may be
// readable for its owner only, and for its group too if it belongs to root, as the
// secrets of a container do.
func Read(path string, most int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if allowed := permitted(info); info.Mode().Perm()&^allowed != 0 {
		return "", fmt.Errorf("%s has the mode %04o and holds a secret; at most %04o is allowed (chmod 600)", path, info.Mode().Perm(), allowed)
	}
	text, err := io.ReadAll(io.LimitReader(file, most))
	return string(text), err
}

// permitted are the permissions that a file may have at most.
func permitted(info fs.FileInfo) fs.FileMode {
	switch {
	case !hasModes:
		return fs.ModePerm
	case ownedByRoot(info):
		return 0o640
	}
	return 0o600
}

// Create makes a file that only its owner can read; fs.ErrExist if there is one.
func Create(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close(), fsync.Path(path), fsync.Path(filepath.Dir(path))); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// Replace puts another file in the place of one, as a whole or not at all. What one that was
// killed has left is in the way of nobody.
func Replace(path, text string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+".partial-*")
	if err != nil {
		return err
	}
	next := filepath.Join(folder, filepath.Base(path))
	if err = Create(next, text); err == nil {
		err = errors.Join(os.Rename(next, path), fsync.Path(filepath.Dir(path)))
	}
	return errors.Join(err, os.RemoveAll(folder))
}
