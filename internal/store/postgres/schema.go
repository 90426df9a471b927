package postgres

import (
	"bytes"
	"io/fs"
	"strings"
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
