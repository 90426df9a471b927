package condition

import (
	"strings"

	"accord/internal/policy/wildcard"
)

// Template is a text of a policy with variables, such as home/${aws:username}/*.
type Template struct {
	// start is the text before the first variable, or all of it.
	start     wildcard.Pattern
	variables []variable
}

// variable is one variable, and the text after it.
type variable struct {
	name        string // as it is written
	key         string // in lower case
	fallback    string // the default
	hasFallback bool
	after       wildcard.Pattern
}

// Syntax says what is special in a template.
type Syntax struct {
	// Variables are replaced: the document has the version 2012-10-17. In an earlier
	// one, ${…} is text. [AWS: policy variables]
	Variables bool
	Wildcards bool // * and ? match other characters
}

// ParseTemplate reads a template. ${*}, ${?} and ${$} are the characters themselves,
// and ${key, 'text'} has a default. [AWS: policy variables; assumed: a ${ without its
// brace is text]
func (s Syntax) ParseTemplate(text string) Template {
	var t Template
	var pieces []wildcard.Pattern
	// flush ends the text before a variable, or at the end.
	flush := func() {
		joined := wildcard.Join(pieces...)
		if n := len(t.variables); n > 0 {
			t.variables[n-1].after = joined
		} else {
			t.start = joined
		}
		pieces = nil
	}
	for {
		before, inside, rest, found := s.next(text)
		pieces = append(pieces, s.piece(before))
		if !found {
			flush()
			return t
		}
		if text = rest; inside == "*" || inside == "?" || inside == "$" {
			pieces = append(pieces, wildcard.Literal(inside))
			continue
		}
		flush()
		t.variables = append(t.variables, parseVariable(inside))
	}
}

// next cuts a text at its first variable.
func (s Syntax) next(text string) (before, inside, after string, found bool) {
	if !s.Variables {
		return text, "", "", false
	}
	before, rest, opened := strings.Cut(text, "${")
	inside, after, closed := strings.Cut(rest, "}")
	if !opened || !closed {
		return text, "", "", false
	}
	return before, inside, after, true
}

func (s Syntax) piece(text string) wildcard.Pattern {
	if s.Wildcards {
		return wildcard.Part(text)
	}
	return wildcard.Literal(text)
}

func parseVariable(inside string) variable {
	key, fallback, found := strings.Cut(inside, ",")
	fallback = strings.TrimSpace(fallback)
	var v variable
	v.name, v.key = spellings(strings.TrimSpace(key))
	if found && len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\'' {
		v.fallback, v.hasFallback = strings.Clone(fallback[1:len(fallback)-1]), true
	}
	return v
}

// Expand replaces the variables by the values of a request, in which no character is
// a wildcard. It reports false if one has no value: the template then matches
// nothing. A multivalued key has no value that a variable can take, not even the
// default. [AWS: policy variables; recorded; published by users: values are literal]
//
// Values of more than so many bytes together match nothing either, so that a text full
// of variables does not grow into many times the request.
func (t Template) Expand(c Context, most int) (wildcard.Pattern, bool) {
	return t.expand(c, most, func(variable) (wildcard.Pattern, bool) { return "", false })
}

// Widest is Expand with patterns that match everything for the variables whose values are
// not known.
func (t Template) Widest(c Context, most int) (wildcard.Pattern, bool) {
	return t.expand(c, most, func(v variable) (wildcard.Pattern, bool) {
		values, _ := c.Value(v.key)
		return wildcard.All, values.unknown
	})
}

func (t Template) expand(c Context, most int, without func(variable) (wildcard.Pattern, bool)) (wildcard.Pattern, bool) {
	if len(t.variables) == 0 {
		return t.start, true
	}
	pieces := []wildcard.Pattern{t.start}
	for _, v := range t.variables {
		text, ok := v.value(c)
		piece := wildcard.Literal(text)
		if most -= len(text); !ok {
			piece, ok = without(v)
		}
		if !ok || most < 0 {
			return "", false
		}
		pieces = append(pieces, piece, v.after)
	}
	return wildcard.Join(pieces...), true
}

func (v variable) value(c Context) (string, bool) {
	if multivalued[v.key] {
		return "", false
	}
	values, present := c.Value(v.key)
	switch {
	case values.multivalued, values.unknown:
		return "", false
	case present:
		return values.single, true
	}
	return v.fallback, v.hasFallback
}

// spellings are a key as it is written and in lower case, without the text that it is a
// part of.
func spellings(key string) (name, lower string) {
	name = strings.Clone(key)
	return name, strings.ToLower(name)
}
