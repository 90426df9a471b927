package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// The limits of a document. Whoever sends one cannot make the reader work longer or hold
// more than they allow.
const (
	// MaxSize is in bytes, each file beside the document counted too.
	MaxSize = 32 << 20
	// maxNodes counts values and names, those of aliases as often as they are used.
	maxNodes = 2_000_000
	maxDepth = 100
	// MaxAccounts counts those that a count makes too.
	MaxAccounts = 100_000
	// maxProblems bounds how many are reported.
	maxProblems = 20
)

// kind is what a node is.
type kind int

const (
	null kind = iota
	boolean
	number
	text
	// instant is a text that YAML reads as a point in time.
	instant
	list
	mapping
)

var kindNames = map[kind]string{
	null: "nothing", boolean: "true or false", number: "a number", text: "text", instant: "text", list: "a list", mapping: "a mapping",
}

// node is one value of YAML or JSON with its line. The parts of a mapping follow its
// names, in their order.
type node struct {
	kind  kind
	text  string
	line  int
	names []string
	parts []node
}

// reader makes nodes within the limits.
type reader struct{ nodes int }

// errTooLarge: a limit of nodes or of depth is exceeded.
var errTooLarge = errors.New("too large")

func (r *reader) count(depth int) error {
	if r.nodes++; r.nodes > maxNodes {
		return fmt.Errorf("%w: more than %d values, or aliases that repeat as many", errTooLarge, maxNodes)
	}
	if depth > maxDepth {
		return fmt.Errorf("%w: more than %d levels, or an alias within what it names", errTooLarge, maxDepth)
	}
	return nil
}

// lineError is an error of syntax with its line.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

// readNode reads YAML, or JSON if the document begins like it: YAML reads some JSON
// differently.
func readNode(document []byte) (node, error) {
	if trimmed := bytes.TrimLeft(document, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		n, err := readJSON(document)
		var syntax *lineError
		if err == nil || trimmed[0] == '[' || !errors.As(err, &syntax) {
			return n, err
		}
		// {a: b} is YAML. Its error is reported if it is neither.
		if n, other := readYAML(document); other == nil {
			return n, nil
		}
		return node{}, err
	}
	return readYAML(document)
}

func readYAML(document []byte) (node, error) {
	d := yaml.NewDecoder(bytes.NewReader(document))
	var first, second yaml.Node
	switch err := d.Decode(&first); {
	case errors.Is(err, io.EOF):
		return node{}, &lineError{1, "the document is empty"}
	case err != nil:
		return node{}, yamlError(err)
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return node{}, yamlError(err)
		}
		return node{}, &lineError{second.Line, "a second document begins here; a seed is one"}
	}
	if len(first.Content) == 0 {
		return node{}, &lineError{1, "the document is empty"}
	}
	return new(reader).yaml(first.Content[0], 0)
}

// yamlError gives an error of the parser its line.
func yamlError(err error) error {
	says, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if rest, has := strings.CutPrefix(says, "line "); has {
		if before, after, found := strings.Cut(rest, ": "); found {
			if n, err := strconv.Atoi(before); err == nil {
				says, line = after, n
			}
		}
	}
	return &lineError{line, "not valid YAML: " + says}
}

var yamlKinds = map[string]kind{
	"!!null": null, "!!bool": boolean, "!!int": number, "!!float": number, "!!str": text, "!!timestamp": instant,
}

// meaningless refuses a tag, which is not ignored: whoever writes one expects something of it.
func meaningless(tagged *yaml.Node) error {
	return &lineError{tagged.Line, fmt.Sprintf("the tag %.40s of YAML has no meaning here", tagged.ShortTag())}
}

func (r *reader) yaml(from *yaml.Node, depth int) (node, error) {
	if err := r.count(depth); err != nil {
		return node{}, &lineError{from.Line, err.Error()}
	}
	n := node{line: from.Line}
	switch from.Kind {
	case yaml.AliasNode:
		aliased, err := r.yaml(from.Alias, depth+1)
		aliased.line = from.Line
		return aliased, err
	case yaml.ScalarNode:
		var known bool
		if n.kind, known = yamlKinds[from.ShortTag()]; !known {
			return n, meaningless(from)
		}
		n.text = from.Value
		return n, nil
	case yaml.SequenceNode:
		if n.kind = list; from.ShortTag() != "!!seq" {
			return n, meaningless(from)
		}
		for _, item := range from.Content {
			part, err := r.yaml(item, depth+1)
			if err != nil {
				return n, err
			}
			n.parts = append(n.parts, part)
		}
		return n, nil
	case yaml.MappingNode:
		if n.kind = mapping; from.ShortTag() != "!!map" {
			return n, meaningless(from)
		}
		for i := 0; i+1 < len(from.Content); i += 2 {
			name := from.Content[i]
			if name.Kind != yaml.ScalarNode || name.ShortTag() == "!!merge" {
				return n, &lineError{name.Line, "a name has to be text; merges (<<) are not supported"}
			}
			if _, known := yamlKinds[name.ShortTag()]; !known {
				return n, meaningless(name)
			}
			if err := r.add(&n, name.Value, name.Line); err != nil {
				return n, err
			}
			part, err := r.yaml(from.Content[i+1], depth+1)
			if err != nil {
				return n, err
			}
			n.parts = append(n.parts, part)
		}
		return n, n.unique()
	}
	return n, &lineError{from.Line, "a value is expected"}
}

