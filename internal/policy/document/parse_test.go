package document_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"accord/internal/policy/document"
)

func mustParse(t *testing.T, content string) *document.Node {
	t.Helper()
	node, diagnostic := document.Parse(content)
	if diagnostic != nil {
		t.Fatalf("Parse(%q): %v", content, diagnostic)
	}
	return node
}

func TestParseKeepsOrderAndSpelling(t *testing.T) {
	for content, compact := range map[string]string{
		`{}`:    `{}`,
		` [ ] `: `[]`,
		"\t{ \"b\" : 1.50e+03 ,\r\n\"a\":[true,false , null]}\n": `{"b":1.50e+03,"a":[true,false,null]}`,
		`"caf\u00e9 \/ \ud83d\ude00 é"`:                          `"caf\u00e9 \/ \ud83d\ude00 é"`,
		`-0`:                                                     `-0`,
		`{"\u0061":{"":" "}}`:                                    `{"\u0061":{"":" "}}`,
	} {
		if got := mustParse(t, content).Compact(); got != compact {
			t.Errorf("Compact of %q = %q, want %q", content, got, compact)
		}
	}
}

func TestParseDecodesText(t *testing.T) {
	for content, want := range map[string]string{
		`""`:                        "",
		`"plain"`:                   "plain",
		`"\"\\\/\b\f\n\r\t"`:        "\"\\/\b\f\n\r\t",
		`"a\u0041\u00E9z"`:          "aAéz",
		`"\ud83d\ude00"`:            "😀",
		`"\ud83d"`:                  "\uFFFD",
		`"\ud83d\u0041"`:            "\uFFFDA",
		`"\ude00\ud83d"`:            "\uFFFD\uFFFD",
		"\"\uFEFF is a character\"": "\uFEFF is a character",
	} {
		if got := mustParse(t, content).Text; got != want {
			t.Errorf("text of %s = %q, want %q", content, got, want)
		}
	}
}

func TestNodesKnowTheirPosition(t *testing.T) {
	node := mustParse(t, "{\n  \"é\": [ 1,\n\t\"two\" ], \"last\": {\"x\": null}\n}")
	list, last := node.Member("é"), node.Member("last")
	for name, c := range map[string]struct {
		node         *document.Node
		line, column int
	}{
		"document": {node, 1, 1},
		"list":     {list, 2, 8},
		"one":      {list.Items[0], 2, 10},
		"two":      {list.Items[1], 3, 2},
		"last":     {last, 3, 19},
		"null":     {last.Member("x"), 3, 25},
	} {
		if c.node.Line != c.line || c.node.Column != c.column {
			t.Errorf("%s stands at %d:%d, want %d:%d", name, c.node.Line, c.node.Column, c.line, c.column)
		}
	}
	if m := node.Members[1]; m.Line != 3 || m.Column != 11 {
		t.Errorf("name %q stands at %d:%d, want 3:11", m.Name, m.Line, m.Column)
	}
	if node.Member("E") != nil || list.Member("é") != nil || list.Member("x").Member("y") != nil {
		t.Error("Member found what is not there")
	}
}

