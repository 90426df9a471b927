package clone

import (
	"errors"
	"reflect"

	"accord/internal/seed"
)

// checkForms checks the texts of an output that have a form, and that each thing has its ID:
// a server that can answer anything must not choose what stands in a seed.
func checkForms(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return checkForms(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkForms(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.Anonymous || !f.IsExported() {
				continue
			}
			if err := checkField(f, v.FieldByIndex(f.Index)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkField checks a member. All but IDs may be absent: servers differ.
func checkField(f reflect.StructField, v reflect.Value) error {
	form, has := f.Tag.Lookup("form")
	switch {
	case !has && v.Type() == reflect.TypeFor[instant]():
		return nil
	case !has:
		return checkForms(v)
	case v.String() == "" && f.Name == "Id":
		return errors.New("an entry has no Id")
	case v.String() == "":
		return nil
	}
	if says := seed.CheckForm(form, v.String()); says != "" {
		return errors.New(f.Name + ": " + says)
	}
	return nil
}
