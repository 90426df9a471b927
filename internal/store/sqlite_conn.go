package store

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlitelib "modernc.org/sqlite/lib"
)

// sqliteConn is one connection to the file, used by one goroutine at a time. It
// calls the library itself: for a small statement, database/sql, the driver, and
// the locks of a connection that many may use cost several times what the
// statement does.
//
// Memory of the library is not Go's: it does not move, and nobody frees it but us.
type sqliteConn struct {
	thread     *libc.TLS
	handle     uintptr
	statements map[string]*sqliteStatement
	// texts holds the text arguments of the statement that runs. Only one with
	// arguments runs at a time: those of the next one come to the same place.
	texts, textsSize uintptr
	// running counts the statements whose rows are open.
	running int
	// group is what the next commit of a writer makes durable; nil outside of a
	// transaction.
	group *group
	// snapshot is how many commits the open snapshot of a reader has seen at least.
	snapshot int64
	// failed is true once a statement failed.
	failed bool
	// found is where the library puts a handle that it returns.
	found uintptr
}

// sqliteError is what the library said.
type sqliteError struct {
	code int
	text string
}

func (e *sqliteError) Error() string { return fmt.Sprintf("SQLite: %s (%d)", e.text, e.code) }

// wordSize is the size of a handle, and of an argument of a function with a
// variable number of them, on every machine.
const wordSize = 8

// connectSQLite opens a connection and runs the pragmas on it.
func connectSQLite(path string, pragmas ...string) (*sqliteConn, error) {
	c := &sqliteConn{thread: libc.NewTLS(), statements: map[string]*sqliteStatement{}, snapshot: noSnapshot}
	c.found = libc.Xmalloc(c.thread, 2*wordSize)
	name, err := libc.CString(path)
	if err != nil || c.found == 0 {
		return nil, errors.Join(errNoMemory, c.close())
	}
	defer libc.Xfree(c.thread, name)
	code := sqlitelib.Xsqlite3_open_v2(c.thread, name, c.found,
		sqlitelib.SQLITE_OPEN_READWRITE|sqlitelib.SQLITE_OPEN_NOMUTEX, 0)
	c.handle = c.pointer()
	if code != sqlitelib.SQLITE_OK {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, c.fault(code)), c.close())
	}
	_ = sqlitelib.Xsqlite3_extended_result_codes(c.thread, c.handle, 1)
	// Plans do not follow the arguments. Otherwise a statement is prepared again
	// each time that it gets another number of rows to read at most.
	_ = sqlitelib.Xsqlite3_db_config(c.thread, c.handle, sqlitelib.SQLITE_DBCONFIG_ENABLE_QPSG,
		libc.VaList(c.found, int32(1), uintptr(0)))
	for _, pragma := range pragmas {
		if _, err := c.pragma(pragma); err != nil {
			return nil, errors.Join(fmt.Errorf("PRAGMA %s: %w", pragma, err), c.close())
		}
	}
	return c, nil
}

// pragma runs a pragma and returns what it answers, if that is a text.
func (c *sqliteConn) pragma(text string) (answer string, err error) {
	st, err := c.prepare("PRAGMA " + text)
	if err != nil {
		return "", err
	}
	for st.Next() {
		answer = st.text(0, "")
	}
	return answer, errors.Join(st.Err(), st.finalize())
}

// errNoMemory: the library got no memory from the machine.
var errNoMemory = errors.New("SQLite: out of memory")

// pointer is the handle that the library returned last.
func (c *sqliteConn) pointer() uintptr {
	return *(*uintptr)(unsafe.Pointer(unsafe.SliceData(memory(c.found, wordSize))))
}

// memory shows n bytes of the library's memory.
func memory(at uintptr, n int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), n)
}

// fault is the error for a result code.
func (c *sqliteConn) fault(code int32) error {
	text := ""
	if c.handle != 0 {
		text = libc.GoString(sqlitelib.Xsqlite3_errmsg(c.thread, c.handle))
	}
	return &sqliteError{code: int(code), text: text}
}

// close ends the connection and its statements.
func (c *sqliteConn) close() error {
	for _, st := range c.statements {
		_ = st.finalize()
	}
	var err error
	if c.handle != 0 {
		if code := sqlitelib.Xsqlite3_close_v2(c.thread, c.handle); code != sqlitelib.SQLITE_OK {
			err = c.fault(code)
		}
	}
	for _, p := range []uintptr{c.texts, c.found} {
		if p != 0 {
			libc.Xfree(c.thread, p)
		}
	}
	c.thread.Close()
	return err
}

