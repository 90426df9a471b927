package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accord/test/require"
)

// walks are the statements for which PostgreSQL may walk through a table or an index while it
// does not know how many rows there are, by a part of the text, each with the reason.
var walks = []struct{ part, reason string }{
	{`FROM unused_registrations`, "a job; it takes the index of a large table"},
	{`FROM schema_version`, "a few rows, at the start"},
	{`FROM outbox WHERE kind = $1 AND sequence`, "for people; it takes the index of a large table"},
	{`DELETE FROM outbox WHERE at < $1`, "a job, which deletes most of the rows"},
	{`DELETE FROM identity_tags WHERE owner_id IN`, "an account ends; it takes the index of a large table"},
}

// TestNoStatementWalksThroughAnIndexOnPostgreSQL: PostgreSQL chooses by costs, which of an empty
// table are all alike, and keeps what it chose. A partial index whose condition a statement has
// too is tempting, and holds all that the transaction itself has taken out of it.
func TestNoStatementWalksThroughAnIndexOnPostgreSQL(t *testing.T) {
	require.Full(t)
	db := postgresDatabase(t)
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "SET plan_cache_mode = force_generic_plan"); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements(t) {
		if mayScan(s.text) || slices.ContainsFunc(walks, func(w struct{ part, reason string }) bool {
			return strings.Contains(strings.Join(strings.Fields(s.text), " "), w.part)
		}) {
			continue
		}
		if step := walk(t, db, s.text); step != "" {
			t.Errorf("%s: %s\n%s", s.at, step, s.text)
		}
	}
	const control = `UPDATE account_creations SET state = '' WHERE organization_id = $1 AND id = $2 AND state = 'IN_PROGRESS'`
	if walk(t, db, control) == "" {
		t.Error("the index of the requests in progress is not walked through: the test finds nothing")
	}
}

// TestPendingJobsAreNotLookedForInAllJobs: of many jobs PostgreSQL expects a third to be due, and
// so to meet one soon if it walks through the table. Mostly none is.
func TestPendingJobsAreNotLookedForInAllJobs(t *testing.T) {
	require.Full(t)
	db := postgresDatabase(t)
	db.SetMaxOpenConns(1)
	for _, s := range []string{
		"SET plan_cache_mode = force_generic_plan",
		`INSERT INTO jobs SELECT 'o', 1, 0, 'k', i, '', i FROM generate_series(1, 5000) i`,
		"ANALYZE jobs",
	} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	found := 0
	for _, s := range statements(t) {
		if strings.Contains(s.text, "FROM jobs d WHERE") {
			found++
			if step := walk(t, db, s.text); step != "" {
				t.Errorf("%s: %s\n%s", s.at, step, s.text)
			}
		}
	}
	const control = `SELECT EXISTS (SELECT 1 FROM jobs d WHERE d.organization_id = a.organization_id AND d.at <= $1) FROM accounts a WHERE a.id = $2`
	if found < 2 || walk(t, db, control) == "" {
		t.Errorf("%d statements look for pending jobs, and the control does not walk: the test finds nothing", found)
	}
}

// walk returns a step of the plan of a statement that looks at all rows of a table or an index,
// if there is one.
func walk(t *testing.T, db *sql.DB, text string) string {
	t.Helper()
	args := map[string]bool{}
	for _, m := range placeholder.FindAllString(text, -1) {
		args[m] = true
	}
	execute := "EXPLAIN (COSTS OFF) EXECUTE walked"
	if len(args) > 0 {
		execute += fmt.Sprintf("(%s)", strings.Join(slices.Repeat([]string{"NULL"}, len(args)), ", "))
	}
	if _, err := db.ExecContext(t.Context(), "PREPARE walked AS "+text); err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), execute)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = rows.Close()
		if _, err := db.ExecContext(t.Context(), "DEALLOCATE walked"); err != nil {
			t.Error(err)
		}
	}()
	found, before := "", ""
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "Seq Scan") {
			found = line
		}
		// The condition of an index follows the step that uses it.
		if isIndexScan(before) && !strings.Contains(line, "Index Cond") {
			found = before
		}
		before = line
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if isIndexScan(before) {
		found = before
	}
	return strings.TrimSpace(found)
}

func isIndexScan(step string) bool {
	return strings.Contains(step, "Scan") && strings.Contains(step, "Index")
}
