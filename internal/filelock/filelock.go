// Package filelock makes one process the owner of a file, on every system.
package filelock

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process, or another part of this one, owns the file.
var ErrLocked = errors.New("another process has it open")

// Suffix is what the name of the lock of a file ends with. The file itself is not
// locked: on Windows not even its owner could read it then.
const Suffix = ".lock"

// Lock is the ownership of a file.
type Lock struct{ lock *flock.Flock }

// Acquire makes this process the owner of the file of a path, until Release or its
// end. It does not wait: the error is ErrLocked if there is an owner. The lock file
// stays when the lock is released: another process may have it open already.
func Acquire(path string) (*Lock, error) {
	lock := flock.New(path+Suffix, flock.SetPermissions(0o600))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("locking %s: %w", path, err)
	case !locked:
		return nil, fmt.Errorf("%s: %w (%s is locked)", path, ErrLocked, path+Suffix)
	}
	return &Lock{lock}, nil
}

// Release gives the ownership up.
func (l *Lock) Release() error { return l.lock.Close() }
