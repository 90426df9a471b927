package sqlite

import (
	"database/sql"
	"reflect"

	lib "zombiezen.com/go/sqlite"
)

// bind sets a parameter and reports whether the argument has a type that it can have:
// a string, a whole number, a boolean, a type of these, or NULL.
func bind(stmt *lib.Stmt, i int, arg any) bool {
	switch v := arg.(type) {
	case nil:
		stmt.BindNull(i)
	case string:
		stmt.BindText(i, v)
	case int64:
		stmt.BindInt64(i, v)
	case int:
		stmt.BindInt64(i, int64(v))
	case bool:
		stmt.BindBool(i, v)
	case sql.NullInt64:
		if stmt.BindInt64(i, v.Int64); !v.Valid {
			stmt.BindNull(i)
		}
	case sql.NullString:
		if stmt.BindText(i, v.String); !v.Valid {
			stmt.BindNull(i)
		}
	default:
		switch v := reflect.ValueOf(arg); v.Kind() {
		case reflect.String:
			stmt.BindText(i, v.String())
		case reflect.Int, reflect.Int64:
			stmt.BindInt64(i, v.Int())
		default:
			return false
		}
	}
	return true
}

// column reads a column and reports whether its type fits the destination.
func column(stmt *lib.Stmt, i int, dest any) bool {
	kind := stmt.ColumnType(i)
	text, integer, null := kind == lib.TypeText, kind == lib.TypeInteger, kind == lib.TypeNull
	switch d := dest.(type) {
	case *string:
		*d = stmt.ColumnText(i)
		return text
	case *int64:
		*d = stmt.ColumnInt64(i)
		return integer
	case *int:
		*d = stmt.ColumnInt(i)
		return integer
	case *bool:
		*d = stmt.ColumnBool(i)
		return integer
	case *sql.NullString:
		*d = sql.NullString{Valid: text}
		if text {
			d.String = stmt.ColumnText(i)
		}
		return text || null
	case *sql.NullBool:
		*d = sql.NullBool{Bool: stmt.ColumnBool(i), Valid: integer}
		return integer || null
	case *sql.NullInt64:
		*d = sql.NullInt64{Int64: stmt.ColumnInt64(i), Valid: integer}
		return integer || null
	}
	// The rest are types of string.
	v := reflect.ValueOf(dest)
	if !text || v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.String {
		return false
	}
	v.Elem().SetString(stmt.ColumnText(i))
	return true
}
