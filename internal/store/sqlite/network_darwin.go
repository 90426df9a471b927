package sqlite

import (
	"strings"
	"syscall"
)

// local is MNT_LOCAL. [Darwin: sys/mount.h]
const local = 0x1000

// networkOf names the file system of a folder if it is one of the network.
func networkOf(folder string) string {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil || stat.Flags&local != 0 {
		return ""
	}
	var name strings.Builder
	for _, c := range stat.Fstypename {
		if c == 0 {
			break
		}
		name.WriteByte(byte(c))
	}
	return name.String()
}
