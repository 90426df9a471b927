package document_test

import (
	"testing"
	"unicode/utf16"

	"accord/internal/policy/document"
)

// marked is the text of a content from one position to another, as an editor marks it.
func marked(content string, from, to document.Position) string {
	units := utf16.Encode([]rune(content))
	return string(utf16.Decode(units[document.CodeUnits(content, from):document.CodeUnits(content, to)]))
}

// TestDiagnosticsMarkWhatIsWrong: the character, word, name or value, and nothing where
// something is missing.
func TestDiagnosticsMarkWhatIsWrong(t *testing.T) {
	for content, want := range map[string]string{
		"":                           "",
		`{"é": 1, "😀": x}`:           "x",
		`{"😀": nul}`:                 "nul",
		"{\n \"a\": 1 \"b\": 2}":     `"`,
		"{\"a\": 1,\n\n}":            ",",
		"[1,\n]":                     ",",
		`{"a": 1`:                    "",
		`{"a": 1, "\u0061": 2}`:      `"\u0061"`,
		"{}\n😀":                      "😀",
		"{\"a\": \"b\n\"}":           "",
		"[\"\xff\"]":                 "",
		`{"a": 'b'}`:                 "'",
		"{ # the beginning\n}":       "#",
		`{"a": "b" // the end` + "}": "/",
	} {
		_, d := document.Parse(content)
		if d == nil {
			t.Errorf("Parse(%q) was accepted", content)
			continue
		}
		if got := marked(content, document.Position{Line: d.Line, Column: d.Column}, d.End); got != want {
			t.Errorf("in %q %q is marked, want %q: %v", content, got, want, d)
		}
	}
}

func TestDiagnosticsOfValuesAndNamesMarkThem(t *testing.T) {
	content := "{\"😀\": {\n\"b\\u0062\": [\"é\",\n {} ]}}"
	root := mustParse(t, content)
	inner := root.Members[0].Value
	list := inner.Members[0].Value
	for want, d := range map[string]*document.Diagnostic{
		content:          root.Diagnostic(nil, "x"),
		`"😀"`:            root.Members[0].Diagnostic(nil, "x"),
		`"b\u0062"`:      inner.Members[0].Diagnostic(nil, "x"),
		"[\"é\",\n {} ]": list.Diagnostic(nil, "x"),
		`"é"`:            list.Items[0].Diagnostic(nil, "x"),
		`{}`:             list.Items[1].Diagnostic(nil, "x"),
	} {
		if got := marked(content, document.Position{Line: d.Line, Column: d.Column}, d.End); got != want {
			t.Errorf("%q is marked, want %q", got, want)
		}
	}
}

func TestAPositionBehindTheEndIsTheEnd(t *testing.T) {
	for _, at := range []document.Position{{Line: 1, Column: 3}, {Line: 1, Column: 9}, {Line: 7, Column: 1}} {
		if got := document.CodeUnits("😀", at); got != 2 {
			t.Errorf("CodeUnits of %v is %d", at, got)
		}
	}
}
