package inherit_test

import (
	"fmt"
	"strings"
	"testing"

	"accord/internal/policy/inherit"
)

// deep are the levels of an account five units down, with a backup policy on
// each and ten plans in all.
func deep() []inherit.Level {
	levels := make([]inherit.Level, 7)
	for i := range levels {
		shared := plan(`,"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"lifecycle":{"delete_after_days":{"@@assign":"120"}}`)
		own := strings.ReplaceAll(plan(""), "Ledger", fmt.Sprintf("Plan%d", i))
		levels[i] = at(shared, own)
	}
	return levels
}

func BenchmarkEffective(b *testing.B) {
	levels := deep()
	for b.Loop() {
		if !inherit.Effective("BACKUP_POLICY", levels, anyTime).Valid() {
			b.Fatal("invalid")
		}
	}
}

func BenchmarkMerge(b *testing.B) {
	levels := parsed("BACKUP_POLICY", deep())
	for b.Loop() {
		if !inherit.Merge("BACKUP_POLICY", levels, anyTime).Valid() {
			b.Fatal("invalid")
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	content := plan(`,"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"lifecycle":{"delete_after_days":{"@@assign":"120"}}`)
	for b.Loop() {
		if mistake := inherit.Check("BACKUP_POLICY", content, anyTime); mistake != nil {
			b.Fatal(mistake)
		}
	}
}

// BenchmarkCheckScheduleThatNeverRuns is the longest search for a run.
func BenchmarkCheckScheduleThatNeverRuns(b *testing.B) {
	content := scheduled("cron(0 5 30 FEB ? *)", false)
	for b.Loop() {
		if inherit.Check("BACKUP_POLICY", content, anyTime) == nil {
			b.Fatal("accepted")
		}
	}
}

// BenchmarkMergeLargeTagPolicies merges the greatest number of the largest
// policies that one account can have.
func BenchmarkMergeLargeTagPolicies(b *testing.B) {
	levels := make([]inherit.Level, 7)
	for i := range levels {
		for j := range 10 {
			content := `{"tags":{` + numbered(200, fmt.Sprintf(`"k%d-%%d":{"tag_value":{"@@append":["%d"]}}`, j, i)) + `}}`
			levels[i].Policies = append(levels[i].Policies, inherit.Policy{ID: fmt.Sprint(i, j), Content: content})
		}
	}
	attached := parsed("TAG_POLICY", levels)
	for b.Loop() {
		inherit.Merge("TAG_POLICY", attached, anyTime)
	}
}
