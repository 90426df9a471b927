package api

import "reflect"

// masked stands in logs and records for what must not be read there [AWS:
// guide, example of a CreateAccount record].
const masked = "****"

// Mask returns a copy of a request or response in which every text of a
// sensitive member is "****", for logs and records. Sensitive members are those
// that carry the tag `accord:"sensitive"`, which the model gives them.
//
// v is a structure of a generated package or a pointer to one.
func Mask(v any) any {
	if v == nil {
		return nil
	}
	return mask(reflect.ValueOf(v), false).Interface()
}

// mask copies v, hiding its texts when they are sensitive.
func mask(v reflect.Value, sensitive bool) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(mask(v.Elem(), sensitive))
		return c
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(mask(v.Index(i), sensitive))
		}
		return c
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		if v.Type() == reflect.TypeFor[Time]() {
			return c
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			c.Field(i).Set(mask(v.Field(i), sensitive || isSensitive(field.Tag)))
		}
		return c
	case reflect.String:
		if sensitive {
			return reflect.ValueOf(masked).Convert(v.Type())
		}
	}
	return v
}

func isSensitive(tag reflect.StructTag) bool { return tag.Get("accord") == "sensitive" }
