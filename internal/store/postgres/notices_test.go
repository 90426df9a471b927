package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"accord/internal/store/engine"
)

// TestAWarningToEachSessionIsLoggedOnce, and again when the database ends the sessions
// another time. [PostgreSQL: src/backend/tcop/postgres.c, quickdie]
func TestAWarningToEachSessionIsLoggedOnce(t *testing.T) {
	log := newLines()
	c, err := pgx.ParseConfig("postgres://accord@127.0.0.1/accord")
	if err != nil {
		t.Fatal(err)
	}
	configure(c, engine.Options{Log: log.log()})
	warn := func(code, text string) {
		for range 20 {
			c.OnNotice(nil, &pgconn.Notice{SeverityUnlocalized: "WARNING", Code: code, Message: text})
		}
	}
	want := func(what string, lines int) {
		t.Helper()
		if got := strings.Count(log.String(), "PostgreSQL warns"); got != lines {
			t.Errorf("%s: %d lines, want %d:\n%s", what, got, lines, log)
		}
	}
	warn("57P02", "terminating connection because of crash of another server process")
	want("a crash", 1)
	warn("01000", "database \"accord\" has a collation version mismatch")
	want("another warning", 2)
	warn("55P03", "skipping analyze of \"jobs\" --- lock not available")
	want("a table that others analyze", 2)
	if err := c.AfterConnect(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	warn("01000", "database \"accord\" has a collation version mismatch")
	want("the other warning to a new session", 2)
	warn("57P02", "terminating connection because of crash of another server process")
	want("the next crash", 3)
}
