package postgres

import "github.com/jackc/pgx/v5/pgconn"

// replan drops the plans of a connection. With a few rows all indexes of a table cost the same,
// and the plan may walk through one in which every row of an organization matches. It is kept
// until the table is analyzed, which is never within the transaction that fills it: 10,000 new
// accounts took quadratic time. A later plan is made for as many pages as the table has then.
// [PostgreSQL: PREPARE; DISCARD; src/backend/optimizer/util/plancat.c, estimate_rel_size]
const replan = "DISCARD PLANS"

// firstPlans is after how many statements a connection makes its plans again, and twice as
// many each time: what it works on has grown a lot by then, or does not grow.
const firstPlans = 128

// planned counts the statements of a connection.
type planned struct{ statements, next int }

// plannedKey is the key of a connection for its count.
const plannedKey = "planned"

// isPlanDue counts statements of a connection, and reports whether it makes its plans again.
func isPlanDue(c *pgconn.PgConn, statements int) bool {
	p, has := c.CustomData()[plannedKey].(*planned)
	if !has {
		p = &planned{next: firstPlans}
		c.CustomData()[plannedKey] = p
	}
	p.statements += statements
	if p.statements < p.next {
		return false
	}
	p.next *= 2
	return true
}
