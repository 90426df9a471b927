package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store/schema"
	"accord/test/postgres"
)

// statement is one text of SQL with its position.
type statement struct{ at, text string }

var isSQL = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

// folders are the packages with SQL on the rows of the domain.
var folders = []string{".", "identities", "lists", "models", "state", "snapshots"}

// statements reads every SQL text of the packages out of their source. A text that
// is put together while the program runs is an error: nobody could check it.
func statements(t *testing.T) []statement {
	t.Helper()
	var found []statement
	for _, folder := range folders {
		before := len(found)
		found = append(found, statementsIn(t, folder)...)
		// Some only read.
		if least := map[string]int{"lists": 12, "models": 5, "snapshots": 5, "state": 15}[folder]; len(found) < before+cmp.Or(least, 40) {
			t.Fatalf("only %d statements of %s were found: the search is broken", len(found)-before, folder)
		}
	}
	return found
}

func statementsIn(t *testing.T, folder string) []statement {
	t.Helper()
	positions, files := source(t, folder)
	constants := texts{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					for i, value := range spec.(*ast.ValueSpec).Values {
						constants[spec.(*ast.ValueSpec).Names[i].Name] = value
					}
				}
			}
			return true
		})
	}
	var found []statement
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text, whole := constants.of(e)
			if !isSQL.MatchString(text) {
				return true
			}
			at := positions.Position(e.Pos()).String()
			if !whole {
				t.Errorf("%s: the statement is not a constant text", at)
			} else {
				found = append(found, statement{at, text})
			}
			return false
		})
	}
	return found
}

// texts are the constants of the package.
type texts map[string]ast.Expr

// of evaluates a constant text, as far as it is one.
func (c texts) of(e ast.Expr) (text string, whole bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return c.of(e.X)
	case *ast.BinaryExpr:
		left, whole := c.of(e.X)
		if !whole || e.Op != token.ADD {
			return left, false
		}
		right, whole := c.of(e.Y)
		return left + right, whole
	case *ast.Ident:
		if value, known := c[e.Name]; known {
			return c.of(value)
		}
	}
	return "", false
}

var (
	placeholder = regexp.MustCompile(`\$([0-9]+)`)
	call        = regexp.MustCompile(`\b([A-Za-z_]+)\(`)
	// functions are those that all engines have and mean alike.
	// LOWER knows A to Z alone: the columns compare by their bytes.
	functions = []string{"CAST", "COALESCE", "LOWER", "MAX", "REPLACE", "nextval", "setval"}
	forbidden = []struct{ pattern, why string }{
		{`\bFOR\s+(UPDATE|SHARE|NO KEY)\b`, "one engine has no row locks"},
		{`->|#>|@>|<@|\?`, "JSON and array operators, and another kind of placeholder"},
		{`::`, "the cast of one engine"},
		{`(?i)\b(ILIKE|LIKE|GLOB|REGEXP|SIMILAR)\b`, "engines differ in case and collation"},
		{`(?i)\bCURRENT_(TIME|DATE|TIMESTAMP)\b`, "the time is the clock's"},
		{`(?i)\b(ARRAY|ANY|SERIAL|OFFSET|COLLATE)\b`, "not on every engine, or not in constant time"},
		{`\$[0-9]+\s+IS\b`, "a parameter without a type: CAST($n AS TEXT) IS NULL"},
		{`nextval\((?:[^']|'[^i])`, "the one sequence is nextval('insertions')"},
		{`"`, "double quotes are a name on one engine and a text on another"},
	}
)

func TestStatementsKeepTheDataRules(t *testing.T) {
	for _, s := range statements(t) {
		if violation := dataRules(s.text); violation != "" {
			t.Errorf("%s: %s:\n%s", s.at, violation, s.text)
		}
	}
}

func dataRules(text string) (violation string) {
	highest := 0
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > highest+1 {
			return fmt.Sprintf("$%d is used before $%d", n, highest+1)
		}
		highest = max(highest, n)
	}
	for _, f := range forbidden {
		if m := regexp.MustCompile(f.pattern).FindString(text); m != "" {
			return fmt.Sprintf("%q: %s", m, f.why)
		}
	}
	for _, m := range call.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(functions, m[1]) {
			return "the function " + m[1] + " is not among those that all engines have"
		}
	}
	return ""
}

func TestTheDataRulesFindViolations(t *testing.T) {
	for _, text := range []string{
		`SELECT a FROM b WHERE c = $2 AND d = $1`, `SELECT a FROM b WHERE c = $1 AND d = $3`,
		`SELECT a FROM b FOR UPDATE`, `SELECT a->>'x' FROM b`, `SELECT a FROM b WHERE c = ?`, `SELECT a::text FROM b`,
		`SELECT a FROM b WHERE c ILIKE 'x'`, `SELECT now()`, `SELECT COUNT(*) FROM b`, `SELECT nextval('s')`,
		`SELECT a FROM b WHERE $1 IS NULL`, `SELECT "a" FROM b`, `SELECT CURRENT_TIMESTAMP`,
	} {
		if dataRules(text) == "" {
			t.Errorf("%s is let through", text)
		}
	}
}

// column is a column of the schema: its name and its type.
var column = regexp.MustCompile(`(?m)^    ([a-z_]+) +([A-Z]+)\b`)

