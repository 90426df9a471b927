package api

import (
	"regexp"
	"sync"
)

// Expression is a regular expression that is compiled when it is used first: a server at its
// start needs none of them.
type Expression struct{ compiled func() *regexp.Regexp }

// NewExpression returns an Expression of a text in the syntax of package regexp. Its first
// use panics if the text is not valid.
func NewExpression(text string) Expression {
	return Expression{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// MatchString reports whether the text contains a match.
func (e Expression) MatchString(text string) bool { return e.compiled().MatchString(text) }

// ReplaceAllString replaces all matches, as regexp.Regexp does.
func (e Expression) ReplaceAllString(text, replacement string) string {
	return e.compiled().ReplaceAllString(text, replacement)
}
