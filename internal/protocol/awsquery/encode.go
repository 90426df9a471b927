package awsquery

import (
	"fmt"

	"accord/internal/api"
)

// input is a request that reads itself from a form, as the generated ones do.
type input interface{ ReadForm(f *api.Form) }

// output is an answer that writes itself, as the generated ones do. It appends its
// element, or nothing when the operation has no output.
type output interface{ AppendResultXML(b []byte) []byte }

// appendResult appends the output of an operation, and nothing for none.
func appendResult(b []byte, out any) ([]byte, error) {
	switch out := out.(type) {
	case nil:
		return b, nil
	case output:
		return out.AppendResultXML(b), nil
	}
	return nil, fmt.Errorf("%T has no XML form", out)
}

func appendOpening(b []byte, name, namespace string) []byte {
	b = append(append(b, '<'), name...)
	b = append(append(b, ` xmlns="`...), namespace...)
	return append(b, `">`...)
}

func appendClosing(b []byte, name string) []byte {
	return append(append(append(b, "</"...), name...), '>')
}

// appendElement appends an element that holds text.
func appendElement(b []byte, name, text string) []byte {
	b = append(append(append(b, '<'), name...), '>')
	return appendClosing(api.AppendXMLText(b, text), name)
}