// add takes in the name of the next part.
func (r *reader) add(n *node, name string, line int) error {
	if err := r.count(0); err != nil {
		return &lineError{line, err.Error()}
	}
	n.names = append(n.names, name)
	return nil
}

// unique rejects a mapping in which a name appears twice.
func (n *node) unique() error {
	seen := make(map[string]bool, len(n.names))
	for i, name := range n.names {
		if seen[name] {
			return &lineError{n.parts[i].line, fmt.Sprintf("%.80q appears twice", name)}
		}
		seen[name] = true
	}
	return nil
}

// jsonReader follows the lines of the text that it reads.
type jsonReader struct {
	reader
	*jsontext.Decoder
	document []byte
	offset   int64
	line     int
}

func readJSON(document []byte) (node, error) {
	r := &jsonReader{Decoder: jsontext.NewDecoder(bytes.NewReader(document)), document: document, line: 1}
	n, err := r.value(0)
	if err == nil {
		if _, more := r.ReadToken(); !errors.Is(more, io.EOF) {
			err = &lineError{r.at(), "not valid JSON: something follows the document"}
		}
	}
	var syntactic *jsontext.SyntacticError
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return n, &lineError{r.lineOf(syntactic.ByteOffset), fmt.Sprintf("%.80q appears twice", syntactic.JSONPointer.LastToken())}
	case errors.As(err, &syntactic):
		return n, &lineError{r.lineOf(syntactic.ByteOffset), "not valid JSON: " + strings.TrimPrefix(syntactic.Err.Error(), "jsontext: ")}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return n, &lineError{r.lineOf(int64(len(document))), "not valid JSON: it ends too early"}
	}
	return n, err
}

// at is the line of the token that was read last.
func (r *jsonReader) at() int { return r.lineOf(r.InputOffset()) }

func (r *jsonReader) lineOf(offset int64) int {
	offset = min(max(offset, r.offset), int64(len(r.document)))
	r.line += bytes.Count(r.document[r.offset:offset], []byte{'\n'})
	r.offset = offset
	return r.line
}

var jsonKinds = map[jsontext.Kind]kind{
	'n': null, 't': boolean, 'f': boolean, '"': text, '0': number, '{': mapping, '[': list,
}

func (r *jsonReader) value(depth int) (node, error) {
	token, err := r.ReadToken()
	if err != nil {
		return node{}, err
	}
	n := node{kind: jsonKinds[token.Kind()], text: token.String(), line: r.at()}
	if err := r.count(depth); err != nil {
		return n, &lineError{n.line, err.Error()}
	}
	if n.kind != mapping && n.kind != list {
		return n, nil
	}
	n.text = ""
	for {
		switch next := r.PeekKind(); {
		case next == '}' || next == ']':
			_, err := r.ReadToken()
			return n, err
		case n.kind == mapping:
			name, err := r.ReadToken()
			if err != nil {
				return n, err
			}
			if err := r.add(&n, name.String(), r.at()); err != nil {
				return n, err
			}
		}
		part, err := r.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.parts = append(n.parts, part)
	}
}

// json writes a node of a policy as compact JSON, its names in their order.
func (n *node) json(to *bytes.Buffer) error {
	switch n.kind {
	case null:
		to.WriteString("null")
	case boolean:
		to.WriteString(strings.ToLower(n.text))
	case number:
		if !jsontext.Value(n.text).IsValid() {
			return &lineError{n.line, fmt.Sprintf("%.40s is not a number of JSON; quote it if it is text", n.text)}
		}
		to.WriteString(n.text)
	case text, instant:
		quoted, err := jsontext.AppendQuote(nil, n.text)
		if err != nil {
			return &lineError{n.line, "text that is not UTF-8"}
		}
		to.Write(quoted)
	case list, mapping:
		opening, closing := "[", "]"
		if n.kind == mapping {
			opening, closing = "{", "}"
		}
		to.WriteString(opening)
		for i := range n.parts {
			if i > 0 {
				to.WriteByte(',')
			}
			if n.kind == mapping {
				name := node{kind: text, text: n.names[i], line: n.line}
				if err := name.json(to); err != nil {
					return err
				}
				to.WriteByte(':')
			}
			if err := n.parts[i].json(to); err != nil {
				return err
			}
		}
		to.WriteString(closing)
	}
	return nil
}
