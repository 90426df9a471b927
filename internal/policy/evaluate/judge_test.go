package evaluate_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/policy/condition"
	"accord/internal/policy/document"
	"accord/internal/policy/evaluate"
)

// valuesOf are the values that the keys of scenarios can have; absent is one of them.
var valuesOf = map[string][]condition.Values{
	"aws:username":            {condition.One("eva"), condition.One("bob"), condition.One("")},
	"aws:principaltag/team":   {condition.One("eva"), condition.One("key"), condition.One("*")},
	"aws:tagkeys":             {condition.List("a"), condition.List("a", "c"), condition.List()},
	"aws:multifactorauthage":  {condition.One("300"), condition.One("299.5"), condition.One("x")},
	"aws:securetransport":     {condition.One("true"), condition.One("FALSE")},
	"aws:key/not/in/policies": {condition.One("a")},
}

// TestAVerdictHoldsForAllValues: with keys whose values are not known, a verdict is the
// decision with each of their values and without the key, or it depends on a key, which it
// names.
func TestAVerdictHoldsForAllValues(t *testing.T) {
	met := map[evaluate.Verdict]int{}
	confirmed := 0
	judged := func(rt *rapid.T) {
		s := drawScenario(rt)
		in, r := s.input(t)
		known := r.Context.(keys)
		partly := maps.Clone(known)
		hidden := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(valuesOf))), 1, 3, rapid.ID).Draw(rt, "hidden")
		for _, key := range hidden {
			partly[key] = condition.Unknown()
		}
		r.Context = partial(partly)
		j := evaluate.Judge(in, r)
		met[j.Verdict]++
		results := map[bool]bool{}
		for _, values := range valuations(hidden) {
			full := maps.Clone(known)
			for i, key := range hidden {
				if delete(full, key); values[i] != nil {
					full[key] = *values[i]
				}
			}
			r.Context = full
			d := evaluate.Decide(in, r)
			results[d.Allowed] = true
			if j.Verdict != evaluate.Depends && d.Allowed != (j.Verdict == evaluate.Allowed) {
				rt.Fatalf("verdict %v, but allowed %v with %v\n%s", j.Verdict, d.Allowed, full, dump(s))
			}
		}
		if len(results) == 2 {
			confirmed++
		}
		if (j.Verdict == evaluate.Depends) != (len(j.Keys) > 0) {
			rt.Fatalf("verdict %v depends on %q\n%s", j.Verdict, j.Keys, dump(s))
		}
		for _, key := range j.Keys {
			if !slices.Contains(hidden, strings.ToLower(key)) {
				rt.Fatalf("depends on %s, which is known\n%s", key, dump(s))
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		for range 100 {
			judged(rt)
		}
	})
	if met[evaluate.Allowed] == 0 || met[evaluate.Denied] == 0 || confirmed*2 < met[evaluate.Depends] || confirmed == 0 {
		t.Errorf("verdicts %v, %d of them hang on what the values are", met, confirmed)
	}
}

// partial is a Context in which keys can be Unknown.
type partial keys

func (p partial) Value(key string) (condition.Values, bool) {
	v, ok := p[key]
	return v, ok && !v.IsUnknown()
}

// valuations are all combinations of values of some keys; nil is an absent key.
func valuations(of []string) (all [][]*condition.Values) {
	if len(of) == 0 {
		return [][]*condition.Values{nil}
	}
	first := []*condition.Values{nil}
	for _, v := range valuesOf[of[0]] {
		first = append(first, &v)
	}
	for _, rest := range valuations(of[1:]) {
		for _, v := range first {
			all = append(all, append([]*condition.Values{v}, rest...))
		}
	}
	return all
}

