package evaluate_test

import (
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
