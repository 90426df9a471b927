package policies_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/console/policies"
	"accord/internal/org"
	"accord/internal/policy"
)

// TestEveryTypeBeginsWithADocumentThatItTakes. The control is that no other type takes it.
func TestEveryTypeBeginsWithADocumentThatItTakes(t *testing.T) {
	options := policy.Options{Now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Management: "111111111111"}
	for i := range policy.Types {
		d := &policy.Types[i]
		start := policies.Start(d.Type)
		if diagnostic := policy.Check(d.Type, start, options); diagnostic != nil {
			t.Errorf("%s: %v\n%s", d.Type, diagnostic, start)
		}
		if size := policy.Size(start); int64(size) > d.Quotas.Size.Default {
			t.Errorf("%s: %d characters", d.Type, size)
		}
		other := policy.Types[(i+1)%len(policy.Types)].Type
		if other != policy.SecurityHubCSPM && policy.Check(other, start, options) == nil {
			t.Errorf("%s takes the document of %s", other, d.Type)
		}
		if !strings.Contains(start, "\n  ") {
			t.Errorf("%s is not indented", d.Type)
		}
	}
	if policies.Start(org.PolicyType("NONE")) != "" {
		t.Error("there is a document of no type")
	}
}
