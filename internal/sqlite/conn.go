package sqlite

import (
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"time"

	lib "zombiezen.com/go/sqlite"
)

// Conn is a connection, used by one goroutine at a time.
type Conn struct {
	conn       *lib.Conn
	statements map[string]*Rows
	// open are the rows that are not closed yet.
	open *Rows
	// snapshot is the state that the open snapshot of a reader contains at least; nil
	// without a snapshot.
	snapshot *state
	// scratch belongs to exactly the state that the snapshot contains.
	scratch *atomic.Value
	// changed is true after a statement that can change the file.
	changed bool
	// derived is true after such a statement on whose change values in scratch may depend.
	derived bool
	// failed is true after a statement failed.
	failed bool
}

// busyTimeout bounds the wait for a lock of another connection.
const busyTimeout = 10 * time.Second

// connect opens a file that exists, and runs pragmas.
func connect(path string, pragmas []string) (*Conn, error) {
	return openConn(path, pragmas, lib.OpenReadWrite)
}

func openConn(name string, pragmas []string, flags ...lib.OpenFlags) (*Conn, error) {
	conn, err := lib.OpenConn(name, flags...)
	if err != nil {
		return nil, wrap("opening "+name, err)
	}
	conn.SetBusyTimeout(busyTimeout)
	c := &Conn{conn: conn, statements: map[string]*Rows{}}
	for _, pragma := range pragmas {
		if _, err := c.pragma(pragma); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

func (c *Conn) close() error { return wrap("closing", c.conn.Close()) }

// pragma runs a pragma and returns its value.
func (c *Conn) pragma(text string) (value string, err error) {
	stmt, _, err := c.conn.PrepareTransient("PRAGMA " + text)
	if err != nil {
		return "", wrap("PRAGMA "+text, err)
	}
	more, err := stmt.Step()
	if more {
		value = stmt.ColumnText(0)
	}
	return value, wrap("PRAGMA "+text, errors.Join(err, stmt.Finalize()))
}

// Scratch returns memory for a value that is derived from the state of the file that the
// transaction sees. It is shared by the transactions that see exactly this state, and
// nil for one that can write.
func (c *Conn) Scratch() *atomic.Value { return c.scratch }

// Query runs a statement that returns rows. Only one result is open at a time.
func (c *Conn) Query(query string, args []any) (*Rows, error) {
	if c.open != nil {
		return nil, errors.New("SQLite: the rows of another query are still open")
	}
	rows, err := c.statement(query)
	if err != nil {
		return nil, err
	}
	if err := rows.bind(args); err != nil {
		return nil, err
	}
	c.open = rows
	return rows, nil
}

// Exec runs a statement that changes the file, and counts the rows that it changes.
func (c *Conn) Exec(query string, args []any) (int64, error) {
	c.derived = true
	return c.ExecApart(query, args)
}

// ExecApart is Exec for a change on which no value in scratch depends: it stays with the
// next state of the file.
func (c *Conn) ExecApart(query string, args []any) (int64, error) {
	c.changed = true
	return c.exec(query, args)
}

func (c *Conn) exec(query string, args []any) (int64, error) {
	rows, err := c.Query(query, args)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	return int64(c.conn.Changes()), nil
}

// control runs a statement that begins or ends a transaction. It ends a query that
// was left open.
func (c *Conn) control(statement string) error {
	if c.open != nil {
		_ = c.open.Close()
	}
	_, err := c.exec(statement, nil)
	return err
}

// endSnapshot ends the transaction of a reader.
func (c *Conn) endSnapshot() error {
	if c.snapshot == nil {
		return nil
	}
	c.snapshot, c.scratch, c.failed = nil, nil, false
	return c.control("ROLLBACK")
}

// inTransaction reports whether a transaction is open. Some errors of the machine, as
// a full disk, end it.
func (c *Conn) inTransaction() bool { return !c.conn.AutocommitEnabled() }

// limit is a LIMIT whose only operand is a parameter. SQLite looks at the value of
// that when it plans, and prepares the statement again each time the parameter is
// bound; an expression is not looked at.
var limit = regexp.MustCompile(`\bLIMIT (\$[0-9]+)`)

// statement returns the prepared form of a query, which is kept.
func (c *Conn) statement(query string) (*Rows, error) {
	if rows := c.statements[query]; rows != nil {
		return rows, nil
	}
	stmt, err := c.conn.Prepare(limit.ReplaceAllString(query, "LIMIT $1+0"))
	if err != nil {
		c.failed = true
		return nil, err
	}
	rows := &Rows{conn: c, stmt: stmt, parameters: stmt.BindParamCount(), columns: stmt.ColumnCount()}
	c.statements[query] = rows
	return rows, nil
}

// Rows are a prepared statement and the rows that it returns. When they are closed
// the next query with the same text uses them again.
type Rows struct {
	conn                *Conn
	stmt                *lib.Stmt
	parameters, columns int
	err                 error
}

// bind sets the arguments of the next run.
func (r *Rows) bind(args []any) error {
	if len(args) != r.parameters {
		return fmt.Errorf("SQLite: %d arguments for %d parameters", len(args), r.parameters)
	}
	for i, arg := range args {
		if !bind(r.stmt, i+1, arg) {
			return fmt.Errorf("SQLite: argument %d is a %T", i+1, arg)
		}
	}
	r.err = nil
	return nil
}

// Next goes to the next row and reports whether there is one. After the last one the
// rows are closed.
func (r *Rows) Next() bool {
	if r.conn.open != r {
		return false
	}
	more, err := r.stmt.Step()
	if err != nil {
		r.err, r.conn.failed = err, true
	}
	if !more {
		_ = r.Close()
	}
	return more
}

// Scan reads the columns of the row.
func (r *Rows) Scan(dest ...any) error {
	if len(dest) != r.columns {
		return fmt.Errorf("SQLite: %d destinations for %d columns", len(dest), r.columns)
	}
	for i, d := range dest {
		if !column(r.stmt, i, d) {
			return fmt.Errorf("SQLite: column %d, a %v, does not fit a %T", i+1, r.stmt.ColumnType(i), d)
		}
	}
	return nil
}

// Err is the error that ended the rows early.
func (r *Rows) Err() error { return r.err }

// Close ends the query.
func (r *Rows) Close() error {
	if r.conn.open == r {
		r.conn.open = nil
		// The error of a reset is that of the last step, which Err returns.
		_ = r.stmt.Reset()
	}
	return nil
}

// state is one state of the file.
type state struct {
	// commits counts the transactions of the writer that can have changed something.
	commits int64
	// scratch is shared by the snapshots of exactly this state.
	scratch atomic.Value
}
