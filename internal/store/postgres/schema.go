package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3/lock"
)

// bytewiseSchema makes every text column compare by its bytes, whatever the locale of
// the database is; otherwise the order of lists would differ between engines. It also
// creates the sequence that SQLite does not need.
type bytewiseSchema struct{ fs.FS }

func (s bytewiseSchema) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	text, err := fs.ReadFile(s.FS, name)
	if err != nil {
		return nil, err
	}
	typed := strings.ReplaceAll(string(text), " TEXT", ` TEXT COLLATE "C"`)
	typed = strings.Replace(typed, firstTable, "CREATE SEQUENCE insertions;\n"+firstTable, 1)
	return &bytewiseFile{File: f, text: bytes.NewReader([]byte(typed))}, nil
}

// firstTable begins the first migration.
const firstTable = "CREATE TABLE organizations "

// bytewiseFile reads another text than the file's.
type bytewiseFile struct {
	fs.File
	text *bytes.Reader
}

func (f *bytewiseFile) Read(b []byte) (int, error) { return f.text.Read(b) }

// startLock is an advisory lock by which servers that start at once migrate one after
// the other. It waits in the database; the lock of goose polls every five seconds.
type startLock struct{}

func (startLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock.DefaultLockID)
	return err
}

func (startLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lock.DefaultLockID)
	return err
}