// statement returns the prepared form of a query.
func (c *sqliteConn) statement(query string) (*sqliteStatement, error) {
	if st := c.statements[query]; st != nil {
		return st, nil
	}
	st, err := c.prepare(query)
	if err == nil {
		c.statements[query] = st
	}
	return st, err
}

func (c *sqliteConn) prepare(query string) (*sqliteStatement, error) {
	text, err := libc.CString(query)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.thread, text)
	code := sqlitelib.Xsqlite3_prepare_v3(c.thread, c.handle, text, -1, sqlitelib.SQLITE_PREPARE_PERSISTENT, c.found, 0)
	if code != sqlitelib.SQLITE_OK {
		return nil, c.fault(code)
	}
	st := &sqliteStatement{conn: c, handle: c.pointer()}
	st.parameters = int(sqlitelib.Xsqlite3_bind_parameter_count(c.thread, st.handle))
	st.columns = int(sqlitelib.Xsqlite3_column_count(c.thread, st.handle))
	return st, nil
}

func (c *sqliteConn) query(query string, args []any) (rows, error) {
	st, err := c.statement(query)
	if err != nil {
		return nil, err
	}
	return st, st.bind(args)
}

func (c *sqliteConn) exec(query string, args []any) (int64, error) {
	st, err := c.statement(query)
	if err != nil {
		return 0, err
	}
	if err := st.bind(args); err != nil {
		return 0, err
	}
	for st.Next() {
	}
	if err := st.Err(); err != nil {
		return 0, err
	}
	return sqlitelib.Xsqlite3_changes64(c.thread, c.handle), nil
}

// execLater runs the statement at once: it has no way to go.
func (c *sqliteConn) execLater(query string, args []any, single bool) error {
	n, err := c.exec(query, args)
	if err == nil && single && n != 1 {
		return ErrUnchanged
	}
	return err
}

// sqliteStatement is a prepared statement, and the rows that it finds. It is used
// again for the next query with the same text, when the rows are closed.
type sqliteStatement struct {
	conn                *sqliteConn
	handle              uintptr
	parameters, columns int
	// running is true from the first step to the reset.
	running bool
	err     error
}

// bind sets the arguments of the next run.
func (st *sqliteStatement) bind(args []any) error {
	if st.running || len(args) > 0 && st.conn.running > 0 {
		return errors.New("SQLite: the rows of another query are still open")
	}
	if len(args) != st.parameters {
		return fmt.Errorf("SQLite: %d arguments for %d parameters", len(args), st.parameters)
	}
	st.err = nil
	var length uintptr
	for i, arg := range args {
		args[i] = plain(arg)
		if text, ok := args[i].(string); ok {
			length += uintptr(len(text))
		}
	}
	c := st.conn
	if err := c.makeRoom(length); err != nil {
		return err
	}
	at := c.texts
	for i, arg := range args {
		var code int32
		switch v := arg.(type) {
		case string:
			copy(memory(at, len(v)), v)
			// Without a function that frees it, the library reads the text where it is.
			code = sqlitelib.Xsqlite3_bind_text(c.thread, st.handle, int32(i+1), at, int32(len(v)), 0)
			at += uintptr(len(v))
		case int64:
			code = sqlitelib.Xsqlite3_bind_int64(c.thread, st.handle, int32(i+1), v)
		case nil:
			code = sqlitelib.Xsqlite3_bind_null(c.thread, st.handle, int32(i+1))
		default:
			return fmt.Errorf("SQLite: argument %d is a %T", i+1, arg)
		}
		if code != sqlitelib.SQLITE_OK {
			return c.fault(code)
		}
	}
	return nil
}

// makeRoom sees to it that texts of a length can be handed over.
func (c *sqliteConn) makeRoom(length uintptr) error {
	// One byte at least: a text without a place would be taken for NULL.
	if length < c.textsSize {
		return nil
	}
	room := libc.Xmalloc(c.thread, types.Size_t(2*length+1024))
	if room == 0 {
		return errNoMemory
	}
	if c.texts != 0 {
		libc.Xfree(c.thread, c.texts)
	}
	c.texts, c.textsSize = room, 2*length+1024
	return nil
}

// plain reduces an argument to a string, an int64 or nil.
func plain(arg any) any {
	switch v := arg.(type) {
	case string, int64, nil:
		return v
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case int:
		return int64(v)
	case sql.NullInt64:
		if !v.Valid {
			return nil
		}
		return v.Int64
	case sql.NullString:
		if !v.Valid {
			return nil
		}
		return v.String
	}
	switch v := reflect.ValueOf(arg); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int64:
		return v.Int()
	default:
		return arg
	}
}

