package policy

import (
	"unicode/utf8"

	"accord/internal/org"
	"accord/internal/policy/document"
)

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