// TestAnExplanationIsThatOfTheDecision: where all is known, a judgment and an explanation
// are the decision, whose statements are among those that match.
func TestAnExplanationIsThatOfTheDecision(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt)
		in, r := s.input(t)
		d, e := evaluate.Decide(in, r), evaluate.Explain(in, r)
		if e.Least != d || e.Most != d || (e.Verdict == evaluate.Allowed) != d.Allowed || e.Verdict == evaluate.Depends {
			rt.Fatalf("explained as %v: %+v, decided: %+v", e.Verdict, e.Least, d)
		}
		denied := false
		for _, l := range e.Layers {
			denied = denied || l.Verdict == evaluate.Denied
			decided := d.Layers[l.Source]
			if l.Index != decided.Level || decided.Statement == nil {
				continue
			}
			if !slices.ContainsFunc(l.Matches, func(m evaluate.Match) bool {
				return m.Policy == decided.Policy && m.Statement == decided.Statement && len(m.Hangs) == 0
			}) {
				rt.Fatalf("the statement that decided in layer %d does not match: %+v", l.Source, l.Matches)
			}
		}
		needsGrant := d.Layers[evaluate.ResourceBased].Needed && !d.Layers[evaluate.ResourceBased].Applies
		if denied == d.Allowed && !needsGrant {
			rt.Fatalf("allowed %v, some layer denies: %v\n%s", d.Allowed, denied, dump(s))
		}
	})
}

func TestAnExplanationNamesLevelStatementAndKeys(t *testing.T) {
	in := &evaluate.Input{
		Identity: []*evaluate.Named{named(t, "admin", evaluate.Identity, policyOf(allowAll))},
		SCP: []evaluate.Level{
			{Target: "r-1", Policies: []*evaluate.Named{named(t, "full", evaluate.ServiceControl, policyOf(allowAll))}},
			{Target: "ou-1", Policies: []*evaluate.Named{named(t, "full", evaluate.ServiceControl, policyOf(allowAll)), named(t, "guard", evaluate.ServiceControl,
				"{\"Statement\": [\n {\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"},\n"+
					" {\"Sid\":\"B\",\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":\"eu-west-1\"},\"Null\":{\"aws:Absent\":\"true\"}}}]}")}},
		},
	}
	r := request(user, "s3:GetObject", bucket)
	r.Context = partial{"aws:requestedregion": condition.Unknown()}
	e := evaluate.Explain(in, r)
	if e.Verdict != evaluate.Depends || !slices.Equal(e.Keys, []string{"aws:RequestedRegion"}) || !slices.Equal(e.Missing, []string{"aws:RequestedRegion", "aws:Absent"}) {
		t.Errorf("verdict %v, keys %q, missing %q", e.Verdict, e.Keys, e.Missing)
	}
	if len(e.Layers) != 3 {
		t.Fatalf("%d layers: %+v", len(e.Layers), e.Layers)
	}
	unit := e.Layers[1]
	if unit.Target != "ou-1" || unit.Source != evaluate.SCP || !unit.Needed || unit.Verdict != evaluate.Depends || unit.Least != evaluate.ExplicitDeny || unit.Most != evaluate.Allow || len(unit.Matches) != 2 {
		t.Fatalf("level %+v", unit)
	}
	m := unit.Matches[1]
	if m.Policy.Name != "guard" || m.Statement.Sid != "B" || m.Statement.Index != 1 || !m.Statement.IsDeny() || !slices.Equal(m.Hangs, []string{"aws:RequestedRegion"}) {
		t.Errorf("match %+v of %+v", m, m.Statement)
	}
	if start, end := m.Statement.Start, m.Statement.End; start != (document.Position{Line: 2, Column: 61}) || end.Line != 3 {
		t.Errorf("from %v to %v", start, end)
	}
}

