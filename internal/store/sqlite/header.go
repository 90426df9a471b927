package sqlite

import (
	"encoding/binary"
	"net/url"
)

// applicationID marks the files of stores, "ACCD". [SQLite: PRAGMA application_id]
const applicationID = 0x41434344

// header is the beginning of a file of SQLite. [SQLite: database file format]
type header []byte

const (
	headerSize = 100
	// magic begins every file of SQLite.
	magic = "SQLite format 3\x00"
)

func (h header) isSQLite() bool { return len(h) >= len(magic) && string(h[:len(magic)]) == magic }

// application is the number by which a file says whose it is; 0 for none.
func (h header) application() uint32 {
	if len(h) < headerSize {
		return 0
	}
	return binary.BigEndian.Uint32(h[68:])
}

// dsn is the name of a file for database/sql.
func dsn(path, parameters string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + parameters
}