func TestTheSchemaKeepsTheDataRules(t *testing.T) {
	files, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	columns := 0
	for _, name := range files {
		text, err := fs.ReadFile(schema.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		code := regexp.MustCompile(`--.*`).ReplaceAllString(string(text), "")
		for _, word := range []string{"DEFAULT", "AUTOINCREMENT", "SERIAL", "REAL", "DOUBLE", "TIMESTAMP", "VARCHAR", "JSON", "TRIGGER", "COLLATE"} {
			if strings.Contains(code, word) {
				t.Errorf("%s uses %s", name, word)
			}
		}
		if strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s goes back: the schema only goes forward", name)
		}
		for _, m := range column.FindAllStringSubmatch(code, -1) {
			columns++
			if !slices.Contains([]string{"TEXT", "BIGINT", "INTEGER", "BOOLEAN"}, m[2]) {
				t.Errorf("%s: the column %s has the type %s", name, m[1], m[2])
			}
		}
	}
	if columns < 80 {
		t.Fatalf("only %d columns were found: the search is broken", columns)
	}
}

var table = regexp.MustCompile(`CREATE TABLE ([a-z_]+) \(([^;]*)\);`)

// TestEveryTableIsEmptied: a table that a later migration adds is not forgotten
// where an organization goes.
func TestEveryTableIsEmptied(t *testing.T) {
	gone := map[string]bool{}
	for _, s := range statements(t) {
		if m := regexp.MustCompile(`^DELETE FROM ([a-z_]+)( WHERE organization_id = \$1| WHERE id = \$1)$`).FindStringSubmatch(s.text); m != nil {
			gone[m[1]] = true
		}
	}
	// What outlives its organization, and why.
	outlive := map[string]string{
		"accounts":   "ids of accounts are never used again",
		"handshakes": "they are kept until their retention ends",
		"outbox":     "messages are still delivered",
	}
	files, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, name := range files {
		text, err := fs.ReadFile(schema.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range table.FindAllStringSubmatch(string(text), -1) {
			tables++
			if strings.Contains(m[2], "organization_id ") && outlive[m[1]] == "" && !gone[m[1]] {
				t.Errorf("DeleteOrganization forgets the table %s", m[1])
			}
		}
	}
	if tables < 10 {
		t.Fatalf("only %d tables were found: the search is broken", tables)
	}
}

// database creates a store and returns its database, past the store.
func database(t *testing.T, url, driver, name string) *sql.DB {
	t.Helper()
	s, err := Open(t.Context(), url, Options{Clock: &clock.System{}, Source: ident.NewSource()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func sqliteDatabase(t *testing.T) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accord.db")
	return database(t, "sqlite:"+path, "sqlite", path)
}

func postgresDatabase(t *testing.T) *sql.DB {
	t.Helper()
	url := postgres.URL(t)
	return database(t, url, "pgx", url)
}

func TestEveryEnginePreparesEveryStatement(t *testing.T) {
	for name, db := range map[string]*sql.DB{"SQLite": sqliteDatabase(t), "PostgreSQL": postgresDatabase(t)} {
		for _, s := range statements(t) {
			prepared, err := db.PrepareContext(t.Context(), s.text)
			if err != nil {
				t.Errorf("%s: %s: %v\n%s", name, s.at, err, s.text)
				continue
			}
			_ = prepared.Close()
		}
	}
}

// scans are the statements that may scan a table or sort what they find,
// by a part of the text, each with the reason.
var scans = []struct{ part, reason string }{
	{`DELETE FROM outbox WHERE delivered = TRUE`, "a reset walks through all messages"},
	{`SELECT id FROM organizations ORDER BY id`, "lists a few organizations, for people"},
	{`$1 = '' OR `, "reads everything, or an organization whole"},
	{`FROM journals`, "reads all of them, for people"},
	{`LIMIT 1`, "takes the first row of an index"},
	{`FROM tags WHERE organization_id = $1 AND resource_id = $2`, "sorts the tags of one thing, of which there are few"},
	{`WHERE m.group_id = $1 ORDER BY i.name_key`, "sorts the members of one group"},
	{`WHERE m.member_id = $1 ORDER BY i.name_key`, "sorts the groups of one user"},
	{`WHERE a.account_id = $1 AND a.policy_id = $2 ORDER BY`, "sorts those that have one policy"},
	{`FROM snapshots ORDER BY name`, "lists all that there are, which --snapshots bounds"},
	{`FROM jobs WHERE organization_id = $1`, "sorts work of the same instant and rank"},
	{`REPLACE(LOWER(a.name), $5, '')`, "looks through one organization, in an order that has no index, for people"},
	{`a.state <> 'GONE' ORDER BY a.sequence`, "sorts the accounts that are in no organization, for people"},
	{`a.detached = FALSE AND a.target_id IN`, "sorts the policies of a few targets"},
}

func mayScan(text string) bool {
	text = strings.Join(strings.Fields(text), " ")
	// A table that is emptied is walked through.
	if strings.HasPrefix(text, "DELETE") && !strings.Contains(text, "WHERE") {
		return true
	}
	return slices.ContainsFunc(scans, func(w struct{ part, reason string }) bool { return strings.Contains(text, w.part) })
}

// TestNoStatementScansATable: answers take the same time in a store with ten accounts
// and with ten thousand.
func TestNoStatementScansATable(t *testing.T) {
	db := sqliteDatabase(t)
	for _, s := range statements(t) {
		for _, step := range planOf(t, db, s.text) {
			if (strings.HasPrefix(step, "SCAN") && step != "SCAN open" && step != "SCAN CONSTANT ROW" || strings.Contains(step, "TEMP B-TREE")) && !mayScan(s.text) {
				t.Errorf("%s: %s\n%s", s.at, step, s.text)
			}
		}
	}
}

func planOf(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	args := map[string]bool{}
	for _, m := range placeholder.FindAllString(text, -1) {
		args[m] = true
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, len(args))...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
