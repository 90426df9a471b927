package store_test

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/storetest"
	"accord/test/postgres"
	"accord/test/require"
)

// A store in memory is a file of SQLite that is not synced: TestSQLiteConforms holds what the
// two share, in every run.
func TestMemoryConforms(t *testing.T) {
	require.Long(t)
	storetest.Run(t, storetest.Engine{Open: func(t *testing.T, options store.Options) *store.Store { return open(t, "memory", options) }})
}

// TestSQLiteConforms opens copies of one file that has the schema, as TestPostgresConforms does
// with a database.
func TestSQLiteConforms(t *testing.T) {
	first := file(t)
	closeStore(t, open(t, first, defaultOptions()))
	content, err := os.ReadFile(strings.TrimPrefix(first, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, storetest.Engine{Open: func(t *testing.T, options store.Options) *store.Store {
		address := file(t)
		if err := os.WriteFile(strings.TrimPrefix(address, "sqlite:"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		return open(t, address, options)
	}})
}

func TestPostgresConforms(t *testing.T) {
	require.Full(t)
	storetest.Run(t, storetest.Engine{Shared: true, Open: func(t *testing.T, options store.Options) *store.Store {
		return open(t, migrated.URL(t), options)
	}})
}

// migrated has the schema and no rows. Other tests migrate.
var migrated = postgres.Template{Fill: storetest.Migrate}

// file is the URL of a SQLite store that is not there yet.
func file(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
}

// durable are the URLs of new stores that keep their data when they are closed.
func durable(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"SQLite": file(t), "PostgreSQL": postgres.URL(t)}
}

// inSchema makes an empty schema in a database and returns the URL to use it.
func inSchema(t *testing.T, address, schema string) string {
	t.Helper()
	execute(t, address, "CREATE SCHEMA "+schema)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// execute runs a statement on a PostgreSQL database, past the store.
func execute(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), statement)
	if closing := conn.Close(t.Context()); err == nil {
		err = closing
	}
	if err != nil {
		t.Fatal(err)
	}
}

// open opens a store that the test closes.
func open(t *testing.T, address string, options store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, options)
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	return s
}

// defaultOptions are options for a test that needs no others.
func defaultOptions() store.Options {
	return store.Options{Clock: clock.NewVirtual(now), Source: ident.NewSource()}
}

var now = time.Date(2026, time.November, 21, 9, 30, 0, 0, time.UTC)

// closeStore closes a store.
func closeStore(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("closing the store: %v", err)
	}
}

// insertMessage makes a change that a later read can find.
func insertMessage(t *testing.T, s *store.Store, body string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertMessage(store.Message{Kind: "mail", Body: body})
	}); err != nil {
		t.Fatalf("writing: %v", err)
	}
}

// messageBodies reads the messages back.
func messageBodies(t *testing.T, s *store.Store) []string {
	t.Helper()
	var bodies []string
	if err := s.View(t.Context(), func(v *store.View) error {
		messages, err := v.Messages("mail", 0, 100)
		for _, l := range messages {
			bodies = append(bodies, l.Body)
		}
		return err
	}); err != nil {
		t.Fatalf("reading: %v", err)
	}
	return bodies
}

// TestDataIsThereAfterReopening, and continues from where it was.
func TestDataIsThereAfterReopening(t *testing.T) {
	for name, address := range durable(t) {
		t.Run(name, func(t *testing.T) {
			var secret []byte
			for i, want := range [][]string{{"1"}, {"1", "2"}, {"1", "2", "3"}} {
				s := open(t, address, defaultOptions())
				key, err := s.Secret(t.Context(), store.TokenKey)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 && !bytes.Equal(key, secret) {
					t.Error("the secret is another one")
				}
				secret = key
				// The clock stands at the same instant each time.
				insertMessage(t, s, want[i])
				if diff := cmp.Diff(want, messageBodies(t, s)); diff != "" {
					t.Errorf("the messages (-want +got):\n%s", diff)
				}
				closeStore(t, s)
			}
		})
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	const newer = "INSERT INTO schema_version (version_id, is_applied) VALUES (99999, TRUE)"
	for name, address := range durable(t) {
		t.Run(name, func(t *testing.T) {
			s := open(t, address, defaultOptions())
			insertMessage(t, s, "kept")
			closeStore(t, s)
			path, isFile := strings.CutPrefix(address, "sqlite:")
			if isFile {
				executeFile(t, path, newer)
			} else {
				execute(t, address, newer)
			}
			s, err := store.Open(t.Context(), address, defaultOptions())
			if err == nil {
				closeStore(t, s)
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), "newer program") {
				t.Errorf("the error gives no way out: %v", err)
			}
			if isFile {
				executeFile(t, path, "DELETE FROM schema_version WHERE version_id = 99999")
			} else {
				execute(t, address, "DELETE FROM schema_version WHERE version_id = 99999")
			}
			// What was refused was not touched, and is not held.
			s = open(t, address, defaultOptions())
			if diff := cmp.Diff([]string{"kept"}, messageBodies(t, s)); diff != "" {
				t.Errorf("the messages (-want +got):\n%s", diff)
			}
			closeStore(t, s)
		})
	}
}

func TestAnUnknownStoreIsRefused(t *testing.T) {
	for _, address := range []string{"", "sqlite", "sqlite:", "accord.db", "mysql://root:secret@localhost/accord", "host=db password=secret", "Memory"} {
		s, err := store.Open(t.Context(), address, defaultOptions())
		if err == nil {
			closeStore(t, s)
			t.Errorf("%q was opened", address)
			continue
		}
		var unknown *store.URLError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v", address, err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows the password: %v", address, err)
		}
	}
}

func TestThePasswordIsShownNowhere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for _, address := range []string{
		"postgres://accord:secret@127.0.0.1:1/accord",
		"postgres://accord:secret@127.0.0.1:1/accord?sslmode=sometimes",
		"postgres://accord@127.0.0.1:1/accord?password=secret",
		"postgres://accord:secret@127.0.0.1:port/accord",
		"postgres://accord:sec%zzret-secret@127.0.0.1/accord",
		"postgres://accord:#secret@127.0.0.1/accord",
		"postgres://accord:1#secret@127.0.0.1/accord",
		"postgres://accord:1/secret@127.0.0.1:1/accord",
		"postgresql://accord:\x7fsecret@127.0.0.1:1/accord",
	} {
		s, err := store.Open(ctx, address, defaultOptions())
		if err == nil {
			closeStore(t, s)
			t.Errorf("%q was opened", address)
			continue
		}
		for what, text := range map[string]string{"the error": err.Error(), "the name": store.Name(address)} {
			if strings.Contains(text, "secret") {
				t.Errorf("%q: %s shows it: %s", address, what, text)
			}
		}
	}
	for address, want := range map[string]string{
		"memory":         "memory (lost on exit)",
		"sqlite:/a/b.db": "SQLite, /a/b.db",
		"postgres://accord:secret@db.example:5433/accord?sslmode=require": "PostgreSQL, postgres://accord@db.example:5433/accord",
	} {
		if got := store.Name(address); got != want {
			t.Errorf("%s is called %q, want %q", address, got, want)
		}
	}
}
