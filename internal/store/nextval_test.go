package store

import (
	"database/sql/driver"
	"sync/atomic"

	"modernc.org/sqlite"
)

// The tests open SQLite files past the store, with a library that does not know the
// functions.
func init() {
	var last atomic.Int64
	sqlite.MustRegisterScalarFunction("nextval", 1, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		return last.Add(1), nil
	})
	sqlite.MustRegisterScalarFunction("setval", 2, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		return last.Load(), nil
	})
}
