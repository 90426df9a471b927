package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // Reads and changes files without the store.

	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/require"
)

// engines are those whose stores outlive a program, with the URL of an empty one.
var engines = []struct {
	name string
	url  func(t *testing.T) string
}{
	{"SQLite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") }},
	{"PostgreSQL", func(t *testing.T) string { require.Full(t); return postgres.URL(t) }},
}

// migrated brings a store to the schema of this program.
func migrated(t *testing.T, url string) {
	t.Helper()
	if _, _, err := store.Migrate(context.Background(), url, store.EngineOptions{Wait: patience}, true); err != nil {
		t.Fatal(err)
	}
}

// open opens the database of a store without the store.
func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, source := "pgx", url
	if path, is := strings.CutPrefix(url, "sqlite:"); is {
		driver, source = "sqlite", "file:"+path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	db := open(t, url)
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
