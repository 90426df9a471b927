package sqlite

import (
	"bytes"
	"compress/gzip"
	_ "embed" // Files of new stores.
	"errors"
	"io"
	"os"

	"accord/internal/filelock"
)

// newFile is what a new store begins with: a file with the schema and no rows, as all
// migrations make it, compressed. They take longer than the rest of a start, and a file that
// is there as a whole or not at all has no half of a schema.
//
//go:generate go test -run TestANewFileIsWhatTheMigrationsMake -update
//go:embed new.db.gz
var newFile []byte

// newSuffix is what the name of a file ends with until its content is on the disk.
const newSuffix = ".new"

// makeFile makes the file of a new store. A kill leaves it as a whole or not at all, and
// perhaps a part of it under another name.
func makeFile(path string, synced bool) error {
	temporary := path + newSuffix
	err := writeNew(temporary, synced)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary)
	}
	return err
}

// writeNew writes the content. It replaces what a killed server has left.
func writeNew(path string, synced bool) error {
	content, err := gzip.NewReader(bytes.NewReader(newFile))
	if err != nil {
		return err
	}
	_ = os.Remove(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
	if err != nil {
		return err
	}
	if err = filelock.GiveToFolder(f); err == nil {
		_, err = io.Copy(f, content)
	}
	if err == nil && synced {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
