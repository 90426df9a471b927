package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"accord/test/require"
)

// shared is the server of all tests of this process, or the one that
// ACCORD_TEST_POSTGRES names.
var shared = sync.OnceValues(func() (*Server, error) {
	given := os.Getenv("ACCORD_TEST_POSTGRES")
	if given == "" {
		return Start("", Throwaway...)
	}
	address, err := url.Parse(given)
	if err != nil {
		// The error of url.Parse contains the address, and with it the password.
		return nil, fmt.Errorf("ACCORD_TEST_POSTGRES is not a URL")
	}
	return &Server{address: address}, nil
})

// URL returns the URL of an empty database for one test, which is removed with it. The
// first call of a process starts a server, unless ACCORD_TEST_POSTGRES names one; if
// neither is possible, and in a short run, the test is skipped.
func URL(t testing.TB) string {
	t.Helper()
	server := forTest(t)
	return database(t, server, server.CreateDatabase)
}

// Template is what databases begin with. PostgreSQL copies a database in a fraction of the
// time in which migrations make its tables.
type Template struct {
	// Fill makes the content in an empty database. It leaves no connection open.
	Fill func(ctx context.Context, address string) error

	once sync.Once
	name string
	err  error
}

// URL is the function URL for a database with the content of the template, which is made
// once in a process. On the server that ACCORD_TEST_POSTGRES names no template is left
// behind: there each database is filled on its own.
func (m *Template) URL(t testing.TB) string {
	t.Helper()
	server := forTest(t)
	if server.stop == nil {
		address := URL(t)
		if err := m.Fill(context.Background(), address); err != nil {
			t.Fatalf("PostgreSQL for tests: filling a database: %v", err)
		}
		return address
	}
	m.once.Do(func() { m.name, m.err = server.template(context.Background(), m.Fill) })
	if m.err != nil {
		t.Fatalf("PostgreSQL for tests: making a template: %v", m.err)
	}
	return database(t, server, func(ctx context.Context) (string, error) { return server.copyDatabase(ctx, m.name) })
}

// template makes a database, fills it, and returns its name as soon as it can be copied.
func (s *Server) template(ctx context.Context, fill func(context.Context, string) error) (name string, err error) {
	address, err := s.CreateDatabase(ctx)
	if err == nil {
		err = fill(ctx, address)
	}
	if err != nil {
		return "", err
	}
	if name, err = databaseOf(address); err != nil {
		return "", err
	}
	// Connections that were closed end a moment later, and no database is copied before.
	// [PostgreSQL: CREATE DATABASE]
	return name, s.run(ctx, `DO $$ BEGIN
		WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = '`+name+`' AND backend_type = 'client backend') LOOP
			PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
		END LOOP;
	END $$`)
}

// forTest is the server for a test that may use one.
func forTest(t testing.TB) *Server {
	t.Helper()
	require.Full(t)
	require.That(t, Available(), "PostgreSQL: its programs initdb and postgres")
	server, err := shared()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	return server
}

// database makes a database that is removed with the test.
func database(t testing.TB, server *Server, make func(context.Context) (string, error)) string {
	t.Helper()
	address, err := make(context.Background())
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	t.Cleanup(func() {
		if err := server.DropDatabase(context.Background(), address); err != nil {
			t.Errorf("PostgreSQL for tests: removing the database: %v", err)
		}
	})
	return address
}

// Available reports whether URL can give a database on this machine.
func Available() bool {
	if os.Getenv("ACCORD_TEST_POSTGRES") != "" {
		return true
	}
	_, _, err := programs()
	return err == nil
}
