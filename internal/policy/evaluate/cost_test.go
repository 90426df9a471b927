package evaluate_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// usual is a role session with one identity-based policy below SCPs on five levels, with
// so many statements each.
func usual(t testing.TB, statements int) (*evaluate.Input, *evaluate.Request) {
	list := []string{allowAll}
	for i := range statements - 1 {
		list = append(list, fmt.Sprintf(`'Sid':'Guard%d','Effect':'Deny','Action':['organizations:Leave*','iam:Create%d','s3:Delete*'],'Resource':['arn:aws:s3:::audit-%d/*','arn:aws:iam::*:role/guard-?%d'],'Condition':{'ArnNotLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/admin-%d'},'StringNotEquals':{'aws:RequestedRegion':['eu-north-1','eu-west-%d']}}`, i, i, i, i, i, i))
	}
	level := []*evaluate.Named{named(t, "scp", evaluate.ServiceControl, policyOf(list...))}
	in := &evaluate.Input{
		Identity:   []*evaluate.Named{compiled(t, evaluate.Identity, `'Effect':'Allow','Action':['organizations:Describe*','organizations:List*'],'Resource':'arn:aws:organizations::*:*'`)},
		Management: management, ResourceAccount: management, CrossAccount: true, Standing: true,
	}
	for range 5 {
		in.SCP = append(in.SCP, evaluate.Level{Policies: level})
	}
	r := request(role, "organizations:DescribeHandshake", "arn:aws:organizations::111111111111:handshake/o-exampleorgid/invite/h-12345678")
	r.Context = keys{"aws:principalarn": condition.One(role.Issuer), "aws:requestedregion": condition.One("us-east-1")}
	return in, r
}

func TestTheUsualDecisionDoesNotAllocate(t *testing.T) {
	in, r := usual(t, 10)
	if d := evaluate.Decide(in, r); !d.Allowed {
		t.Fatalf("%+v", d)
	}
	if n := testing.AllocsPerRun(10, func() { evaluate.Decide(in, r) }); n != 0 {
		t.Errorf("a decision allocates %.0f times", n)
	}
}

// Policies are immutable: the race detector sees the rest.
func TestAPolicyIsUsedByManyAtOnce(t *testing.T) {
	in, r := usual(t, 3)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if d := evaluate.Decide(in, r); !d.Allowed {
					t.Error("denied")
				}
			}
		})
	}
	group.Wait()
}

// TestLongPatternsAndValuesAreEvaluated uses the largest documents that can be attached,
// and long values of a request. What their work is bounded by is in TestTheWorkIsBounded
// of package wildcard.
func TestLongPatternsAndValuesAreEvaluated(t *testing.T) {
	const size = 10_000
	value := strings.Repeat("a", 8000)
	stars := `"*` + strings.Repeat("a?", size/2-100) + `b"`
	many := strings.TrimSuffix(strings.Repeat(`"*a*a*a?b",`, size/11), ",")
	for name, s := range map[string]string{
		"one pattern":      allowAll + `,'Condition':{'StringLike':{'aws:UserAgent':` + stars + `}}`,
		"many patterns":    allowAll + `,'Condition':{'ForAnyValue:StringLike':{'aws:UserAgent':[` + many + `]}}`,
		"patterns of ARNs": `'Effect':'Allow','Action':'*','Resource':["arn:aws:s3:::` + stars[1:] + `]`,
		"many actions":     `'Effect':'Allow','Action':[` + strings.ReplaceAll(many, `"*a`, `"s3:*a`) + `],'Resource':'*'`,
		"a large exponent": allowAll + `,'Condition':{'NumericEquals':{'aws:UserAgent':'1e2147483647'}}`,
		"many variables":   `'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::` + strings.Repeat("${aws:UserAgent}*", 100) + `'`,
		"a long date":      allowAll + `,'Condition':{'DateEquals':{'aws:UserAgent':'2026-01-01T00:00:00.` + strings.Repeat("1", size) + `Z'}}`,
		"capital sigmas":   allowAll + `,'Condition':{'StringEqualsIgnoreCase':{'aws:UserAgent':'` + strings.Repeat("Σ·", size/4) + `'}}`,
	} {
		r := request(user, "s3:GetObject", "arn:aws:s3:::"+value[:2000])
		r.Context = keys{"aws:useragent": condition.One(value)}
		if allows(t, s, r) {
			t.Errorf("%s allows", name)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, statements := range []int{1, 10} {
		in, r := usual(b, statements)
		b.Run(fmt.Sprintf("statements=%d", statements), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := evaluate.Decide(in, r); !d.Allowed {
					b.Fatal("denied")
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	content := policyOf(allowAll, denyS3, denyEC2)
	b.ReportAllocs()
	for b.Loop() {
		if _, diagnostic := evaluate.Compile(content, evaluate.ServiceControl); diagnostic != nil {
			b.Fatal(diagnostic)
		}
	}
}
