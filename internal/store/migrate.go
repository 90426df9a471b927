package store

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the schema of a store up to date without opening the store, and
// returns the versions before and after. Unless apply is set it only looks: then
// the second version is the one that this program knows, and a file that is not
// there is not made.
func Migrate(ctx context.Context, url string, apply bool) (before, after int64, err error) {
	if path, file := strings.CutPrefix(url, "sqlite:"); file && !apply {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			url = "memory"
		}
	}
	e, err := engineOf(ctx, url)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	s := &Store{engine: e}
	provider, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	if before, after, err = versions(ctx, provider); err != nil || !apply {
		return before, after, err
	}
	return before, after, s.migrate(ctx)
}

// migrate brings the schema up to date. It is forward-only, and refuses a schema
// that a newer version of the program made.
func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	current, known, err := versions(ctx, provider)
	if err != nil {
		return err
	}
	if current > known {
		return fmt.Errorf("the schema has version %d, this program knows up to %d: use a newer program", current, known)
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	folder, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	return s.engine.migrations(typedSchema{folder, s.engine})
}

func versions(ctx context.Context, provider *goose.Provider) (current, known int64, err error) {
	if current, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, err
	}
	sources := provider.ListSources()
	if len(sources) == 0 {
		return 0, 0, errors.New("no schema is built in")
	}
	return current, sources[len(sources)-1].Version, nil
}

// typedSchema is the schema's text with the column types of an engine.
type typedSchema struct {
	fs.FS
	engine engine
}

func (t typedSchema) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	text, err := fs.ReadFile(t.FS, name)
	if err != nil {
		return nil, err
	}
	return &typedFile{File: f, text: bytes.NewReader([]byte(t.engine.columnTypes(string(text))))}, nil
}

// typedFile reads the engine's text in place of the file's.
type typedFile struct {
	fs.File
	text *bytes.Reader
}

func (f *typedFile) Read(b []byte) (int, error) { return f.text.Read(b) }
