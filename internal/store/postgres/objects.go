package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"accord/internal/health"
)

// objects are what the schema has, and the role of the store may use.
type objects struct {
	// needed are those without which a change can be lost or wrong, and useful those without
	// which the database is slow.
	needed, useful []string
	// tables are the tables with their OIDs. One of the same name and another OID was made anew.
	tables []string
}

// ofSchema is a condition on a pg_class c.
const ofSchema = "c.relnamespace = current_schema()::regnamespace"

// needed lists tables, also as those that survive a crash, their columns, the constraints that
// are enforced, unique indexes and sequences. [PostgreSQL: System Catalogs]
const needed = `
	SELECT 'table ' || c.relname FROM pg_class c WHERE c.relkind = 'r' AND ` + ofSchema + `
		AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
		AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') AND NOT row_security_active(c.oid)
	UNION ALL
	SELECT 'the write-ahead log of table ' || c.relname FROM pg_class c WHERE c.relkind = 'r' AND ` + ofSchema + ` AND c.relpersistence = 'p'
	UNION ALL
	SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || COALESCE(' ' || l.collname, '')
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
		WHERE c.relkind = 'r' AND ` + ofSchema + ` AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL
	SELECT 'constraint ' || c.relname || '.' || k.conname FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
		WHERE ` + ofSchema + ` AND k.contype IN ('c', 'f') AND k.convalidated
			AND NOT (k.contype = 'f' AND current_setting('session_replication_role') = 'replica')
			AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled IN ('D', 'R'))
	UNION ALL
	SELECT 'sequence ' || c.relname FROM pg_class c
		WHERE ` + ofSchema + ` AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'USAGE') END
	UNION ALL
	SELECT 'unique index ' || c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
		WHERE ` + ofSchema + ` AND i.indisvalid AND i.indisunique`

const useful = `
	SELECT 'index ' || c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
		WHERE ` + ofSchema + ` AND i.indisvalid AND NOT i.indisunique`

// tables lists what missing compares by identity. VACUUM FULL, CLUSTER and a new name leave the
// OID of a table as it is; a copy that is restored has others.
const tables = "SELECT 'table ' || c.relname || ' ' || c.oid FROM pg_class c WHERE c.relkind = 'r' AND " + ofSchema

// unlogged finds a table that a crash of the database empties.
const unlogged = "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND " + ofSchema + " AND c.relpersistence <> 'p' ORDER BY 1"

// readObjects reads what the schema has now.
func readObjects(ctx context.Context, db *sql.DB) (o objects, err error) {
	for query, to := range map[string]*[]string{needed: &o.needed, useful: &o.useful, tables: &o.tables} {
		if *to, err = list(ctx, db, query); err != nil {
			return o, fmt.Errorf("the tables of the store: %w", err)
		}
	}
	volatile, err := list(ctx, db, unlogged)
	if err == nil && len(volatile) > 0 {
		err = fmt.Errorf("a crash of PostgreSQL empties the table %[1]s: ALTER TABLE %[1]s SET LOGGED", volatile[0])
	}
	return o, err
}

// missing is what the schema no longer has, or the role of the store may no longer use. A table
// that was made anew is a NotReady: what is in it may be older than what this server has
// answered.
func (o objects) missing(ctx context.Context, db *sql.DB) (lost, slow []string, err error) {
	less := func(before []string, query string) ([]string, error) {
		return list(ctx, db, "SELECT * FROM unnest(CAST($1 AS text[])) EXCEPT ("+query+") ORDER BY 1", before)
	}
	lost, err = less(o.needed, needed)
	slow, slowErr := less(o.useful, useful)
	others, tablesErr := less(o.tables, tables)
	if err = errors.Join(err, slowErr, tablesErr); err != nil {
		return nil, nil, err
	}
	for _, other := range others {
		name := other[:strings.LastIndexByte(other, ' ')]
		anew, err := list(ctx, db, "SELECT t FROM ("+tables+") AS all_tables (t) WHERE starts_with(t, $1)", name+" ")
		if err != nil {
			return nil, nil, err
		}
		if len(anew) > 0 {
			return nil, nil, &health.NotReady{Reason: health.Replaced, Cure: "start all servers again: they look at what was restored",
				Cause: fmt.Errorf("the %s was made anew", name)}
		}
	}
	return lost, slow, nil
}

// list reads the texts of a query.
func list(ctx context.Context, db *sql.DB, query string, args ...any) (texts []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
