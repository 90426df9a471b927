// Package filelock makes one process the owner of a file, on every system.
package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process, or another part of this one, owns the file.
var ErrLocked = errors.New("another process has it open")

// Suffix is what the name of the lock of a file ends with. The file itself has a lock of
// another kind, LockByte: on Windows not even the owner could read it otherwise.
const Suffix = ".lock"

// Lock is the ownership of a file.
type Lock struct{ lock *flock.Flock }

// Acquire makes this process the owner of the file of a path, until Release or its
// end. It does not wait: the error is ErrLocked if there is an owner, and names its
// process where that is known. The lock file stays when the lock is released: another
// process may have it open already.
func Acquire(path string) (*Lock, error) {
	lock := flock.New(path+Suffix, flock.SetPermissions(0o600))
	if err := makeLock(path + Suffix); err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("locking %s: %w", path, err)
	case !locked:
		return nil, fmt.Errorf("%s: %w (%s is locked%s)", path, ErrLocked, path+Suffix, Owner(path))
	}
	// Windows refuses it, and so does a file that is read-only: then only the name of the
	// owner is missing.
	_ = os.WriteFile(path+Suffix, strconv.AppendInt(nil, int64(os.Getpid()), 10), 0o600)
	return &Lock{lock}, nil
}

// makeLock makes the file of a lock if it is not there.
func makeLock(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: make the folder, or use a file elsewhere", err)
	}
	if err != nil {
		return err
	}
	return errors.Join(GiveToFolder(f), f.Close())
}

// Owner names the process that has written its number into the lock of a file: " by
// process 4711".
func Owner(path string) string {
	text, err := os.ReadFile(path + Suffix)
	if number, invalid := strconv.Atoi(string(text)); err == nil && invalid == nil && number > 0 {
		return " by process " + strconv.Itoa(number)
	}
	return ""
}

// Release gives the ownership up.
func (l *Lock) Release() error { return l.lock.Close() }
