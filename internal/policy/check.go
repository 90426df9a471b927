package policy

import (
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/org"
	"accord/internal/policy/document"
)

// Options choose how a document is checked. The zero value is the language of
// today, checked strictly.
type Options struct {
	// Lenient checks only that the document is JSON and has the top-level key
	// of its type, for users whose documents use something newer than what is
	// known here.
	Lenient bool
	// ServiceControlBefore2025 is the narrower language that service control
	// policies had until September 2025. [AWS: release notes, September 2025]
	ServiceControlBefore2025 bool
	// ResourceControlServices are the service prefixes, in lower case, that
	// actions of resource control policies may have; nil is the published
	// list.
	ResourceControlServices []string
	// Now is the time of the request. Schedules of backup policies are judged
	// by the runs that follow it.
	Now time.Time
}

// Check says what is wrong with a document of a type, or nil when the service
// would store it. The mistake is the first one in the document. Size is not
// looked at: too large is another error than malformed.
// [AWS: policy syntax pages of the user guide; recorded; assumed where these
// are silent]
func Check(t org.PolicyType, content string, options Options) *document.Diagnostic {
	definition := DefinitionOf(t)
	if definition == nil {
		return &document.Diagnostic{Line: 1, Column: 1, Path: "$", Message: document.Quote(string(t)) + " is no policy type"}
	}
	switch {
	case options.Lenient:
		return definition.checkLeniently(content)
	case definition.IsManagement():
		return definition.Schema.Check(content, options.Now)
	}
	return checkStatements(content, definition.grammar(options))
}

func (d *Definition) checkLeniently(content string) *document.Diagnostic {
	root, mistake := document.Parse(content)
	if mistake != nil {
		return mistake
	}
	if root.Kind != document.Object {
		return root.Diagnostic(nil, "a policy is one JSON object, not %v", root.Kind)
	}
	key := d.TopLevelKey()
	for _, m := range root.Members {
		// Management policies may write their keys in any case. [recorded]
		if m.Name == key || d.IsManagement() && strings.EqualFold(m.Name, key) {
			return nil
		}
	}
	return root.Diagnostic(nil, "the policy needs %s", key)
}

// Size counts a document as quotas do: in Unicode code points of the text as
// it was sent, white space included. [AWS: quotas; assumed: code points]
func Size(content string) int { return utf8.RuneCountInString(content) }

// Stored returns a document as the service keeps and returns it: byte for byte
// as sent, except that resource control policies are normalized. Content is
// expected to have passed Check; what is no JSON stays as it is. [recorded]
func Stored(t org.PolicyType, content string) string {
	if t != ResourceControl {
		return content
	}
	root, mistake := document.Parse(content)
	if mistake != nil || root.Kind != document.Object {
		return content
	}
	return normalized(root).Compact()
}

// impliedVersion is the language version of a document that names none.
const impliedVersion = "2008-10-17"

// normalized returns the document with a Version, as its first member when it
// had none, and with a list of statements. [recorded; assumed: the list in
// delegation policies]
func normalized(root *document.Node) *document.Node {
	out := &document.Node{Kind: document.Object}
	if root.Member("Version") == nil {
		version := &document.Node{Kind: document.String, Text: impliedVersion}
		out.Members = append(out.Members, document.Member{Name: "Version", Value: version})
	}
	for _, m := range root.Members {
		if m.Name == statementKey && m.Value.Kind == document.Object {
			m.Value = &document.Node{Kind: document.Array, Items: []*document.Node{m.Value}}
		}
		out.Members = append(out.Members, m)
	}
	return out
}
