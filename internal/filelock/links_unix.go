//go:build unix

package filelock

import (
	"io/fs"
	"syscall"
)

// Links counts the names of a file.
func Links(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // macOS has another type.
	}
	return 1
}
