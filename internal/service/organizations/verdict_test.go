package organizations_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/test/require"
)

// TestTheVerdictOnAPolicyIsThatOfCreatePolicy: the same contents are taken, and the others are
// rejected for the same reason, whatever the settings are.
func TestTheVerdictOnAPolicyIsThatOfCreatePolicy(t *testing.T) {
	long := strings.Replace(allowAll, "{", "{"+strings.Repeat(" ", 20_000), 1)
	broken := []string{
		"", " ", "{}", "[]", "{", "null", `{"Statement":[]}`, `{"x":{}}`, long, strings.Repeat("[", 200),
		strings.Replace(allowAll, `"Allow"`, `"allow"`, 1), strings.Replace(allowAll, `"*"`, `"s3"`, 1),
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`,
		`{"tags":{"Cost":{"tag_key":"Cost"}}}`, `{"tags":{"Cost":{"tag_key":{"@@assign":"Other"}}}}`,
		`{"securityhub":{"Features":{"network_scanning":{"enable_in_regions":{"@@assign":["us-east-1"]}}}}}`,
		`{"securityhub":{"features":{"network_scanning":{}}}}`,
	}
	settingsOf := [][]string{nil, {"scp-language pre-2025"}, {"policy-content-checks lenient"}, {"policy-size-service-control 20"}, {"partition-features on"}}
	for _, settings := range settingsOf[:require.Amount(1, len(settingsOf), len(settingsOf))] {
		t.Run(strings.Join(settings, ","), func(t *testing.T) {
			w := newFixture(t, settings...)
			if slices.Contains(settings, "partition-features on") {
				w.partition = ident.AWSChina
			}
			a := w.as(alice)
			a.organization(all)
			taken, n := 0, 0
			for _, row := range policy.Types {
				kind := orgapi.PolicyType(row.Type)
				for _, content := range append(broken, smallest[kind], allowAll, rcpDeny) {
					n++
					if compareVerdict(t, w, a, kind, fmt.Sprintf("policy %d", n), content) {
						taken++
					}
				}
			}
			if taken < len(policy.Types) || taken > n/2 {
				t.Errorf("the control: %d of %d are taken", taken, n)
			}
		})
	}
}

// compareVerdict makes a policy that the verdict is about, and reports whether it is taken.
func compareVerdict(t *testing.T, w *fixture, a actor, kind orgapi.PolicyType, name, content string) bool {
	t.Helper()
	verdict, err := w.provider.CheckPolicy(context.Background(), ident.AccountID(a.id), org.PolicyType(kind), content)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.service.CreatePolicy(api.WithCaller(t.Context(), api.Caller{Account: a.id}), drafting(kind, name, content))
	if err == nil {
		if !verdict.Valid || len(verdict.Problems) > 0 {
			t.Errorf("%s takes %.200s, and the verdict is %+v", kind, content, verdict)
		}
		return true
	}
	refusal := exception(t, err, "")
	if verdict.Valid || len(verdict.Problems) == 0 {
		t.Errorf("%s rejects %.200s with %v, and the verdict is %+v", kind, content, refusal, verdict)
		return false
	}
	first := verdict.Problems[0]
	if first.Error != refusal.Type || first.Reason != refusal.Reason || !strings.Contains(refusal.Message, first.Message) {
		t.Errorf("%s rejects %.200s with %v, and the verdict is %+v", kind, content, refusal, first)
	}
	if first.Place != nil && !strings.Contains(refusal.Message, fmt.Sprintf("Line %d, column %d, %s:", first.Line, first.Column, first.Path)) {
		t.Errorf("%s rejects %.200s at another place than %+v: %s", kind, content, first.Place, refusal.Message)
	}
	return false
}
