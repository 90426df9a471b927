package inherit_test

import (
	"fmt"
	"strings"
	"testing"
)

// deep are the levels of an account five units down, with a backup policy on
// each and ten plans in all.
func deep() []testLevel {
	levels := make([]testLevel, 7)
	for i := range levels {
		shared := plan(`,"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"lifecycle":{"delete_after_days":{"@@assign":"120"}}`)
		own := strings.ReplaceAll(plan(""), "Ledger", fmt.Sprintf("Plan%d", i))
		levels[i] = at(shared, own)
	}
	return levels
}

func BenchmarkParseAndMerge(b *testing.B) {
	levels := deep()
	for b.Loop() {
		if !merge("BACKUP_POLICY", levels, anyTime).Valid() {
			b.Fatal("invalid")
		}
	}
}

func BenchmarkMerge(b *testing.B) {
	levels := parsed("BACKUP_POLICY", deep())
	for b.Loop() {
		if !schemaOf("BACKUP_POLICY").Merge(levels, anyTime).Valid() {
			b.Fatal("invalid")
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	content := plan(`,"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"lifecycle":{"delete_after_days":{"@@assign":"120"}}`)
	for b.Loop() {
		if diagnostic := check("BACKUP_POLICY", content, anyTime); diagnostic != nil {
			b.Fatal(diagnostic)
		}
	}
}

// BenchmarkCheckScheduleThatNeverRuns measures the longest search for a run.
func BenchmarkCheckScheduleThatNeverRuns(b *testing.B) {
	content := scheduled("cron(0 5 30 FEB ? *)", false)
	for b.Loop() {
		if check("BACKUP_POLICY", content, anyTime) == nil {
			b.Fatal("accepted")
		}
	}
}

// BenchmarkMergeLargeTagPolicies merges the greatest number of the largest
// policies that one account can have.
func BenchmarkMergeLargeTagPolicies(b *testing.B) {
	levels := make([]testLevel, 7)
	for i := range levels {
		for j := range 10 {
			content := `{"tags":{` + numbered(200, fmt.Sprintf(`"k%d-%%d":{"tag_value":{"@@append":["%d"]}}`, j, i)) + `}}`
			levels[i].Policies = append(levels[i].Policies, testPolicy{ID: fmt.Sprint(i, j), Content: content})
		}
	}
	attached := parsed("TAG_POLICY", levels)
	for b.Loop() {
		schemaOf("TAG_POLICY").Merge(attached, anyTime)
	}
}