func TestDiagnosticsNamePositionAndCause(t *testing.T) {
	many := strings.Builder{}
	for i := range 40 {
		fmt.Fprintf(&many, `"n%d":0,`, i)
	}
	for _, c := range []struct{ content, want string }{
		{"", "Line 1, column 1, $: the document is empty"},
		{" \n ", "Line 2, column 2, $: the document is empty"},
		{"\uFEFF{}", "Line 1, column 1, $: the document begins with a byte-order mark; save it as UTF-8 without one"},
		{"{}\n{}", "Line 2, column 1, $: unexpected '{' after the end of the document"},
		{`{"a":1,"b":2,"a":3}`, `Line 1, column 14, $.a: the member "a" is already given on line 1, column 2`},
		{`{"x":{"a":1,"\u0061":3}}`, `Line 1, column 13, $.x.a: the member "a" is already given on line 1, column 7`},
		{`{` + many.String() + `"n7":1}`, `Line 1, column 312, $.n7: the member "n7" is already given on line 1, column 51`},
		{`{` + many.String() + `"n39":1}`, `Line 1, column 312, $.n39: the member "n39" is already given on line 1, column 304`},
		{`{"a":[1,{"b c":[tru]}]}`, `Line 1, column 17, $.a[1]["b c"][0]: "tru" is not a valid JSON value; text must be in " quotes`},
		{`{"a":1,}`, "Line 1, column 7, $: unexpected comma before the closing brace"},
		{`[1,]`, "Line 1, column 3, $: unexpected comma before the closing bracket"},
		{`[1 2]`, "Line 1, column 4, $: unexpected '2' where a comma or the closing bracket of the list is expected"},
		{`{"a" 1}`, `Line 1, column 6, $: unexpected '1' where the colon after the name "a" is expected`},
		{`{"a":`, "Line 1, column 6, $.a: the document ends where a value is expected"},
		{`{"a":1`, "Line 1, column 7, $: the document ends where a comma or the closing brace of the object is expected"},
		{`{a:1}`, "Line 1, column 2, $: unexpected 'a' where the name of a member is expected"},
		{`{'a':1}`, `Line 1, column 2, $: unexpected '\'' where the name of a member is expected; JSON text must be in " quotes`},
		{"{ // no\n}", "Line 1, column 3, $: unexpected comment where the name of a member is expected; JSON has no comments"},
		{`["ab`, "Line 1, column 5, $[0]: the document ends inside a text"},
		{"[\"a\nb\"]", `Line 1, column 4, $[0]: unescaped line break in a string; write it as \n, or close the quotes`},
		{"[\"a\tb\"]", `Line 1, column 4, $[0]: the control character U+0009 in a string; write it as \u0009`},
		{`["\x"]`, `Line 1, column 3, $[0]: a backslash must be followed by one of " \ / b f n r t u; write a backslash itself as \\`},
		{`["\u12g4"]`, `Line 1, column 3, $[0]: \u must be followed by four hexadecimal digits`},
		{"[\"é\xff\"]", "Line 1, column 4, $[0]: the document is not valid UTF-8"},
		{"{\xff}", "Line 1, column 2, $: the document is not valid UTF-8"},
		{`[01]`, "Line 1, column 3, $[0]: a number may not begin with a zero that others follow"},
		{`[-]`, "Line 1, column 3, $[0]: unexpected ']' where a digit of the number is expected"},
		{`[1.]`, "Line 1, column 4, $[0]: unexpected ']' where a digit after the point is expected"},
		{`[1e]`, "Line 1, column 4, $[0]: unexpected ']' where a digit of the exponent is expected"},
		{`[+1]`, "Line 1, column 2, $[0]: unexpected '+' where a value is expected"},
		{`[NaN]`, `Line 1, column 2, $[0]: "NaN" is not a valid JSON value; text must be in " quotes`},
		{strings.Repeat("[", 101) + strings.Repeat("]", 101), "Line 1, column 101, $" + strings.Repeat("[0]", 100) + ": objects and lists stand more than 100 levels deep inside each other"},
	} {
		node, diagnostic := document.Parse(c.content)
		if diagnostic == nil || node != nil {
			t.Errorf("Parse(%q) was accepted", c.content)
		} else if got := diagnostic.Error(); got != c.want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", c.content, got, c.want)
		}
	}
}

func TestKindsReadAsWords(t *testing.T) {
	var words []string
	for _, item := range mustParse(t, `[{},[],"",1,true,null]`).Items {
		words = append(words, item.Kind.String())
	}
	if got, want := strings.Join(words, ", "), "an object, a list, text, a number, a boolean, null"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDepthIsBounded(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, document.MaxDepth/2)
	closed := strings.Repeat(`]}`, document.MaxDepth/2)
	if got := mustParse(t, deep+closed).Compact(); got != deep+closed {
		t.Errorf("a document of %d levels became %q", document.MaxDepth, got)
	}
	if _, diagnostic := document.Parse(strings.Repeat("[", 1_000_000)); diagnostic == nil {
		t.Error("a million open brackets were accepted")
	}
}