// TestOneOperandMayDecide: an operand or a pattern whose variable is not known leaves what
// others decide.
func TestOneOperandMayDecide(t *testing.T) {
	for _, c := range []struct {
		statement string
		want      evaluate.Verdict
	}{
		{`'Effect':'Allow','Action':'*','Resource':['arn:aws:s3:::b/${aws:username}','arn:aws:s3:::b/key']`, evaluate.Allowed},
		{`'Effect':'Allow','Action':'*','Resource':['arn:aws:s3:::b/${aws:username}','arn:aws:s3:::c']`, evaluate.Depends},
		{`'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::c/${aws:username}'`, evaluate.Denied},
		{`'Effect':'Allow','Action':'*','NotResource':'arn:aws:s3:::b/${aws:username}'`, evaluate.Depends},
		{`'Effect':'Allow','Action':'*','NotResource':['arn:aws:s3:::b/${aws:username}','arn:aws:s3:::b/*']`, evaluate.Denied},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:PrincipalTag/team':['${aws:username}','a']}}`, evaluate.Allowed},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:PrincipalTag/team':['${aws:username, \u0027b\u0027}']}}`, evaluate.Depends},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringNotEquals':{'aws:PrincipalTag/team':['${aws:username}','a']}}`, evaluate.Denied},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringNotEquals':{'aws:PrincipalTag/team':['${aws:username}','b']}}`, evaluate.Depends},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEqualsIfExists':{'aws:username':'a'}}`, evaluate.Depends},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:username':'a'},'Bool':{'aws:Absent':'true'}}`, evaluate.Denied},
		{`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Null':{'aws:username':'true'}}`, evaluate.Depends},
		{`'Effect':'Allow','Action':'s3:Put*','Resource':'*','Condition':{'Null':{'aws:username':'true'}}`, evaluate.Denied},
	} {
		r := request(user, "s3:GetObject", bucket)
		r.Context = partial{"aws:username": condition.Unknown(), "aws:principaltag/team": condition.One("a")}
		if j := evaluate.Judge(&evaluate.Input{Identity: []*evaluate.Named{compiled(t, evaluate.Identity, c.statement)}}, r); j.Verdict != c.want {
			t.Errorf("%s: %v, want %v", c.statement, j.Verdict, c.want)
		}
	}
}

// TestAnUnknownResourceDecidesNothing: where the resource is not known, only patterns for
// all resources decide; other patterns, and their complements, make the verdict depend on it.
func TestAnUnknownResourceDecidesNothing(t *testing.T) {
	deny := `'Effect':'Deny','Action':'s3:*',`
	for _, c := range []struct {
		deny string
		want evaluate.Verdict
		keys []string
	}{
		{`'Resource':'*'`, evaluate.Denied, nil},
		{`'NotResource':'*'`, evaluate.Allowed, nil},
		{`'Resource':['arn:aws:s3:::audit','*']`, evaluate.Denied, nil},
		{`'Resource':'arn:aws:s3:::audit'`, evaluate.Depends, []string{evaluate.UnknownResource}},
		{`'NotResource':'arn:aws:s3:::audit'`, evaluate.Depends, []string{evaluate.UnknownResource}},
		{`'Resource':'arn:aws:s3:::audit','Condition':{'Bool':{'aws:SecureTransport':'false'}}`, evaluate.Depends, []string{evaluate.UnknownResource, "aws:SecureTransport"}},
		{`'Resource':'arn:aws:s3:::audit','Condition':{'StringEquals':{'aws:username':'x'}}`, evaluate.Allowed, nil},
	} {
		in := evaluate.Input{SCP: path(t, evaluate.ServiceControl, []string{allowAll, deny + c.deny})}
		r := request(root, "s3:GetObject", "")
		r.AnyResource = true
		r.Context = partial{"aws:securetransport": condition.Unknown(), "aws:username": condition.One("eva")}
		j := evaluate.Judge(&in, r)
		if j.Verdict != c.want || !slices.Equal(j.Keys, c.keys) {
			t.Errorf("%s: %v by %q, want %v by %q", c.deny, j.Verdict, j.Keys, c.want, c.keys)
		}
		if trace := evaluate.Explain(&in, r); trace.Verdict != c.want {
			t.Errorf("%s: explained as %v", c.deny, trace.Verdict)
		}
	}
}
