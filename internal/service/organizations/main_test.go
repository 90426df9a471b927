package organizations_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"accord/internal/store/storetest"
	"accord/test/postgres"
	"accord/test/require"
)

// onPostgres makes every fixture a database of its own on a real PostgreSQL.
var onPostgres bool

// migrated is the database of a fixture: the schema, and no rows.
var migrated = postgres.Template{Fill: storetest.Migrate}

// rehearsed reports whether every change runs twice: in a long run on the embedded store. What
// the closures do when they run again is the same on PostgreSQL.
func rehearsed() bool { return require.IsLong() && !onPostgres }

// eachNth is which cases a test of very many has: each nth. A long run has all, on the
// embedded store; no rule of theirs differs between engines.
func eachNth() int {
	if onPostgres {
		return 4
	}
	return require.Amount(4, 4, 1)
}

// TestMain runs every test of the package on the embedded store, and in a long run once
// more on PostgreSQL.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && require.IsLong() && postgres.Available() {
		fmt.Println("once more, on PostgreSQL")
		onPostgres = true
		code = m.Run()
	}
	os.Exit(code)
}

// TestPostgreSQLIsThere says whether the second run takes place.
func TestPostgreSQLIsThere(t *testing.T) {
	require.Long(t)
	require.That(t, postgres.Available(), "PostgreSQL")
}
