package main

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"accord/internal/store/engine"
	"accord/internal/store/postgres"
	enginesqlite "accord/internal/store/sqlite"
)

// steps is a migration that passes several steps. At each the process that migrates can
// be killed: SQLite calls a function of that process, PostgreSQL waits for a lock that the
// test has.
func steps(engine string, transaction bool) string {
	step := func(n int) string { return fmt.Sprintf("SELECT step(%d);\n", n) }
	if engine == "PostgreSQL" {
		step = func(n int) string { return fmt.Sprintf("SELECT pg_advisory_lock_shared(%d);\n", n) }
	}
	text := "-- +goose Up\n"
	if !transaction {
		text = "-- +goose NO TRANSACTION\n" + text
	}
	return text + step(1) +
		"CREATE TABLE later (id TEXT PRIMARY KEY, number BIGINT NOT NULL);\n" + step(2) +
		"INSERT INTO later SELECT name, 1 FROM meta;\n" + step(3) +
		"ALTER TABLE accounts ADD COLUMN later BIGINT NOT NULL DEFAULT 7;\n" + step(4)
}

const stepCount = 4

// The variables of a child that migrates.
const (
	migratorVariable    = "ACCORD_UPGRADE_STORE"
	transactionVariable = "ACCORD_UPGRADE_TRANSACTION"
	stepVariable        = "ACCORD_UPGRADE_STEP"
)

// engineOf returns the name and the driver of a store URL.
func engineOf(url string) (string, engine.Driver) {
	if strings.HasPrefix(url, "sqlite:") {
		return "SQLite", enginesqlite.File
	}
	return "PostgreSQL", postgres.Driver
}

// migrateAsChild migrates a store with the steps, in a process that can be killed.
func migrateAsChild(url string) int {
	name, _ := engineOf(url)
	err := sqlite.RegisterScalarFunction("step", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if n, _ := args[0].(int64); strconv.FormatInt(n, 10) == os.Getenv(stepVariable) {
			self, err := os.FindProcess(os.Getpid())
			return nil, errors.Join(err, self.Kill())
		}
		return args[0], nil
	})
	var files fs.FS
	if err == nil {
		files, err = laterSchema(steps(name, os.Getenv(transactionVariable) != "off"))
	}
	if err == nil {
		err = migrateWith(url, files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// migrateWith migrates a store with the files of a schema, as a start does.
func migrateWith(url string, files fs.FS) error {
	_, opener := engineOf(url)
	e, err := opener.Open(context.Background(), url, engine.Options{Wait: patience})
	if err != nil {
		return err
	}
	provider, err := e.Migrations(files)
	if err == nil {
		_, err = provider.Up(context.Background())
	}
	return errors.Join(err, e.Close())
}

// killAtStep starts a child that migrates and kills it at a step.
func killAtStep(t *testing.T, url string, step int, transaction string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), migratorVariable+"="+url, stepVariable+"="+strconv.Itoa(step), transactionVariable+"="+transaction)
	var said strings.Builder
	child.Stderr = &said
	if name, _ := engineOf(url); name == "SQLite" {
		var exit *exec.ExitError
		if err := child.Run(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Fatalf("the child was not killed: %v %s", err, &said)
		}
		return
	}
	db := open(t, url)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	query := func(text string) (n int) {
		t.Helper()
		if err := db.QueryRow(text, step).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// A migration ends the sessions of servers, not those that begin to migrate.
	query("SELECT $1::int FROM (SELECT set_config('application_name', 'test (start)', FALSE)) AS named")
	query("SELECT 1 FROM (SELECT pg_advisory_lock($1)) AS locked")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); query("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1") == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the child does not reach step %d: %s", step, &said)
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	query("SELECT 1 FROM (SELECT pg_advisory_unlock($1)) AS unlocked")
	for end := time.Now().Add(patience); query("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL AND $1 > 0") > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the sessions of the killed child do not end")
		}
	}
}

// between says how a store is between two schemas; empty if it has the old one or the
// new one.
func between(t *testing.T, url string) string {
	t.Helper()
	db := open(t, url)
	defer func() { _ = db.Close() }()
	var version, rows, column int64
	if err := db.QueryRow("SELECT MAX(version_id) FROM schema_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	table := db.QueryRow("SELECT COUNT(*) FROM later").Scan(&rows) == nil
	added := db.QueryRow("SELECT COALESCE(MAX(later), 0) FROM accounts").Scan(&column) == nil
	if isNew := version == laterVersion; table != isNew || added != isNew {
		return fmt.Sprintf("the version is %d, the new table is there: %t, the new column is there: %t", version, table, added)
	}
	return ""
}

// TestAKilledMigrationLeavesTheOldSchemaOrTheNewOne, whichever step it is killed at, and
// the next start goes on from there.
func TestAKilledMigrationLeavesTheOldSchemaOrTheNewOne(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			migrated(t, url)
			for step := 1; step <= stepCount; step++ {
				killAtStep(t, url, step, "on")
				if found := between(t, url); found != "" {
					t.Errorf("killed at step %d: %s", step, found)
				}
			}
			files, err := laterSchema(noteNewest)
			if err == nil {
				err = migrateWith(url, files)
			}
			if err != nil {
				t.Errorf("the next start: %v", err)
			}
			t.Logf("evidence: killed at %d steps of a migration: never between two schemas", stepCount)
		})
	}
}

// TestAMigrationWithoutATransactionIsFound is the control.
func TestAMigrationWithoutATransactionIsFound(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			migrated(t, url)
			killAtStep(t, url, 3, "off")
			found := between(t, url)
			if found == "" {
				t.Error("a migration without a transaction was killed in its middle, and nothing was found")
			}
			t.Logf("evidence: %s", found)
		})
	}
}

// TestServersThatStartAtOnceMigrateOnce: four of a newer program on one database.
func TestServersThatStartAtOnceMigrateOnce(t *testing.T) {
	url := engines[1].url(t)
	migrated(t, url)
	files, err := laterSchema("-- +goose Up\nCREATE TABLE IF NOT EXISTS later (id BIGINT);\nINSERT INTO later VALUES (1);\n")
	if err != nil {
		t.Fatal(err)
	}
	const servers = 4
	var all sync.WaitGroup
	for range servers {
		all.Go(func() {
			if err := migrateWith(url, files); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	db := open(t, url)
	defer func() { _ = db.Close() }()
	var times int
	if err := db.QueryRow("SELECT COUNT(*) FROM later").Scan(&times); err != nil || times != 1 {
		t.Errorf("%d servers migrated %d times: %v", servers, times, err)
	}
	t.Logf("evidence: %d servers started at once; the migration ran %d time", servers, times)
}
