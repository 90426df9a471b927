package evaluate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// scenario is a request with all policies that apply to it, as texts.
type scenario struct {
	Caller           evaluate.Principal
	Action, Resource string
	Owner            ident.AccountID
	Context          refContext
	Identity         []string
	Boundary         []string // nil: none
	Session          []string // nil: none
	SCP, RCP         [][]string
	ResourcePolicy   string
	Trust            bool
	CrossAccount     bool
	Standing         bool
}

// input compiles the policies of a scenario.
func (s *scenario) input(t testing.TB) (*evaluate.Input, *evaluate.Request) {
	compile := func(list []string, kind evaluate.Kind) (out []*evaluate.Named) {
		for _, content := range list {
			out = append(out, named(t, "p", kind, content))
		}
		return out
	}
	levels := func(list [][]string, kind evaluate.Kind) (out []evaluate.Level) {
		for _, level := range list {
			out = append(out, evaluate.Level{Policies: compile(level, kind)})
		}
		return out
	}
	in := &evaluate.Input{
		Identity:   compile(s.Identity, evaluate.Identity),
		Boundary:   evaluate.Limit{Applies: s.Boundary != nil, Policies: compile(s.Boundary, evaluate.Boundary)},
		Session:    evaluate.Limit{Applies: s.Session != nil, Policies: compile(s.Session, evaluate.Session)},
		SCP:        levels(s.SCP, evaluate.ServiceControl),
		RCP:        levels(s.RCP, evaluate.ResourceControl),
		Management: management, ResourceAccount: s.Owner, CrossAccount: s.CrossAccount, Standing: s.Standing,
	}
	if kind := map[bool]evaluate.Kind{false: evaluate.Resource, true: evaluate.Trust}[s.Trust]; s.ResourcePolicy != "" {
		in.Resource = compile([]string{s.ResourcePolicy}, kind)[0]
	}
	values := keys{}
	for key, value := range s.Context {
		switch v := value.(type) {
		case string:
			values[key] = condition.One(v)
		case []string:
			values[key] = condition.List(v...)
		}
	}
	return in, &evaluate.Request{Principal: s.Caller, Action: evaluate.ActionOf(s.Action), Resource: s.Resource, Context: values}
}

func (s *scenario) decide(t testing.TB) evaluate.Decision {
	in, r := s.input(t)
	return evaluate.Decide(in, r)
}

