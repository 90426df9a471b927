package main

import (
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/backup"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/schema"
	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// fixtureOf is a fixture: the version of its schema is the beginning of its name.
type fixtureOf struct {
	path    string
	version int64
}

// suffixes are those of the fixtures of each engine.
var suffixes = map[string]string{"SQLite": ".db.gz", "PostgreSQL": ".sql.gz"}

func fixturesOf(t *testing.T, engine string) (found []fixtureOf) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtures(), "*"+suffixes[engine]))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		number, _, _ := strings.Cut(filepath.Base(path), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, fixtureOf{path, version})
	}
	return found
}

// load makes a store of a fixture and returns its URL.
func load(t *testing.T, engine, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if engine == "SQLite" {
		path := filepath.Join(t.TempDir(), "accord.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
	url := postgres.URL(t)
	execute(t, url, string(content))
	return url
}

// tables are the rows of each table, in which a row is what its columns hold.
type tables map[string][]string

// readTables reads all tables of a store, or only the columns that another reading has.
func readTables(t *testing.T, url string, columns map[string][]string) (tables, map[string][]string) {
	t.Helper()
	db := open(t, url)
	defer func() { _ = db.Close() }()
	if columns == nil {
		columns = map[string][]string{}
		query := `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY ordinal_position`
		if strings.HasPrefix(url, "sqlite:") {
			query = `SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
		}
		for _, pair := range texts(t, db, query) {
			columns[pair[0]] = append(columns[pair[0]], pair[1])
		}
		// What a start itself writes.
		delete(columns, "schema_version")
	}
	all := tables{}
	for table, names := range columns {
		for _, row := range texts(t, db, "SELECT "+strings.Join(names, ", ")+" FROM "+table) {
			if table != "meta" || row[0] != string(store.StoreID) {
				all[table] = append(all[table], strings.Join(row, " | "))
			}
		}
		slices.Sort(all[table])
	}
	return all, columns
}

// texts returns the rows of a query.
func texts(t *testing.T, db *sql.DB, query string) (found [][]string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, targets := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(names))
		for i, v := range values {
			row[i] = fmt.Sprint(v)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEveryStoreOfAnEarlierProgramIsUpgraded: it opens, keeps every row, and its rows
// contradict nothing.
func TestEveryStoreOfAnEarlierProgramIsUpgraded(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			if e.name == "PostgreSQL" {
				require.Full(t)
			}
			for _, f := range fixturesOf(t, e.name) {
				url := load(t, e.name, f.path)
				before, columns := readTables(t, url, nil)
				count := 0
				for table, rows := range before {
					count += len(rows)
					if len(rows) == 0 && !slices.Contains(emptyTables, table) && !slices.Contains(ofIAM, table) {
						t.Errorf("%s has no row of %s", f.path, table)
					}
				}
				for range 2 { // The second start has nothing to migrate.
					openWhole(t, url)
				}
				after, _ := readTables(t, url, columns)
				for _, table := range ofIAM {
					if len(before[table]) == 0 {
						delete(before, table)
						delete(after, table)
					}
				}
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("%s: the upgrade changed rows:\n%s", f.path, diff)
				}
				t.Logf("evidence: schema %d, %d rows of %d tables: all kept", f.version, count, len(columns))
			}
		})
	}
}

// TestAStartThatIsRefusedMigratesNothing: a store of a virtual clock is served with that of the
// system by a program with a newer schema. The control is the right clock.
func TestAStartThatIsRefusedMigratesNothing(t *testing.T) {
	url := load(t, "SQLite", fixturesOf(t, "SQLite")[0].path)
	version := func() string {
		out, err := exec.Command(process.Program(t), "migrate", "--show", "--store", url).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	before := version()
	out, err := exec.Command(process.Program(t), "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store", url).CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 2 || !strings.Contains(string(out), "virtual clock") {
		t.Errorf("%v\n%s", err, out)
	}
	if after := version(); after != before {
		t.Errorf("before %s, after %s", before, after)
	}
	process.Start(t, "--store", url, "--clock", "virtual").Stop(t)
	if after := version(); after == before {
		t.Error("the control was not migrated: this test shows nothing")
	}
	t.Logf("evidence: a start with another clock ends with status 2 and leaves the schema: %s", strings.TrimSpace(before))
}

// TestAStoreOfAnEarlierProgramIsBackedUpBefore: the program that will migrate it makes the backup, with
// the old schema, and restores it. The control is a change after the backup, which is not in it.
func TestAStoreOfAnEarlierProgramIsBackedUpBefore(t *testing.T) {
	require.Full(t)
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			if e.name == "PostgreSQL" {
				require.Long(t)
				require.Tool(t, "pg_dump")
			}
			for _, f := range fixturesOf(t, e.name) {
				url, file, o := load(t, e.name, f.path), filepath.Join(t.TempDir(), "backup"), backup.Options{Clock: &clock.System{}, Source: ident.NewSource()}
				before, columns := readTables(t, url, nil)
				made, err := backup.Make(t.Context(), url, file, o)
				if err != nil {
					t.Errorf("%s: %v", f.path, err)
					continue
				}
				execute(t, url, "DELETE FROM jobs")
				if changed, _ := readTables(t, url, columns); cmp.Equal(before, changed) {
					t.Errorf("%s: the control changed nothing", f.path)
				}
				o.Overwrite = true
				if _, _, err = backup.Restore(t.Context(), url, file, o); err != nil {
					t.Errorf("%s: %v", f.path, err)
					continue
				}
				after, _ := readTables(t, url, columns)
				// What a store remembers of a restore.
				delete(before, "meta")
				delete(after, "meta")
				if diff := cmp.Diff(before, after); diff != "" || made.Schema != f.version {
					t.Errorf("%s: schema %d\n%s", f.path, made.Schema, diff)
				}
				openWhole(t, url)
				t.Logf("evidence: schema %d: backed up and restored with it, and migrated then", f.version)
			}
		})
	}
}

// emptyTables have no row in a fixture: what a program keeps of journals, and what only
// exists for policies that are invalid.
var emptyTables = []string{"deliveries", "journals", "invalid_accounts"}

// ofIAM are the tables of IAM. Programs before the first release wrote no row of them, and
// the roles that AWS makes were no rows: the upgrade makes them, and openWhole checks them.
var ofIAM = []string{
	"identities", "identity_versions", "identity_counts", "identity_members", "identity_attachments", "identity_tags", "inline_policies",
	"managed_policies", "managed_policy_versions", "managed_policy_uses", "access_keys", "account_aliases", "role_deletions", "login_profiles", "root_access_features",
}

// openWhole opens a store and checks its rows.
func openWhole(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{
		Clock: &clock.System{}, Source: ident.NewSource(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(context.Background(), func(v *store.View) error {
		findings, err := v.Contradictions()
		if len(findings) > 0 {
			t.Errorf("the rows contradict each other: %q", findings)
		}
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestAnUpgradedStoreIsServed: what was open can be answered, what was planned happens.
func TestAnUpgradedStoreIsServed(t *testing.T) {
	require.Full(t)
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			for _, f := range fixturesOf(t, e.name) {
				s := process.Start(t, "--store", load(t, e.name, f.path), "--clock", "virtual")
				do := func(as, operation, input string) map[string]any {
					t.Helper()
					answer, err := call("POST", s.URL, signed(as, operation), input)
					if err != nil {
						t.Errorf("%s: %v", operation, err)
					}
					return answer
				}
				open := at(do(four, "ListHandshakesForAccount", `{}`), "Handshakes.0.Id")
				do(four, "AcceptHandshake", `{"HandshakeId":"`+open+`"}`)
				if _, err := call("POST", s.AdminURL+"/clock", nil, `{"advance":"2h"}`); err != nil {
					t.Error(err)
				}
				if late := do(first, "ListCreateAccountStatus", `{"States":["IN_PROGRESS"]}`)["CreateAccountStatuses"]; len(late.([]any)) > 0 {
					t.Errorf("a creation does not end: %v", late)
				}
				// All retentions end.
				if _, err := call("POST", s.AdminURL+"/clock", nil, `{"advance":"400d"}`); err != nil {
					t.Error(err)
				}
				do(first, "DescribeEffectivePolicy", `{"PolicyType":"TAG_POLICY","TargetId":"`+one+`"}`)
				if status := s.Stop(t); status != 0 {
					t.Errorf("the server ended with status %d", status)
				}
			}
		})
	}
}

// TestEveryEarlierSchemaHasFixtures: a migration is not added without those of the
// schema before it.
func TestEveryEarlierSchemaHasFixtures(t *testing.T) {
	latest, err := schema.Latest()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil || len(names) != int(latest) {
		t.Errorf("%d migrations lead to version %d: %v", len(names), latest, err)
	}
	for engine := range suffixes {
		for version := int64(1); version < latest; version++ {
			if !slices.ContainsFunc(fixturesOf(t, engine), func(f fixtureOf) bool { return f.version == version }) {
				t.Errorf("%s has no fixture of schema %d: go run ./test/upgrade -ref COMMIT makes it, with the last commit "+
					"before the migration %d", engine, version, version+1)
			}
		}
	}
}

// TestTheCheckOfUpgradesFindsLostRows is the control: a migration that drops rows.
func TestTheCheckOfUpgradesFindsLostRows(t *testing.T) {
	f := fixturesOf(t, "SQLite")[0]
	url := load(t, "SQLite", f.path)
	before, columns := readTables(t, url, nil)
	files, err := laterSchema("-- +goose Up\nDELETE FROM tags WHERE key = 'a';\n")
	if err == nil {
		err = migrateWith(url, files)
	}
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := readTables(t, url, columns); cmp.Equal(before, after) {
		t.Error("a migration deleted rows, and the check found nothing")
	}
}
