package policy

import (
	"strings"

	"accord/internal/org"
	"accord/internal/policy/document"
	"accord/internal/policy/inherit"
)

// Check returns the first diagnostic in a document of a type, or nil if the
// service would store the document. It does not check the size, which has an
// error of its own. [AWS: policy syntax pages of the user guide; recorded;
// assumed where these are silent]
func Check(t org.PolicyType, content string, options Options) *document.Diagnostic {
	definition := DefinitionOf(t)
	if definition == nil {
		return &document.Diagnostic{Line: 1, Column: 1, Path: "$", Message: document.Quote(string(t)) + " is not a policy type"}
	}
	switch {
	case options.Lenient:
		return definition.checkLeniently(content)
	case definition.IsManagement():
		return definition.Schema.Check(content, inherit.Facts{Now: options.Now, Management: options.Management})
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
		if m.Name == key || d.IsManagement() && (key == "" || strings.EqualFold(m.Name, key)) {
			return nil
		}
	}
	if key == "" {
		key = "a member"
	}
	return root.Diagnostic(nil, "the policy needs %s", key)
}
