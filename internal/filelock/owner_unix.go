//go:build unix

package filelock

import (
	"os"
	"path/filepath"
	"syscall"
)

// GiveToFolder gives a file that root has made to the owner of its folder: what a command
// of root leaves in the folder of a server has to be open to the user of the server. It
// does nothing for other users.
func GiveToFolder(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	folder, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return f.Chown(int(folder.Uid), int(folder.Gid))
}
