//go:build unix

package secretfile

import (
	"io/fs"
	"syscall"
)

const hasModes = true

func ownedByRoot(info fs.FileInfo) bool {
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && status.Uid == 0
}
