package evaluate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/policy/evaluate"
)

// TestDecisionsAgreeWithTheReference: the package and a slow evaluator that was written
// from the documentation decide alike.
func TestDecisionsAgreeWithTheReference(t *testing.T) {
	outcomes := map[bool]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt)
		d := s.decide(t)
		allowed, explicit := refDecide(s)
		cause, denied := d.Cause()
		if d.Allowed != allowed || denied == allowed || explicit != (denied && cause.Outcome == evaluate.ExplicitDeny) {
			rt.Fatalf("allowed %v by %+v, the reference says %v, explicit %v, for\n%s", d.Allowed, cause, allowed, explicit, dump(s))
		}
		outcomes[allowed]++
	})
	if outcomes[true] < outcomes[false]/20 || outcomes[false] < outcomes[true]/20 {
		t.Errorf("the scenarios are one-sided: %v", outcomes)
	}
}

func dump(s *scenario) string {
	b, _ := json.MarshalIndent(s, "", " ")
	return string(b)
}

// sets are the sets of policies of a scenario, with their kinds.
func (s *scenario) sets() map[evaluate.Kind][]*[]string {
	sets := map[evaluate.Kind][]*[]string{evaluate.Identity: {&s.Identity}}
	if s.Boundary != nil {
		sets[evaluate.Boundary] = []*[]string{&s.Boundary}
	}
	if s.Session != nil {
		sets[evaluate.Session] = []*[]string{&s.Session}
	}
	for i := range s.SCP {
		sets[evaluate.ServiceControl] = append(sets[evaluate.ServiceControl], &s.SCP[i])
	}
	for i := range s.RCP {
		sets[evaluate.ResourceControl] = append(sets[evaluate.ResourceControl], &s.RCP[i])
	}
	return sets
}

// law checks that a change of a scenario keeps a relation of the decisions before and
// after it, and that the change is not idle: it changes some decisions, or none if it
// is to change none.
func law(t *testing.T, change func(*rapid.T, *scenario), holds func(before, after evaluate.Decision) bool) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt)
		before := s.decide(t)
		text := dump(s)
		change(rt, s)
		if after := s.decide(t); !holds(before, after) {
			rt.Fatalf("allowed %v, then %v\n%s\n%s", before.Allowed, after.Allowed, text, dump(s))
		}
	})
}

func same(before, after evaluate.Decision) bool {
	for i := range before.Layers {
		if before.Layers[i].Outcome != after.Layers[i].Outcome || before.Layers[i].Needed != after.Layers[i].Needed {
			return false
		}
	}
	return before.Allowed == after.Allowed
}

func TestAFurtherDenyNeverAllowsMore(t *testing.T) {
	law(t, func(rt *rapid.T, s *scenario) {
		for kind, sets := range s.sets() {
			for _, set := range sets {
				if rapid.Bool().Draw(rt, "here") {
					*set = append(slices.Clone(*set), strings.ReplaceAll(drawDocument(rt, kind), `"Allow"`, `"Deny"`))
				}
			}
		}
	}, func(before, after evaluate.Decision) bool { return before.Allowed || !after.Allowed })
}

func TestAFurtherAllowNeverAllowsLess(t *testing.T) {
	law(t, func(rt *rapid.T, s *scenario) {
		for kind, sets := range s.sets() {
			for _, set := range sets {
				*set = append(slices.Clone(*set), strings.ReplaceAll(drawDocument(rt, kind), `"Deny"`, `"Allow"`))
			}
		}
	}, func(before, after evaluate.Decision) bool { return after.Allowed || !before.Allowed })
}

func TestADenyOfEverythingWins(t *testing.T) {
	law(t, func(rt *rapid.T, s *scenario) {
		s.Identity = append(s.Identity, policyOf(denyAll))
		s.Session = append(s.Session, policyOf(denyAll))
	}, func(before, after evaluate.Decision) bool { return !after.Allowed })
}

