package awsquery

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"accord/internal/api"
)

// writer writes XML. Element names are those of the model; only text is escaped.
type writer struct{ *bytes.Buffer }

func (w writer) open(name string) { w.WriteByte('<'); w.WriteString(name); w.WriteByte('>') }

func (w writer) openIn(name, namespace string) {
	w.WriteByte('<')
	w.WriteString(name)
	w.WriteString(` xmlns="`)
	w.WriteString(namespace)
	w.WriteString(`">`)
}

func (w writer) close(name string) { w.WriteString("</"); w.WriteString(name); w.WriteByte('>') }

func (w writer) text(s string) {
	// A buffer takes everything. Characters that XML cannot hold become U+FFFD.
	_ = xml.EscapeText(w.Buffer, []byte(s))
}

func (w writer) element(name, text string) {
	w.open(name)
	w.text(text)
	w.close(name)
}

// result writes the output of an operation inside name, or nothing when the
// operation has none.
func (w writer) result(name string, out any) error {
	v := reflect.ValueOf(out)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	v = reflect.Indirect(v)
	if v.Kind() == reflect.Struct && len(fieldsOf(v.Type())) == 0 {
		return nil
	}
	return w.value(name, v)
}

// value writes v inside an element; lists hold their elements as member.
func (w writer) value(name string, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	w.open(name)
	switch {
	case v.Type() == timeType:
		instant := v.Interface().(api.Time)
		w.text(instant.UTC().Format(time.RFC3339))
	case v.Kind() == reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			member := v.Field(f.index)
			if f.omitZero && member.IsZero() {
				continue
			}
			if err := w.value(f.name, member); err != nil {
				return err
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if err := w.value("member", v.Index(i)); err != nil {
				return err
			}
		}
	case v.Kind() == reflect.String:
		w.text(v.String())
	case v.Kind() == reflect.Bool:
		w.WriteString(strconv.FormatBool(v.Bool()))
	case v.CanInt():
		w.WriteString(strconv.FormatInt(v.Int(), 10))
	default:
		return fmt.Errorf("awsquery: %s holds a %s, which has no XML form", name, v.Type())
	}
	w.close(name)
	return nil
}
