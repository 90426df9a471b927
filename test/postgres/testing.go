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
	require.Full(t)
	require.That(t, Available(), "PostgreSQL: its programs initdb and postgres")
	server, err := shared()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	address, err := server.CreateDatabase(context.Background())
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
