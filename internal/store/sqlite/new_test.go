package sqlite_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/store"
)

var update = flag.Bool("update", false, "write the file that new stores begin with")

// migrated makes a store of an empty file by all migrations. The time of the migrations is
// left out: the content is the same each time.
func migrated(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "accord.db")
	write(t, path, nil)
	if before, after, err := store.Migrate(ctx, "sqlite:"+path, store.EngineOptions{}, true); err != nil || before != 0 || after == 0 {
		t.Fatalf("the migrations went from %d to %d: %v", before, after, err)
	}
	execute(t, path, "UPDATE schema_version SET tstamp = '2000-01-01 00:00:00'", "VACUUM")
	return path
}

// logical is all that a file has: its tables, indexes, views and triggers, the rows of each
// table, and what its header says of it.
func logical(t *testing.T, path string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	texts := func(query string) (found []string) {
		t.Helper()
		rows, err := db.Query(query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			found = append(found, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, pragma := range []string{"journal_mode", "application_id", "page_size", "auto_vacuum", "encoding", "user_version", "integrity_check"} {
		all = append(all, pragma+" "+strings.Join(texts("PRAGMA "+pragma), " "))
	}
	all = append(all, texts("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY type, name")...)
	for _, table := range texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
		columns := texts(fmt.Sprintf("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('%s') ORDER BY cid", table))
		all = append(all, texts(fmt.Sprintf("SELECT '%s ' || %s FROM %s ORDER BY 1", table, strings.Join(columns, " || ' ' || "), table))...)
	}
	return all
}

// TestANewFileIsWhatTheMigrationsMake of an empty one.
func TestANewFileIsWhatTheMigrationsMake(t *testing.T) {
	made := migrated(t)
	if *update {
		content, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		var compressed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, "new.db.gz", compressed.Bytes())
	}
	path := filepath.Join(t.TempDir(), "new.db")
	unpack(t, path)
	want, got := logical(t, made), logical(t, path)
	if !slices.Equal(got, want) {
		t.Errorf("go generate ./internal/store/sqlite writes it again; it has %d lines and the migrations make %d:\n%s\n\nwant:\n%s",
			len(got), len(want), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	execute(t, path, "CREATE TABLE later (id INTEGER)")
	if slices.Equal(logical(t, path), want) {
		t.Error("the comparison does not see another table")
	}
}

// unpack writes the file that new stores begin with.
func unpack(t *testing.T, path string) {
	t.Helper()
	compressed, err := os.ReadFile("new.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	write(t, path, content.Bytes())
}

// TestWhatAKilledStartLeavesIsReplaced: the part of a file that was not made to its end, or
// the whole one without a log and without the facts of a store.
func TestWhatAKilledStartLeavesIsReplaced(t *testing.T) {
	for what, leave := range map[string]func(path string){
		"nothing":     func(string) {},
		"a part":      func(path string) { write(t, path+".new", []byte("SQLite format 3\x00")) },
		"the whole":   func(path string) { unpack(t, path+".new") },
		"its name":    func(path string) { unpack(t, path) },
		"an old file": func(path string) { write(t, path, nil) },
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "accord.db")
			leave(path)
			s := serve(t, path)
			if err := insert(s, "kept"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if found := messages(t, serve(t, path)); !slices.Equal(found, []string{"kept"}) {
				t.Errorf("after another start it has %q", found)
			}
			if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a part is left: %v", err)
			}
		})
	}
}
