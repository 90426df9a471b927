package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"accord/internal/fsync"
)

// WriteFile writes what a command was asked for, with a mode if the file is new: whole, or not at
// all, so that a full disk leaves the old file as it was. A pipe and a device are written as they
// are, and so is a file in a folder in which no other can be made.
func WriteFile(name string, text []byte, mode fs.FileMode) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return os.WriteFile(name, text, mode)
	case err == nil:
		// What a link leads to is replaced, and not the link.
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(name), filepath.Base(name)+".partial-*")
	if errors.Is(err, fs.ErrPermission) {
		return os.WriteFile(name, text, mode)
	}
	if err != nil {
		return err
	}
	next := filepath.Join(folder, filepath.Base(name))
	if err = os.WriteFile(next, text, mode); err == nil {
		err = errors.Join(fsync.Path(next), os.Rename(next, name))
	}
	return errors.Join(err, os.RemoveAll(folder))
}
