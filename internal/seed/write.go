package seed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"accord/internal/quota"
)

// YAML writes the document as a person would, in the order of its lists.
func (d *Document) YAML() ([]byte, error) {
	root, err := nodeOf(reflect.ValueOf(d).Elem(), "")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root.toYAML()); err != nil {
		return nil, fmt.Errorf("the document as YAML: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// JSON writes the document as JSON, in the order of its lists.
func (d *Document) JSON() ([]byte, error) {
	root, err := nodeOf(reflect.ValueOf(d).Elem(), "")
	if err != nil {
		return nil, err
	}
	var compact, out bytes.Buffer
	if err := root.json(&compact); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// MarshalJSON is JSON, for encoding/json.
func (d *Document) MarshalJSON() ([]byte, error) { return d.JSON() }

// UnmarshalJSON is Parse, for encoding/json.
func (d *Document) UnmarshalJSON(document []byte) error {
	f, err := Parse(document, Options{})
	if err == nil {
		*d = f.Document
	}
	return err
}

// nodeOf makes a node of a value of the document. What is empty is left out of structs.
func nodeOf(v reflect.Value, formName string) (node, error) {
	switch value := v.Interface().(type) {
	case Tags:
		n := node{kind: mapping}
		for _, tag := range value {
			n.names = append(n.names, tag.Key)
			n.parts = append(n.parts, node{kind: text, text: tag.Value})
		}
		return n, n.unique()
	case *When:
		return node{kind: text, text: value.String()}, nil
	case *time.Time:
		return node{kind: text, text: At(*value).String()}, nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		return nodeOf(v.Elem(), formName)
	case reflect.Struct:
		return structOf(v)
	case reflect.Slice:
		n := node{kind: list}
		for i := range v.Len() {
			part, err := nodeOf(v.Index(i), formName)
			if err != nil {
				return n, err
			}
			n.parts = append(n.parts, part)
		}
		return n, nil
	case reflect.Map:
		n := node{kind: mapping}
		numbers, _ := v.Interface().(map[string]int64)
		for _, name := range slices.Sorted(maps.Keys(numbers)) {
			n.names = append(n.names, name)
			n.parts = append(n.parts, quotaOf(numbers[name]))
		}
		return n, nil
	case reflect.Bool:
		return node{kind: boolean, text: strconv.FormatBool(v.Bool())}, nil
	case reflect.Int, reflect.Int64:
		return node{kind: number, text: strconv.FormatInt(v.Int(), 10)}, nil
	}
	if !utf8.ValidString(v.String()) {
		return node{}, fmt.Errorf("%.40q is not UTF-8", v.String())
	}
	if formName == "content" {
		return contentOf(v.String()), nil
	}
	return node{kind: text, text: v.String()}, nil
}

func quotaOf(value int64) node {
	if value == quota.Unlimited {
		return node{kind: text, text: "unlimited"}
	}
	return node{kind: number, text: strconv.FormatInt(value, 10)}
}

func structOf(v reflect.Value) (node, error) {
	n := node{kind: mapping}
	for _, f := range fieldsOf(v.Type()) {
		member := v.FieldByIndex(f.index)
		empty := member.IsZero() || member.Kind() == reflect.Slice && member.Len() == 0
		if empty && !f.required || f.name == "file" && v.FieldByName("Content").String() != "" {
			continue
		}
		part, err := nodeOf(member, f.form)
		if err != nil {
			return n, fmt.Errorf("%s: %w", f.name, err)
		}
		n.names = append(n.names, f.name)
		n.parts = append(n.parts, part)
	}
	return n, nil
}

// contentOf writes a policy as an object, if that gives the same bytes when it is read
// again, and as text if it does not.
func contentOf(content string) node {
	asText := node{kind: text, text: content}
	if !strings.HasPrefix(content, "{") {
		return asText
	}
	n, err := readJSON([]byte(content))
	if err != nil || !n.plain() {
		return asText
	}
	var again bytes.Buffer
	if err := n.json(&again); err != nil || again.String() != content {
		return asText
	}
	return n
}

// plainNumber is a number that YAML and JSON read alike.
var plainNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`)

// plain reports whether all numbers of a node are plain.
func (n *node) plain() bool {
	return (n.kind != number || plainNumber.MatchString(n.text)) && !slices.ContainsFunc(n.parts, func(part node) bool { return !part.plain() })
}

// toYAML makes a node of YAML of it.
func (n *node) toYAML() *yaml.Node {
	switch n.kind {
	case list:
		y := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range n.parts {
			y.Content = append(y.Content, n.parts[i].toYAML())
		}
		if len(n.parts) == 0 || !slices.ContainsFunc(n.parts, func(part node) bool { return part.kind != text || len(part.text) > 60 }) && len(n.parts) < 4 {
			y.Style = yaml.FlowStyle
		}
		return y
	case mapping:
		y := &yaml.Node{Kind: yaml.MappingNode}
		for i := range n.parts {
			y.Content = append(y.Content, textToYAML(n.names[i], false), n.parts[i].toYAML())
		}
		return y
	case text, instant:
		return textToYAML(n.text, true)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: n.text, Tag: map[kind]string{null: "!!null", boolean: "!!bool"}[n.kind]}
}

// textToYAML quotes a text if that is needed; one with several lines is written as such.
func textToYAML(s string, lines bool) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case lines && strings.Contains(s, "\n") && literal(s):
		y.Style = yaml.LiteralStyle
	case strings.ContainsFunc(s, func(r rune) bool {
		return r != ' ' && !unicode.IsGraphic(r) || unicode.IsSpace(r) && r != ' ' || r > 0xff
	}), s == "<<", s == "=", s == "":
		y.Style = yaml.DoubleQuotedStyle
	}
	return y
}

// literal reports whether the literal style of YAML keeps a text as it is.
func literal(s string) bool {
	if strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") || strings.HasSuffix(s, "\n\n") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') })
}
