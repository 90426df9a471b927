package postgres

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// replan drops the plans of a connection. With a few rows all indexes of a table cost the same,
// and the plan may walk through one in which every row of an organization matches. It is kept
// until the table is analyzed, which others cannot do for a transaction that fills it: 10,000 new
// accounts took quadratic time. A later plan is made for as many pages as the table has then.
// [PostgreSQL: PREPARE; DISCARD; src/backend/optimizer/util/plancat.c, estimate_rel_size]
const replan = "DISCARD PLANS"

// firstPlans is after how many statements a connection makes its plans again, and twice as
// many each time: what it works on has grown a lot by then, or does not grow. firstAnalysis is
// after how many of one transaction the tables are analyzed, and four times as many each time;
// the largest group has fewer.
const firstPlans, firstAnalysis = 128, 2048

// ownTables are the tables that the role of the store may analyze; for others the database
// would warn. [PostgreSQL: ANALYZE]
const ownTables = "SELECT quote_ident(c.relname) FROM pg_class c WHERE c.relkind = 'r' AND " + ofSchema + " AND pg_has_role(c.relowner, 'USAGE')"

// analysis returns the statement that analyzes the tables; empty if the role may not. A table
// that was analyzed when it was empty, or when a transaction that runs had inserted all its rows,
// counts as empty however many pages it gets, and all its indexes cost the same. Within a
// transaction its own rows count. A table that others analyze or vacuum is left out. Until the
// transaction ends nobody else does so, nor makes an index; who reads and writes does not wait.
func analysis(ctx context.Context, db *sql.DB) (string, error) {
	own, err := list(ctx, db, ownTables)
	if err != nil || len(own) == 0 {
		return "", err
	}
	return "ANALYZE (SKIP_LOCKED) " + strings.Join(own, ", "), nil
}

// due counts statements: something is done after next of them, and after factor times as many
// each time.
type due struct{ statements, next, factor int }

// count adds statements, and reports whether it is time.
func (d *due) count(statements int) bool {
	d.statements += statements
	if d.statements < d.next {
		return false
	}
	d.next *= d.factor
	return true
}

// plannedKey is the key of a connection for its count.
const plannedKey = "planned"

// isPlanDue counts statements of a connection, and reports whether it makes its plans again.
func isPlanDue(c *pgconn.PgConn, statements int) bool {
	p, has := c.CustomData()[plannedKey].(*due)
	if !has {
		p = &due{next: firstPlans, factor: 2}
		c.CustomData()[plannedKey] = p
	}
	return p.count(statements)
}
