package postgres

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// pins give a session values of its own for settings by which an administrator could change
// what the server does, with ALTER SYSTEM, DATABASE or ROLE while it runs: what is set in a
// session has precedence. [PostgreSQL: Setting Parameters]
type pins struct {
	// schema is the one that the first session has found, as a literal; nil before. Another
	// search_path would let later changes go into other tables of the same names.
	schema atomic.Pointer[string]
}

// pin is the statement, with the schema as a literal or NULL, and whether synchronous_commit may be off.
// Some settings are of later versions of PostgreSQL. With row_security off a policy by which
// rows would be missing is an error.
const pin = `SELECT quote_literal(quote_ident(current_schema())),
	set_config('search_path', COALESCE(%[1]s, quote_ident(current_schema()), current_setting('search_path')), false),
	set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' AND NOT %[2]t THEN 'on' ELSE current_setting('synchronous_commit') END, false),
	set_config('client_encoding', 'UTF8', false),
	set_config('standard_conforming_strings', 'on', false),
	set_config('transform_null_equals', 'off', false),
	set_config('row_security', 'off', false),
	CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL THEN set_config('idle_session_timeout', '0', false) END,
	CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL THEN set_config('transaction_timeout', '0', false) END`

// set pins the settings of a new session. It uses no parameters of a statement: the settings
// may be such that the driver cannot send them.
func (p *pins) set(ctx context.Context, conn *pgx.Conn) error {
	schema := "NULL"
	if known := p.schema.Load(); known != nil {
		schema = *known
	}
	// A commit that does not wait for the disk is for those who ask for it in the URL.
	_, chosen := conn.Config().RuntimeParams["synchronous_commit"]
	results, err := conn.PgConn().Exec(ctx, fmt.Sprintf(pin, schema, chosen)).ReadAll()
	if err != nil {
		return err
	}
	if found := results[0].Rows[0][0]; found != nil {
		text := string(found)
		p.schema.CompareAndSwap(nil, &text)
	}
	return nil
}
