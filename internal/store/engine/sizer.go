package engine

import "reflect"

// SizeOf is the size of a value of T, without what it points to.
func SizeOf[T any]() int { return int(reflect.TypeFor[T]().Size()) }

// Sizer is a row that counts the bytes of the texts that are read from it.
type Sizer struct {
	Row interface{ Scan(dest ...any) error }
	// Bytes is their number so far.
	Bytes int
}

// Scan reads the columns.
func (s *Sizer) Scan(dest ...any) error {
	err := s.Row.Scan(dest...)
	for _, d := range dest {
		if text, is := d.(*string); is {
			s.Bytes += len(*text)
			continue
		}
		v := reflect.ValueOf(d).Elem()
		if v.Kind() == reflect.Struct && v.NumField() > 0 {
			v = v.Field(0) // Of sql.NullString.
		}
		if v.Kind() == reflect.String {
			s.Bytes += v.Len()
		}
	}
	return err
}