func TestAnAllowOnOneLevelDoesNotReplaceThatOfAnother(t *testing.T) {
	law(t, func(rt *rapid.T, s *scenario) {
		s.Caller, s.SCP = user, append(s.SCP, []string{policyOf(allowEC2)}, []string{policyOf(allowAll)})
		for i := range s.SCP {
			if rapid.Bool().Draw(rt, "here") && i != len(s.SCP)-2 {
				s.SCP[i] = append(slices.Clone(s.SCP[i]), policyOf(allowAll))
			}
		}
	}, func(before, after evaluate.Decision) bool { return !after.Allowed })
}

// permuted is a document with its statements, its members and its lists in another
// order.
func permuted(rt *rapid.T, content string) string {
	var value any
	if err := json.Unmarshal([]byte(content), &value); err != nil {
		panic(err)
	}
	return permutedValue(rt, value)
}

func permutedValue(rt *rapid.T, value any) string {
	var parts []string
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for key := range v {
				if !yield(key) {
					return
				}
			}
		}) {
			parts = append(parts, quoted(key)+" : "+permutedValue(rt, v[key]))
		}
		return "{" + strings.Join(shuffled(rt, parts), "\n, ") + "}"
	case []any:
		for _, item := range v {
			parts = append(parts, permutedValue(rt, item))
		}
		return "[" + strings.Join(shuffled(rt, parts), " ,") + "]"
	}
	b, _ := json.Marshal(value)
	return string(b)
}

func shuffled[T any](rt *rapid.T, list []T) []T {
	if len(list) < 2 {
		return list
	}
	return rapid.Permutation(list).Draw(rt, "order")
}

func TestOrderDoesNotMatter(t *testing.T) {
	law(t, func(rt *rapid.T, s *scenario) {
		for _, sets := range s.sets() {
			for _, set := range sets {
				*set = shuffled(rt, *set)
				for i := range *set {
					(*set)[i] = permuted(rt, (*set)[i])
				}
			}
		}
		s.SCP, s.RCP = shuffled(rt, s.SCP), shuffled(rt, s.RCP)
		if s.ResourcePolicy != "" {
			s.ResourcePolicy = permuted(rt, s.ResourcePolicy)
		}
	}, same)
}

func TestLayersThatAllowEverythingChangeNothing(t *testing.T) {
	all := policyOf(allowAll + `,'Principal':'*'`)
	law(t, func(rt *rapid.T, s *scenario) {
		s.SCP, s.RCP = append(s.SCP, []string{all}), append(s.RCP, []string{all})
		if s.Session == nil {
			s.Session = []string{all}
		}
		if s.Boundary == nil && !strings.Contains(s.ResourcePolicy, "NotPrincipal") {
			s.Boundary = []string{all}
		}
	}, func(before, after evaluate.Decision) bool { return before.Allowed == after.Allowed })
}

// TestNotIsTheComplement: exactly one of two statements matches that differ in
// NotAction for Action, or in NotResource for Resource.
func TestNotIsTheComplement(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScenario(rt)
		s.Caller, s.Boundary, s.Session, s.SCP, s.RCP, s.ResourcePolicy, s.CrossAccount = user, nil, nil, nil, nil, "", false
		actions, resources := drawTexts(rt, actionPatterns, "actions"), drawTexts(rt, resourcePatterns, "resources")
		matching := func(members string) bool {
			s.Identity = []string{policyOf(`'Effect':'Allow',` + members)}
			return s.decide(t).Allowed
		}
		if matching(`'Resource':'*','Action':`+actions) == matching(`'Resource':'*','NotAction':`+actions) {
			rt.Fatalf("Action and NotAction %s match %s alike", actions, s.Action)
		}
		if matching(`'Action':'*','Resource':`+resources) == matching(`'Action':'*','NotResource':`+resources) {
			rt.Fatalf("Resource and NotResource %s match %s alike", resources, s.Resource)
		}
	})
}
