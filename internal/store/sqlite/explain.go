package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"accord/internal/store/engine"
)

// explained is the table of the errors of the system at the start, with their cures. PATH
// is the file.
var explained = []struct {
	errs []error
	cure string
}{
	{[]error{syscall.ENOSPC, syscall.EDQUOT}, "the disk or the quota of the user is full: free space"},
	{[]error{syscall.EROFS}, "the file system is read-only: mount it for writing, or use a file elsewhere"},
	{[]error{fs.ErrPermission}, "let the user of the server read and write the file and its folder, where SQLite makes files beside it"},
	{[]error{syscall.EMFILE, syscall.ENFILE}, "raise the limit of open files"},
	{[]error{syscall.ENOTDIR, fs.ErrNotExist}, "make the folder of the file"},
	{[]error{syscall.ENAMETOOLONG}, "use a shorter name"},
	{[]error{syscall.EIO}, "look for errors of the device in the log of the kernel"},
}

// explain says of an error at the start which file it is about, and how to cure it.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if cure := cureOf(err); cure != "" {
		return fmt.Errorf("%s: %w: %s", path, err, cure)
	}
	// SQLite has numbers, such as 4874 for a full disk. The system has the reason.
	if found := probe(filepath.Dir(path)); found != nil {
		return fmt.Errorf("%s: %w: %w: %s", path, err, found, cureOf(found))
	}
	return fmt.Errorf("%s: %w", path, err)
}

func cureOf(err error) string {
	for _, row := range explained {
		for _, known := range row.errs {
			if errors.Is(err, known) {
				return row.cure
			}
		}
	}
	return ""
}

// probe writes a file of some pages into a folder, removes it, and returns the error of
// the system.
func probe(folder string) error {
	f, err := os.CreateTemp(folder, ".accord-probe-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 1<<16))
	if err == nil {
		err = f.Sync()
	}
	_, _ = f.Close(), os.Remove(f.Name())
	return err
}

func inUse(path, sign string) error {
	return fmt.Errorf("%s: %w (%s): stop it, or use another file", path, engine.ErrInUse, sign)
}
