package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"accord/internal/filelock"
	"accord/internal/fsync"
	"accord/internal/sqlite"
)

// openedSuffix is what the name of a file ends with that lies beside a store from its
// opening until its orderly end. Without a write-ahead log beside it, that log was removed.
const openedSuffix = ".open"

const openedText = "A server has opened the store beside this file, and its last changes are in the\n" +
	"write-ahead log, whose name ends with -wal. The server removes this file when it\n" +
	"stops. After a kill the next start needs it: without it, nothing tells that a log\n" +
	"is missing.\n"

// private is the mode of the files of a store.
const private fs.FileMode = 0o600

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// markOpened is called when the write-ahead log of a file is there, and before a change is.
func markOpened(path string) error {
	f, err := os.OpenFile(path+openedSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, private)
	if err != nil {
		return err
	}
	_, err = f.WriteString(openedText)
	// The name of the log has to be on the disk as soon as that of the mark.
	return errors.Join(err, filelock.GiveToFolder(f), f.Sync(), f.Close(), fsync.Path(filepath.Dir(path)))
}

// unmarkOpened is called before SQLite copies the log into the file and removes it.
func unmarkOpened(path string) error {
	err := os.Remove(path + openedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, fsync.Path(filepath.Dir(path)))
}

// requireLog returns an error if the write-ahead log of a killed server is gone, or shorter
// than what that server had written.
func requireLog(path string) error {
	err := sqlite.MatchIndex(path)
	if err == nil && exists(path+openedSuffix) && !exists(path+"-wal") {
		err = fmt.Errorf("%w: %s is gone", sqlite.ErrLogLost, path+"-wal")
	}
	if errors.Is(err, sqlite.ErrLogLost) {
		return fmt.Errorf("%[1]s: its server was killed, and %[2]w: put the log back, or restore a backup; to go on without the changes that were in it, "+
			"or if another program has copied them into the file since, remove %[1]s-wal, %[1]s-shm and %[1]s%[3]s", path, err, openedSuffix)
	}
	return err
}
