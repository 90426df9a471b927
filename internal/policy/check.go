package policy

import (
	"strings"
	"unicode/utf8"

	"accord/internal/org"
	"accord/internal/policy/document"
)

// Check returns the first diagnostic in a document of a type, or nil if the
// service would store the document. It does not check the size, which has an
// error of its own. [AWS: policy syntax pages of the user guide; recorded;
// assumed where these are silent]
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
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return diagnostic
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

// Stored returns a document as the service stores and returns it: byte for byte
// as sent, except that resource control policies are normalized. Content should
// have passed Check; if it is not valid JSON, it is returned unchanged.
// [recorded]
func Stored(t org.PolicyType, content string) string {
	if t != ResourceControl {
		return content
	}
	root, diagnostic := document.Parse(content)
	if diagnostic != nil || root.Kind != document.Object {
		return content
	}
	return normalized(root).Compact()
}

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
