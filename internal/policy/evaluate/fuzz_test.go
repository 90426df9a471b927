package evaluate_test

import (
	"testing"

	"accord/internal/policy/condition"
	"accord/internal/policy/document"
	"accord/internal/policy/evaluate"
)

// counting is a Context that counts how often it is asked.
type counting struct {
	value condition.Values
	asked int
}

func (c *counting) Value(string) (condition.Values, bool) {
	c.asked++
	return c.value, true
}

// FuzzDecide: whatever a document holds, it is decided with work that its length
// bounds, and its compact form decides alike.
func FuzzDecide(f *testing.F) {
	f.Add(policyOf(allowAll), "s3:GetObject", "arn:aws:s3:::b", "eva")
	f.Add(policyOf(denyS3+`,'Condition':{'ArnLike':{'aws:x':['arn:aws:iam::${aws:y}:*','${aws:y}']},'NumericLessThan':{'aws:x':1e9}}`), "s3:GetObject", "*", "1e5")
	f.Add(policyOf(allowS3+`,'NotPrincipal':{'AWS':['*']},'Condition':{'ForAllValues:StringNotLikeIfExists':{'aws:TagKeys':['${*}*?']}}`), "s3:a", "arn:aws:s3:::😀", "😀")
	f.Fuzz(func(t *testing.T, content, action, resource, value string) {
		root, diagnostic := document.Parse(content)
		if diagnostic != nil {
			return
		}
		for kind := evaluate.Identity; kind <= evaluate.Trust; kind++ {
			var first evaluate.Decision
			for i, text := range []string{content, root.Compact()} {
				c := &counting{value: condition.One(value)}
				p := named(t, "p", kind, text)
				list := []*evaluate.Named{p}
				in := evaluate.Input{
					Identity: list, Boundary: evaluate.Limit{Applies: true, Policies: list}, Session: evaluate.Limit{Applies: true, Policies: list},
					SCP: []evaluate.Level{{Policies: list}}, RCP: []evaluate.Level{{Policies: list}}, Resource: p, Management: management,
				}
				r := request(role, action, resource)
				r.Context = c
				d := evaluate.Decide(&in, r)
				if most := len(content) * 6; c.asked > most {
					t.Fatalf("%d values asked for, at most %d are allowed", c.asked, most)
				}
				if cause, denied := d.Cause(); denied == d.Allowed || denied && cause.Text(r.Action) == "" {
					t.Fatalf("allowed %v, denied %v by %+v", d.Allowed, denied, cause)
				}
				if i == 0 {
					first = d
				} else if !same(first, d) {
					t.Fatalf("%s decides differently from its compact form", content)
				}
			}
		}
	})
}
