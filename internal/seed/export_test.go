package seed

import "testing"

// ValuesOf are texts that have a form.
func ValuesOf(name string) []string {
	f := forms[name]
	if f.pattern != nil {
		return []string{f.example}
	}
	return f.values
}

// WithoutChecks reads documents whose references name nothing.
func WithoutChecks(t *testing.T) {
	skipChecks = true
	t.Cleanup(func() { skipChecks = false })
}
