package policy

import (
	"accord/internal/policy/document"
	"accord/internal/policy/inherit"
)

// checkManagement returns the check of a management policy type, whose
// language is that of package inherit.
func checkManagement(t Type) func(string, Options) *document.Diagnostic {
	return func(content string, options Options) *document.Diagnostic {
		return inherit.Check(string(t), content, options.Now)
	}
}
