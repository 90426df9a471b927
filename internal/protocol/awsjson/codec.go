package awsjson

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"accord/internal/api"
	"accord/internal/protocol"
)

// maxDepth is how deep objects and arrays may nest.
const maxDepth = 100

// output is an answer that writes itself, as the generated ones do.
type output interface{ AppendJSON(b []byte) []byte }

// encode writes an answer, and {} for none.
func encode(answer protocol.Answer, out any) error {
	switch out := out.(type) {
	case nil:
		answer.WriteString("{}")
	case output:
		answer.Write(out.AppendJSON(answer.AvailableBuffer()))
	default:
		return fmt.Errorf("%T has no JSON form", out)
	}
	return nil
}

// decode reads one JSON object. Names match exactly, none may occur twice, text
// is UTF-8 without NUL; null and an absent member are the same, and members that
// the request does not know are ignored [recorded]. An empty body and a null are
// an empty object.
func decode(body []byte, into any) *api.Error {
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		return nil
	}
	if apiErr := scan(body); apiErr != nil {
		return apiErr
	}
	if err := json.Unmarshal(body, into); err != nil {
		return decodeError(err)
	}
	return nil
}

// scan refuses what the decoder would let pass: nesting beyond maxDepth and the
// NUL character, which databases do not take. It need not know whether the body
// is JSON; the decoder will.
func scan(body []byte) *api.Error {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			if bytes.HasPrefix(body[i+1:], []byte("u0000")) {
				return protocol.Serialization("A string of the request body holds the character NUL.")
			}
			i++ // What follows is no quotation mark of its own.
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return protocol.Serialization(fmt.Sprintf("The request body nests deeper than %d levels.", maxDepth))
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// explain puts a decoder's error in our words. The error itself goes nowhere,
// not even to the log: it quotes values, and they may be secrets.
func decodeError(err error) *api.Error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return protocol.Serialization("A member appears twice in the request body.")
		}
		return protocol.Serialization(fmt.Sprintf("The request body is not valid JSON at byte %d.", syntax.ByteOffset))
	}
	var meaning *json.SemanticError
	if errors.As(err, &meaning) && meaning.JSONPointer != "" {
		member := string(meaning.JSONPointer[1:])
		return protocol.Serialization(fmt.Sprintf("The member %s has the wrong type.", member)).About(member, "has the wrong type")
	}
	return protocol.Serialization("The request body is not a JSON object.")
}
