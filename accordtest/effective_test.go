package accordtest_test

import (
	"maps"
	"testing"

	"accord/test/require"
)

var tags = control{
	policyType: "TAG_POLICY", calls: func(*scenario) []call { return nil },
	documents: []string{
		`{"tags":{"team":{"tag_key":{"@@assign":"Team"},"tag_value":{"@@assign":["a","b"]}}}}`,
		`{"tags":{"team":{"tag_value":{"@@append":["c"]}}}}`,
		`{"tags":{"team":{"tag_value":{"@@remove":["a"]}},"cost":{"tag_key":{"@@assign":"Cost"}}}}`,
		`{"tags":{"cost":{"tag_key":{"@@assign":"COST","@@operators_allowed_for_child_policies":["@@none"]}}}}`,
		`{"tags":{"cost":{"tag_key":{"@@assign":"cost"},"enforced_for":{"@@assign":["ec2:instance"]}}}}`,
	},
}

// TestEffectivePoliciesAgreeWithTheChange: what a what-if says of effective policies is what
// accounts have once the change is made.
func TestEffectivePoliciesAgreeWithTheChange(t *testing.T) {
	generator := drawTrials(tags)
	changed := 0
	for seed := range require.Amount(2, 8, 200) {
		drawn := generator.Example(seed)
		s := newScenario(t, tags, drawn.documents)
		now := s.effective()
		for n, step := range drawn.steps {
			change, make := s.change(step, drawn.documents)
			if make == nil {
				continue
			}
			want := maps.Clone(now)
			for _, e := range s.whatIf(change).Effective {
				for _, account := range e.Accounts {
					if e.Before != now[string(account)] {
						t.Errorf("seed %d, step %d: %s has %s, and the report says %s", seed, n, account, now[string(account)], e.Before)
					}
					want[string(account)] = e.After
					changed++
				}
			}
			make()
			if now = s.effective(); !maps.Equal(now, want) {
				t.Errorf("seed %d, step %d, %+v: %v\nwant %v", seed, n, change, now, want)
			}
		}
	}
	if changed == 0 {
		t.Error("no effective policy has changed")
	}
}

// effective are the effective policies of the accounts; empty where there is none.
func (s *scenario) effective() map[string]string {
	found := map[string]string{}
	for _, account := range []string{alice, s.account} {
		var out struct {
			EffectivePolicy struct{ PolicyContent string }
		}
		_ = s.management.Try("DescribeEffectivePolicy", map[string]any{"PolicyType": s.policyType, "TargetId": account}, &out)
		found[account] = out.EffectivePolicy.PolicyContent
	}
	return found
}
