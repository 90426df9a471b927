package sqlite

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"accord/internal/filelock"
	"accord/internal/sqlite"
)

const scheme = "sqlite:"

func pathOf(url string) string { return strings.TrimPrefix(url, scheme) }

// resolve follows symbolic links, also to a file that is not there yet: two names of one
// file are one store, with one lock.
func resolve(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	// As many as Linux follows.
	for range 40 {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			return target
		}
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// claim is the ownership of a store's file.
type claim struct {
	lock *filelock.Lock
	// file is open as long as the database is, and locked itself: its lock holds for every
	// name of the file, and when the file of the other lock was deleted.
	file *os.File
}

// claimFile makes this process the owner of a store's file, which it makes if it is not
// there, or returns an error when another process is. Only the owner of the process can
// read the file: SQLite would make it readable for everybody, and gives the files beside
// it the same mode.
func claimFile(path string, synced bool, log *slog.Logger) (_ *claim, err error) {
	c := &claim{}
	if c.lock, err = lockFile(path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.release())
		}
	}()
	if info, err := os.Stat(path); err == nil && filelock.IsOwn(info) {
		return nil, inUse(path, hidden)
	}
	if !exists(path) {
		if err := makeFile(path, synced); err != nil {
			return nil, explain(path, err)
		}
	}
	if c.file, err = os.OpenFile(path, os.O_RDWR, private); err != nil {
		return nil, explain(path, err)
	}
	if protected {
		if err := filelock.LockByte(c.file); errors.Is(err, filelock.ErrLocked) {
			_ = c.file.Close()
			c.file = nil
			return nil, inUse(path, hidden)
		} else if err != nil {
			return nil, explain(path, err)
		}
	}
	info, err := c.file.Stat()
	if err != nil {
		return nil, explain(path, err)
	}
	if mode := info.Mode().Perm(); mode != private {
		if err := c.file.Chmod(private); err != nil {
			return nil, explain(path, err)
		}
		if mode&^private != 0 {
			log.Warn("others could read or write the store: now only its owner can", "path", path, "mode", mode.String())
		}
	}
	return c, nil
}

// mark writes the mark of stores into a file that has none: an empty one, or one of an older
// program. It is in the file itself before there is a write-ahead log.
func (c *claim) mark() error {
	h := make(header, headerSize)
	n, err := c.file.ReadAt(h, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if h[:n].application() == applicationID {
		return nil
	}
	_, err = sqlite.Pragma(c.file.Name(), "synchronous(FULL)", fmt.Sprintf("application_id(%d)", applicationID))
	return err
}

// release gives the ownership up. The database is closed before: closing a file takes away
// the locks that SQLite has there.
func (c *claim) release() error {
	var err error
	if c.file != nil {
		err = filelock.Unlock(c.file)
	}
	return errors.Join(err, c.lock.Release())
}

// hidden is how a process can have the file open although the lock beside it is free.
const hidden = "by another name of the file, or its lock file was deleted"

// lockFile takes the lock beside a store's file.
func lockFile(path string) (*filelock.Lock, error) {
	lock, err := filelock.Acquire(path)
	switch {
	case errors.Is(err, filelock.ErrLocked):
		return nil, inUse(path, path+filelock.Suffix+" is locked"+filelock.Owner(path))
	case err != nil:
		return nil, explain(path+filelock.Suffix, err)
	}
	return lock, nil
}