func TestCompactWritesNodesMadeByHand(t *testing.T) {
	node := &document.Node{Kind: document.Object, Members: []document.Member{
		{Name: "a\"\\\n", Value: &document.Node{Kind: document.String, Text: "<é>\x01"}},
		{Name: "n", Value: &document.Node{Kind: document.Array, Items: []*document.Node{{Kind: document.Number, Text: "1.0"}, {Kind: document.Null, Text: "null"}}}},
	}}
	want := `{"a\"\\\u000a":"<é>\u0001","n":[1.0,null]}`
	if got := node.Compact(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPathQuotesNamesThatCannotFollowADot(t *testing.T) {
	var root *document.Path
	for want, path := range map[string]*document.Path{
		"$":                              root,
		"$.tags.cost-center.@@assign[2]": root.Member("tags").Member("cost-center").Member("@@assign").Item(2),
		`$["a.b"][""]["x y"]`:            root.Member("a.b").Member("").Member("x y"),
		`$["` + strings.Repeat("x", 80) + `…"]`: root.Member(strings.Repeat("x", 500)),
	} {
		if got := path.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestQuoteCutsBetweenCharacters(t *testing.T) {
	got := document.Quote(strings.Repeat("x", 79) + "é and more")
	if want := `"` + strings.Repeat("x", 79) + `…"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := document.Quote("a\nb"); got != `"a\nb"` {
		t.Errorf("got %s", got)
	}
}

func TestFirstKeepsTheFirstDiagnosticOfTheDocument(t *testing.T) {
	a, b, c := &document.Node{Line: 1, Column: 9}, &document.Node{Line: 2, Column: 1}, &document.Node{Line: 2, Column: 3}
	for _, m := range []struct {
		present, added *document.Node
		want           bool
	}{{b, a, true}, {a, b, false}, {c, b, true}, {c, c, false}, {nil, a, true}} {
		var first document.First
		if m.present != nil {
			first.Add(m.present, nil, "present")
		}
		if got := first.Add(m.added, nil, "added"); got != m.want || (first.Message == "added") != m.want {
			t.Errorf("%v added to %v: %v, then %v", m.added, m.present, got, first.Diagnostic)
		}
		if first.Precedes(1, 1) || !first.Precedes(9, 9) {
			t.Errorf("%v precedes the start or does not precede the end", first.Diagnostic)
		}
	}
	if (document.First{}).Precedes(1, 1) {
		t.Error("no diagnostic precedes the start")
	}
}

// TestParseIsLinear reads documents that invite quadratic work. It measures no
// time: a quadratic reader would exceed the timeout of the test.
func TestParseIsLinear(t *testing.T) {
	const n = 200_000
	var members strings.Builder
	for i := range n {
		fmt.Fprintf(&members, `"name-%d":0,`, i)
	}
	long := strings.Repeat("x", n)
	for name, content := range map[string]string{
		"members":   "{" + members.String() + `"end":0}`,
		"items":     "[" + strings.Repeat("0,", n) + "0]",
		"long name": strings.Repeat(`{"`+long+`":`, 50) + "0" + strings.Repeat("}", 50),
		"escapes":   `"` + strings.Repeat(`\n`, n) + `"`,
		"lines":     strings.Repeat("\n", n) + "0",
	} {
		if node := mustParse(t, content); len(node.Compact()) > len(content) {
			t.Errorf("%s: compact form is longer than the document", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`,
		`{"tags":{"crew":{"tag_key":{"@@assign":"Crew"}}}}`, "{\"a\":1,\"a\":2}", "\uFEFF{}", "\"\xff\"", `"\ud83d\ude00\ud800"`,
		" [1.5e+3,-0,true,null,\"\\u0000\"] ", strings.Repeat("[", 101), "[01]", "{\"\":{}}", "\"\x7f\"", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		node, diagnostic := document.Parse(content)
		if (node == nil) == (diagnostic == nil) {
			t.Fatalf("node %v, diagnostic %v", node, diagnostic)
		}
		if diagnostic != nil {
			if diagnostic.Line < 1 || diagnostic.Column < 1 || !strings.HasPrefix(diagnostic.Path, "$") || diagnostic.Message == "" {
				t.Fatalf("diagnostic without position or message: %#v", diagnostic)
			}
			from, to := document.CodeUnits(content, document.Position{Line: diagnostic.Line, Column: diagnostic.Column}), document.CodeUnits(content, diagnostic.End)
			if diagnostic.End.Line != diagnostic.Line || from > to || to > len(utf16.Encode([]rune(content))) {
				t.Fatalf("%q: %#v is from %d to %d", content, diagnostic, from, to)
			}
			valid := strings.Contains(diagnostic.Message, "already given") || strings.Contains(diagnostic.Message, "levels deep") ||
				!utf8.ValidString(content) || strings.HasPrefix(content, "\uFEFF")
			if json.Valid([]byte(content)) && !valid {
				t.Fatalf("%q is valid JSON, but: %v", content, diagnostic)
			}
			return
		}
		if !json.Valid([]byte(content)) {
			t.Fatalf("%q was accepted and is not valid JSON", content)
		}
		compact := node.Compact()
		again := mustParse(t, compact)
		if got := again.Compact(); got != compact {
			t.Fatalf("%q became %q", compact, got)
		}
		var want, got any
		if json.Unmarshal([]byte(content), &want) == nil && json.Unmarshal([]byte(compact), &got) == nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("%q means %v, compact %v", content, want, got)
		}
		if node.Kind == document.String && want != node.Text {
			t.Fatalf("%q decodes to %q, want %q", content, node.Text, want)
		}
	})
}