var (
	actionPatterns   = rapid.SampledFrom([]string{"*", "s3:*", "S3:Get*", "s3:G?tObject", "s3:PutObject", "iam:*", "s3:*Object", "*:*", "s3"})
	resourcePatterns = rapid.SampledFrom([]string{
		"*", "*", "**", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:*:*:*", "arn:aws:s3", "arn:aws:s?", "arn:aws:s3:::b/${aws:username}", "arn:AWS:s3:::b/*k?y",
		"arn:aws:s3:::b/${aws:PrincipalTag/team, 'key'}", "arn:aws:s3:::b/??", "arn:aws:s3:::${*}/*", "*:*:*:*:*:*", "arn:aws:s3:::b/${aws:TagKeys, 'key'}",
	})
	principalNames = rapid.SampledFrom([]string{
		"*", string(member), "arn:aws:iam::222222222222:root", user.ARN, role.ARN, role.Issuer, federated.ARN, string(other),
	})
	someConditions = rapid.SampledFrom([]string{
		`'StringEquals':{'aws:username':'eva'}`, `'StringNotEquals':{'aws:username':['eva','bob']}`, `'StringLike':{'AWS:UserName':'e*'}`,
		`'StringEqualsIfExists':{'aws:PrincipalTag/Team':'${aws:username}'}`, `'StringNotLike':{'aws:PrincipalTag/team':'?'}`,
		`'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}`, `'ForAnyValue:StringNotEquals':{'aws:TagKeys':['a']}`, `'StringEquals':{'aws:TagKeys':'a'}`,
		`'ForAnyValue:StringLikeIfExists':{'aws:TagKeys':'*'}`, `'Null':{'aws:TagKeys':'true'}`, `'Null':{'aws:username':false}`,
		`'NumericLessThan':{'aws:MultiFactorAuthAge':'300'}`, `'NumericNotEquals':{'aws:MultiFactorAuthAge':[300,7]}`, `'Bool':{'aws:SecureTransport':'true'}`,
		`'BoolIfExists':{'aws:SecureTransport':'false'}`, `'StringEquals':{'aws:username':'${aws:TagKeys}'}`, `'StringLike':{'aws:username':'${aws:missing, \u0027*\u0027}'}`,
	})
)

// drawTexts draws one text or a list.
func drawTexts(t *rapid.T, from *rapid.Generator[string], name string) string {
	list := rapid.SliceOfN(from, 1, 2).Draw(t, name)
	if len(list) == 1 && rapid.Bool().Draw(t, name+" alone") {
		return quoted(list[0])
	}
	var texts []string
	for _, text := range list {
		texts = append(texts, quoted(text))
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// drawStatement draws the members of a statement of a kind of policy.
func drawStatement(t *rapid.T, kind evaluate.Kind) string {
	element := func(name string) string {
		if rapid.IntRange(0, 3).Draw(t, "not") == 0 {
			return "'Not" + name + "'"
		}
		return "'" + name + "'"
	}
	members := []string{
		"'Effect':" + rapid.SampledFrom([]string{"'Allow'", "'Allow'", "'Allow'", "'Deny'"}).Draw(t, "effect"),
		element("Action") + ":" + drawTexts(t, actionPatterns, "actions"),
	}
	if kind != evaluate.Trust {
		members = append(members, element("Resource")+":"+drawTexts(t, resourcePatterns, "resources"))
	}
	switch {
	case kind == evaluate.ResourceControl:
		members = append(members, "'Principal':'*'")
	case kind != evaluate.Resource && kind != evaluate.Trust:
	case rapid.Bool().Draw(t, "everybody"):
		members = append(members, element("Principal")+":'*'")
	default:
		members = append(members, element("Principal")+`:{'AWS':`+drawTexts(t, principalNames, "principals")+`,'Service':'backup.amazonaws.com'}`)
	}
	if n := rapid.IntRange(0, 4).Draw(t, "conditions"); n > 2 {
		// Two conditions with the same operator would be one member twice.
		drawn := map[string]string{}
		for range n - 2 {
			c := someConditions.Draw(t, "condition")
			operator, _, _ := strings.Cut(c, ":{")
			drawn[operator] = c
		}
		var list []string
		for _, c := range drawn {
			list = append(list, c)
		}
		slices.Sort(list)
		members = append(members, "'Condition':{"+strings.Join(list, ",")+"}")
	}
	return strings.Join(rapid.Permutation(members).Draw(t, "order of members"), ",")
}

func drawDocument(t *rapid.T, kind evaluate.Kind) string {
	var statements []string
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, object(drawStatement(t, kind)))
	}
	version := rapid.SampledFrom([]string{`"Version":"2012-10-17",`, `"Version":"2012-10-17",`, `"Version":"2008-10-17",`, ""}).Draw(t, "version")
	return "{" + version + `"Statement":[` + strings.Join(statements, ",") + "]}"
}

func drawDocuments(t *rapid.T, kind evaluate.Kind, least int) []string {
	documents := []string{}
	for range rapid.IntRange(least, 2).Draw(t, "documents") {
		if rapid.Bool().Draw(t, "full access") {
			documents = append(documents, policyOf(allowAll+`,'Principal':'*'`))
		} else {
			documents = append(documents, drawDocument(t, kind))
		}
	}
	return documents
}

func drawScenario(t *rapid.T) *scenario {
	s := &scenario{
		Action:   rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "iam:GetUser"}).Draw(t, "action"),
		Resource: rapid.SampledFrom([]string{"*", "arn:aws:s3:::b/key", "arn:aws:s3:::b/eva", "arn:aws:s3:::b", "arn:aws:s3:::b/😀"}).Draw(t, "resource"),
		Owner:    rapid.SampledFrom([]ident.AccountID{member, member, other, management}).Draw(t, "owner"),
		Caller:   callersOfTests[rapid.SampledFrom([]string{"user", "user", "role", "role", "root", "federated", "service", "anonymous"}).Draw(t, "caller")],
		Context:  refContext{},
		Identity: drawDocuments(t, evaluate.Identity, 0),
	}
	if rapid.IntRange(0, 9).Draw(t, "service-linked") == 0 {
		s.Caller.ServiceLinked = true
	}
	for key, values := range map[string][]any{
		"aws:username": {"eva", "bob", ""}, "aws:principaltag/team": {"eva", "key", "*"}, "aws:tagkeys": {[]string{"a"}, []string{"a", "c"}, []string{}},
		"aws:multifactorauthage": {"300", "299.5", "x"}, "aws:securetransport": {"true", "FALSE"},
	} {
		if i := rapid.IntRange(0, len(values)).Draw(t, key); i < len(values) {
			s.Context[key] = values[i]
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "boundary") == 0 {
		s.Boundary = drawDocuments(t, evaluate.Boundary, 1)[:1]
	}
	if rapid.IntRange(0, 2).Draw(t, "session") == 0 {
		s.Session = drawDocuments(t, evaluate.Session, 0)
	}
	for range rapid.IntRange(0, 3).Draw(t, "levels") {
		s.SCP = append(s.SCP, drawDocuments(t, evaluate.ServiceControl, 0))
	}
	if rapid.IntRange(0, 2).Draw(t, "RCPs") == 0 {
		s.RCP = [][]string{drawDocuments(t, evaluate.ResourceControl, 1)}
	}
	if s.Trust = rapid.IntRange(0, 3).Draw(t, "trust") == 0; rapid.Bool().Draw(t, "resource policy") {
		s.ResourcePolicy = drawDocument(t, map[bool]evaluate.Kind{false: evaluate.Resource, true: evaluate.Trust}[s.Trust])
	}
	s.CrossAccount, s.Standing = rapid.IntRange(0, 3).Draw(t, "cross") == 0, rapid.IntRange(0, 3).Draw(t, "standing") == 0
	return s
}

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
