package sqlite

import (
	"errors"
	"fmt"

	lib "zombiezen.com/go/sqlite"
)

// ErrCommit: the commit failed, and the change may or may not be in the file.
var ErrCommit = errors.New("SQLite: the outcome of the commit is unknown")

// errRolledBack: nothing of the transaction is in the file.
var errRolledBack = errors.New("SQLite: the transaction was rolled back with its group")

// Code returns the primary result code of an error of SQLite, such as 13 for a full disk;
// 1 for another error, and 0 for none. [SQLite: result codes]
func Code(err error) int { return int(lib.ErrCode(err).ToPrimary()) }

// outcomeOf says what became of a commit that failed. The last frame of a commit in the
// write-ahead log makes it valid, so that a log which could not be written to its end has
// nothing of it. After any other error, such as one of the sync, the commit may be there
// when the file is opened again. [SQLite: WAL file format]
func outcomeOf(commit error) error {
	switch lib.ErrCode(commit) {
	case lib.ResultFull, lib.ResultIOErrWrite:
		return errRolledBack
	}
	return ErrCommit
}

// IsDuplicate reports whether a unique constraint was violated.
func IsDuplicate(err error) bool {
	code := lib.ErrCode(err)
	return code == lib.ResultConstraintUnique || code == lib.ResultConstraintPrimaryKey
}

func wrap(doing string, err error) error {
	if err != nil {
		err = fmt.Errorf("SQLite: %s: %w", doing, err)
	}
	return err
}
