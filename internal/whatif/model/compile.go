package model

import (
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/policy/evaluate"
)

// Source says where a compiled policy is from.
type Source struct {
	// Policy is the ID of a policy of the organization, with its type; empty for one of IAM.
	Policy ident.PolicyID
	Type   org.PolicyType
	Name   string
	// File is the file of a policy that is not attached yet.
	File string
	// Content is the document, as positions in it count.
	Content string
	lines   []int
}

// Line is the line on which a statement begins, from 1; 0 if there is none.
func (s *Source) Line(statement int) int {
	if s.lines == nil {
		s.lines = linesOf(s.Content)
	}
	if statement < 0 || statement >= len(s.lines) {
		return 0
	}
	return s.lines[statement]
}

// linesOf are the lines on which the statements of a policy begin.
func linesOf(content string) []int {
	lines := []int{}
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return lines
	}
	statements := root.Member("Statement")
	switch {
	case statements == nil:
	case statements.Kind == document.Object:
		lines = append(lines, statements.Line)
	default:
		for _, s := range statements.Items {
			if s.Kind == document.Object {
				lines = append(lines, s.Line)
			}
		}
	}
	return lines
}

// compiler keeps compiled policies: equal texts are compiled once.
type compiler struct {
	texts   map[textKey]*evaluate.Policy
	named   map[namedKey]*evaluate.Named
	sources map[*evaluate.Named]*Source
}

type textKey struct {
	kind    evaluate.Kind
	content string
}

// namedKey tells policies apart that have the same text.
type namedKey struct {
	of   string
	text textKey
	file string
}

func newCompiler() *compiler {
	return &compiler{map[textKey]*evaluate.Policy{}, map[namedKey]*evaluate.Named{}, map[*evaluate.Named]*Source{}}
}

// policy compiles a policy under the ARN or the name that tells it from others.
func (c *compiler) policy(kind evaluate.Kind, of, arn string, source Source) (*evaluate.Named, error) {
	text := textKey{kind, source.Content}
	key := namedKey{of, text, source.File}
	if known := c.named[key]; known != nil {
		return known, nil
	}
	compiled := c.texts[text]
	if compiled == nil {
		var diagnostic *document.Diagnostic
		if compiled, diagnostic = evaluate.Compile(source.Content, kind); diagnostic != nil {
			return nil, fmt.Errorf("the policy %s: %w", of, diagnostic)
		}
		c.texts[text] = compiled
	}
	named := &evaluate.Named{Name: source.Name, ARN: arn, Policy: compiled}
	c.named[key], c.sources[named] = named, &source
	return named, nil
}

// kindOf are the kinds of the policy types that are evaluated.
var kindOf = map[org.PolicyType]evaluate.Kind{
	policy.ServiceControl: evaluate.ServiceControl, policy.ResourceControl: evaluate.ResourceControl,
}
