package sqlite

import (
	"errors"
	"fmt"

	lib "zombiezen.com/go/sqlite"
)

// ErrCommit: the commit failed, and the change may or may not be in the file.
var ErrCommit = errors.New("SQLite: the outcome of the commit is unknown")

// IsBusy reports whether a statement failed because of another connection.
func IsBusy(err error) bool {
	code := lib.ErrCode(err).ToPrimary()
	return code == lib.ResultBusy || code == lib.ResultLocked
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
