// Package strictjson reads JSON that two readers cannot read differently: names that
// appear twice, names in other letter case, unknown names, invalid UTF-8 and surrogates
// that stand alone are errors, as they are to the API.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads one JSON value, which is not null. The texts of its errors are for the
// person who wrote the JSON; they quote names, shortened, and no value.
func Decode(text []byte, into any) error {
	switch string(bytes.TrimSpace(text)) {
	case "", "null":
		return errors.New("a JSON object is expected")
	}
	return explain(json.Unmarshal(text, into, json.RejectUnknownMembers(true)))
}

// explain says what is wrong, and where.
func explain(err error) error {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("unknown member %.80q", semantic.JSONPointer.LastToken())
	case errors.As(err, &semantic) && semantic.Err != nil && semantic.JSONKind == '"':
		// What the type of the member says about the text of its value.
		return semantic.Err
	case errors.As(err, &semantic):
		return fmt.Errorf("%s: a JSON %s is not allowed here", place(semantic.JSONPointer), kinds[semantic.JSONKind])
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return fmt.Errorf("member %.80q appears twice", syntactic.JSONPointer.LastToken())
	case errors.As(err, &syntactic):
		return fmt.Errorf("not valid JSON at byte %d: %s", syntactic.ByteOffset, strings.TrimPrefix(syntactic.Err.Error(), "jsontext: "))
	}
	return err
}

// place names a member by the members around it.
func place(at jsontext.Pointer) string {
	if at == "" {
		return "the body"
	}
	var names []string
	for name := range at.Tokens() {
		names = append(names, name)
	}
	return fmt.Sprintf("%.80s", strings.Join(names, "."))
}

var kinds = map[jsontext.Kind]string{
	'n': "null", 't': "boolean", 'f': "boolean", '"': "string", '0': "number", '{': "object", '[': "array",
}
