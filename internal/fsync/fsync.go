// Package fsync makes files and the names in folders durable. It knows nothing of what is
// in them.
package fsync

import (
	"errors"
	"os"
	"runtime"
)

// Path brings the content of a file to the disk, or the names of the files in a folder.
// Windows has no call for a folder, and syncs what is open for writing only: there it does
// nothing.
func Path(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
