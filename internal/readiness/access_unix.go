//go:build !windows

package readiness

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

func readable(path string) bool { return unix.Access(path, unix.R_OK) == nil }

func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }

func private(mode fs.FileMode) bool { return mode.Perm()&0o077 == 0 }
