package filelock

import (
	"fmt"
	"os"
	"sync"
)

// position is the byte that LockByte locks. It lies beyond every file, and beyond the
// bytes that SQLite locks, which are those behind the first gibibyte.
const position = 1 << 60

// locked are the files that this process has locked. A process must not open such a file
// a second time: when it closes any descriptor of a file, POSIX takes away all the locks
// that it has there, among them those of SQLite. [POSIX: fcntl, close]
var locked struct {
	sync.Mutex
	files []os.FileInfo
}

// LockByte makes this process the owner of a file that it has opened for writing, by
// whatever name, until Unlock or the end of the process. It does not wait: the error is
// ErrLocked if there is an owner. The lock belongs to this descriptor, it stays when the
// process closes another one of the file, and others can read and write the file.
//
// Where the system has no such lock it does nothing.
func LockByte(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	if err := lockByte(f, true); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	locked.Lock()
	defer locked.Unlock()
	locked.files = append(locked.files, info)
	return nil
}

// Unlock closes a file that LockByte has locked, and with it the lock.
func Unlock(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("unlocking %s: %w", f.Name(), err)
	}
	locked.Lock()
	defer locked.Unlock()
	for i, other := range locked.files {
		if os.SameFile(info, other) {
			locked.files = append(locked.files[:i:i], locked.files[i+1:]...)
			break
		}
	}
	return f.Close()
}

// IsOwn reports whether this process has locked a file with LockByte: then it must not be
// opened.
func IsOwn(info os.FileInfo) bool {
	locked.Lock()
	defer locked.Unlock()
	for _, other := range locked.files {
		if os.SameFile(info, other) {
			return true
		}
	}
	return false
}

// CheckByte returns ErrLocked if another process owns a file by LockByte. The file is one
// that is open for reading.
func CheckByte(f *os.File) error {
	err := lockByte(f, false)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	return unlockByte(f)
}
