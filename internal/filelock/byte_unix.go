//go:build linux || darwin

package filelock

import (
	"errors"
	"io"
	"os"
	"syscall"
)

func lockByte(f *os.File, alone bool) error {
	kind := int16(syscall.F_RDLCK)
	if alone {
		kind = syscall.F_WRLCK
	}
	return setByte(f, kind)
}

func unlockByte(f *os.File) error { return setByte(f, syscall.F_UNLCK) }

func setByte(f *os.File, kind int16) error {
	lock := syscall.Flock_t{Type: kind, Whence: io.SeekStart, Start: position, Len: 1}
	err := syscall.FcntlFlock(f.Fd(), setLock, &lock)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		err = ErrLocked
	}
	return err
}
