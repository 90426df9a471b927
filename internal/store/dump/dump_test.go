package dump_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/test/postgres"
)

// open opens a store; tests check what transactions have read by it.
func open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Clock: &clock.System{}, Source: ident.NewSource(), Rehearse: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// scenario is a store that a released program has left, with rows in as many states as
// there are.
func scenario(t testing.TB) *store.Store {
	t.Helper()
	files, err := filepath.Glob("../../../test/upgrade/testdata/*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no fixture: %v", err)
	}
	packed, err := os.Open(slices.Max(files))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "accord.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path)
}

// engines make the URL of a store that is not there yet.
var engines = map[string]func(t *testing.T) string{
	"memory":     func(*testing.T) string { return "memory" },
	"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
	"PostgreSQL": func(t *testing.T) string { return postgres.URL(t) },
}

func read(t testing.TB, s *store.Store) *dump.Dump {
	t.Helper()
	var d *dump.Dump
	if err := s.View(t.Context(), func(v *store.View) (err error) {
		d, err = dump.Read(v, true)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return d
}

func load(t testing.TB, s *store.Store, d *dump.Dump, anew bool) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return d.Load(tx, anew) }); err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, text string) *dump.Dump {
	t.Helper()
	d, err := dump.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEachEngineHoldsTheRowsOfEachOther, byte for byte, in whatever way they are loaded:
// into an empty store, over the same rows, over others, and anew.
func TestEachEngineHoldsTheRowsOfEachOther(t *testing.T) {
	want := string(read(t, scenario(t)).Append(nil))
	if len(parse(t, want).Counts()) < 20 {
		t.Fatalf("the fixture has rows in %v", parse(t, want).Counts())
	}
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t, url(t))
			text := want
			for _, step := range []struct {
				name   string
				change []string
				anew   bool
			}{
				{name: "empty"},
				{name: "the same"},
				{name: "changed", change: changes},
				{name: "changed, and then anew", change: changes, anew: true},
				{name: "everything is gone", change: []string{"everything"}},
			} {
				err := s.Update(t.Context(), func(tx *store.Tx) error {
					for _, statement := range step.change {
						if statement == "everything" {
							return dump.DeleteEverything(tx)
						}
						if err := tx.Exec(statement); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatalf("%s: %v", step.name, err)
				}
				if len(step.change) > 0 && string(read(t, s).Append(nil)) == text {
					t.Errorf("%s: the control: nothing has changed", step.name)
				}
				load(t, s, parse(t, text), step.anew)
				if text = string(read(t, s).Append(nil)); text != want {
					t.Errorf("%s: the rows are others, in %v; want %v", step.name, parse(t, text).Counts(), parse(t, want).Counts())
				}
				if findings := contradictions(t, s); len(findings) > 0 {
					t.Errorf("%s: %v", step.name, findings)
				}
			}
		})
	}
	t.Logf("evidence: %d bytes of rows from SQLite, the same from each engine after 5 loads", len(want))
}

// changes are statements that change rows in each way: some go, some are others, addresses
// are exchanged, and an organization is another one of the same management account.
var changes = []string{
	`UPDATE accounts SET name = name || '!' WHERE organization_id IS NOT NULL`,
	`DELETE FROM tags`,
	`DELETE FROM jobs`,
	`UPDATE handshakes SET notes = 'another'`,
	`DELETE FROM identity_attachments`,
	`UPDATE organizations SET feature_set = 'ALL'`,
	`INSERT INTO units (organization_id, id, parent_id, name, path, depth, created_at, sequence)
		SELECT id, 'ou-new', root_id, 'new', 'new', 1, 1, 1 FROM organizations`,
	// The address of one account is that of another one.
	`UPDATE accounts SET email_key = NULL WHERE id = '100000000001'`,
	`UPDATE accounts SET email_key = 'account-100000000001@example.com' WHERE id = '100000000002'`,
	`UPDATE accounts SET email_key = 'account-100000000002@example.com' WHERE id = '100000000001'`,
}

func contradictions(t *testing.T, s *store.Store) (findings []string) {
	t.Helper()
	if err := s.View(t.Context(), func(v *store.View) (err error) {
		findings, err = v.Contradictions()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return findings
}

// TestWhatServersKeepIsOfNoOtherState: the versions by which they know that are new after
// each load.
func TestWhatServersKeepIsOfNoOtherState(t *testing.T) {
	s := scenario(t)
	d := read(t, s)
	seen := map[string]bool{}
	for range 3 {
		if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.Exec(`UPDATE identities SET description = 'changed'`) }); err != nil {
			t.Fatal(err)
		}
		load(t, s, d, false)
		if err := s.View(t.Context(), func(v *store.View) error {
			for _, query := range []string{
				`SELECT MIN(policy_version) FROM organizations`, `SELECT MIN(version) FROM identity_versions`,
			} {
				n, err := store.One(v, store.ScanNumber, query)
				if err != nil {
					return err
				}
				key := strings.Fields(query)[1] + " " + strconv.FormatInt(n, 10)
				if n == 0 || seen[key] {
					t.Errorf("%s: %d was there before", query, n)
				}
				seen[key] = true
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// leftOut are the tables and columns of the schema that no dump has, and why.
var leftOut = map[string]string{
	"meta":                         "facts of the store",
	"deliveries":                   "how far event records are delivered",
	"journals":                     "files of records",
	"snapshots":                    "snapshots stay when one of them is loaded",
	"snapshot_parts":               "snapshots stay when one of them is loaded",
	"schema_version":               "of the migrations",
	"outbox.sequence":              "its rank is: the number may be that of an event record",
	"outbox.leased_until":          "mail has no sink",
	"outbox.delivered":             "mail has no sink",
	"outbox.number":                "mail has no sink",
	"organizations.policy_version": "of what servers keep",
	"identity_versions.version":    "of what servers keep",
}

// TestADumpHasEveryTableAndColumn of the schema, apart from what belongs to the store itself.
func TestADumpHasEveryTableAndColumn(t *testing.T) {
	type schemaColumn struct {
		table, name, kind string
		required          bool
		key               int64
	}
	s := open(t, "memory")
	var columns []schemaColumn
	if err := s.View(t.Context(), func(v *store.View) (err error) {
		columns, err = store.Many(v, func(row store.Scanner, c *schemaColumn) error {
			return row.Scan(&c.table, &c.name, &c.kind, &c.required, &c.key)
		}, `SELECT m.name, p.name, p.type, p."notnull", p.pk FROM sqlite_schema m, pragma_table_info(m.name) p
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(columns) < 150 {
		t.Fatalf("only %d columns were found: the search is broken", len(columns))
	}
	for _, c := range columns {
		d, found := dump.Columns()[c.table+"."+c.name]
		switch {
		case leftOut[c.table] != "" || leftOut[c.table+"."+c.name] != "":
			if found {
				t.Errorf("%s.%s is in dumps, and is not to be", c.table, c.name)
			}
		case !found:
			t.Errorf("%s.%s is in no dump", c.table, c.name)
		case d.Kind != map[string]string{"TEXT": "t", "BIGINT": "n", "INTEGER": "n", "BOOLEAN": "b"}[c.kind]:
			t.Errorf("%s.%s is of the kind %s, and a %s", c.table, c.name, d.Kind, c.kind)
		case d.Optional == (c.required || c.key > 0):
			t.Errorf("%s.%s: NULL is a value: %t", c.table, c.name, d.Optional)
		case d.Key != (c.key > 0):
			t.Errorf("%s.%s is part of the key: %t", c.table, c.name, d.Key)
		}
	}
}