// Next goes to the next row and reports whether there is one.
func (st *sqliteStatement) Next() bool {
	if st.err != nil {
		return false
	}
	if !st.running {
		st.running = true
		st.conn.running++
	}
	switch code := sqlitelib.Xsqlite3_step(st.conn.thread, st.handle); code {
	case sqlitelib.SQLITE_ROW:
		return true
	case sqlitelib.SQLITE_DONE:
	default:
		st.err = st.conn.fault(code)
		st.conn.failed = true
	}
	_ = st.Close()
	return false
}

// Err is what ended the rows early.
func (st *sqliteStatement) Err() error { return st.err }

// Close makes the statement ready for its next run.
func (st *sqliteStatement) Close() error {
	if st.running {
		st.running = false
		st.conn.running--
		// It repeats the error of the last step, which Err tells.
		_ = sqlitelib.Xsqlite3_reset(st.conn.thread, st.handle)
	}
	return nil
}

func (st *sqliteStatement) finalize() error {
	if code := sqlitelib.Xsqlite3_finalize(st.conn.thread, st.handle); code != sqlitelib.SQLITE_OK {
		return st.conn.fault(code)
	}
	return nil
}

// Scan reads the columns of the row. A place that holds the text of a column
// already, as from the row before, keeps it: that costs nothing.
func (st *sqliteStatement) Scan(dest ...any) error {
	thread, handle := st.conn.thread, st.handle
	if st.columns != len(dest) {
		return fmt.Errorf("SQLite: %d places for %d columns", len(dest), st.columns)
	}
	for i, place := range dest {
		i := int32(i)
		kind := sqlitelib.Xsqlite3_column_type(thread, handle, i)
		if !st.scan(i, kind, place) {
			return fmt.Errorf("SQLite: column %d, of type %d, does not fit a %T", i+1, kind, place)
		}
	}
	return nil
}

// scan reads a column and reports whether its type fits the place.
func (st *sqliteStatement) scan(i, kind int32, place any) bool {
	switch place := place.(type) {
	case *string:
		*place = st.text(i, *place)
		return kind == sqlitelib.SQLITE_TEXT
	case *int64:
		*place = st.number(i)
		return kind == sqlitelib.SQLITE_INTEGER
	case *int:
		*place = int(st.number(i))
		return kind == sqlitelib.SQLITE_INTEGER
	case *bool:
		*place = st.number(i) != 0
		return kind == sqlitelib.SQLITE_INTEGER
	case *sql.NullString:
		if kind != sqlitelib.SQLITE_TEXT {
			*place = sql.NullString{}
		} else {
			*place = sql.NullString{String: st.text(i, place.String), Valid: true}
		}
		return kind == sqlitelib.SQLITE_TEXT || kind == sqlitelib.SQLITE_NULL
	case *sql.NullBool:
		*place = sql.NullBool{Bool: st.number(i) != 0, Valid: kind == sqlitelib.SQLITE_INTEGER}
		return kind == sqlitelib.SQLITE_INTEGER || kind == sqlitelib.SQLITE_NULL
	case *sql.NullInt64:
		*place = sql.NullInt64{}
		if kind == sqlitelib.SQLITE_INTEGER {
			*place = sql.NullInt64{Int64: st.number(i), Valid: true}
		}
		return kind == sqlitelib.SQLITE_INTEGER || kind == sqlitelib.SQLITE_NULL
	}
	// The rest are the identifiers and words of the nouns, each a kind of string.
	v := reflect.ValueOf(place)
	if kind != sqlitelib.SQLITE_TEXT || v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.String {
		return false
	}
	word := (*string)(v.UnsafePointer())
	*word = st.text(i, *word)
	return true
}

// text reads a column; known is returned when it says the same.
func (st *sqliteStatement) text(i int32, known string) string {
	at := sqlitelib.Xsqlite3_column_text(st.conn.thread, st.handle, i)
	if at == 0 {
		return ""
	}
	text := memory(at, int(sqlitelib.Xsqlite3_column_bytes(st.conn.thread, st.handle, i)))
	if string(text) == known {
		return known
	}
	return string(text)
}

func (st *sqliteStatement) number(i int32) int64 {
	return sqlitelib.Xsqlite3_column_int64(st.conn.thread, st.handle, i)
}
