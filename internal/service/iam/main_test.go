package iam_test

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
