package simulators_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// simulation is a request with the policies that apply to it, as iam-simulate reads it.
type simulation struct {
	Request struct {
		Principal string `json:"principal"`
		Action    string `json:"action"`
		Resource  struct {
			Resource  string `json:"resource"`
			AccountID string `json:"accountId"`
		} `json:"resource"`
		ContextVariables map[string]any `json:"contextVariables"`
	} `json:"request"`
	IdentityPolicies           []named         `json:"identityPolicies"`
	ServiceControlPolicies     []level         `json:"serviceControlPolicies"`
	ResourceControlPolicies    []level         `json:"resourceControlPolicies"`
	ResourcePolicy             json.RawMessage `json:"resourcePolicy,omitempty"`
	PermissionBoundaryPolicies []named         `json:"permissionBoundaryPolicies,omitempty"`

	caller evaluate.Principal
}

type named struct {
	Name   string          `json:"name"`
	Policy json.RawMessage `json:"policy"`
}

type level struct {
	OrgIdentifier string  `json:"orgIdentifier"`
	Policies      []named `json:"policies"`
}

const (
	member ident.AccountID = "222222222222"
	other  ident.AccountID = "333333333333"
)

var (
	callers = rapid.SampledFrom([]evaluate.Principal{
		{Kind: evaluate.User, ARN: "arn:aws:iam::222222222222:user/eva", Account: member},
		{Kind: evaluate.Role, ARN: "arn:aws:sts::222222222222:assumed-role/ops/s", Issuer: "arn:aws:iam::222222222222:role/ops", Account: member},
		{Kind: evaluate.Root, ARN: "arn:aws:iam::222222222222:root", Account: member},
	})
	principals = rapid.SampledFrom([]string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"222222222222"}`, `{"AWS":"arn:aws:iam::222222222222:root"}`, `{"AWS":"arn:aws:iam::222222222222:user/eva"}`,
		`{"AWS":["arn:aws:iam::222222222222:role/ops","arn:aws:iam::222222222222:user/bob"]}`, `{"AWS":"arn:aws:sts::222222222222:assumed-role/ops/s"}`,
		`{"Service":"backup.amazonaws.com"}`, `{"AWS":"333333333333"}`,
	})
	requests = rapid.SampledFrom([][2]string{
		{"s3:GetObject", "arn:aws:s3:::b/key"}, {"s3:GetObject", "arn:aws:s3:::b/eva/x"}, {"s3:PutObject", "arn:aws:s3:::b/key"}, {"s3:ListBucket", "arn:aws:s3:::b"},
		{"s3:ListAllMyBuckets", "*"}, {"sqs:SendMessage", "arn:aws:sqs:eu-west-1:222222222222:queue"}, {"iam:GetUser", "arn:aws:iam::222222222222:user/eva"},
		{"organizations:LeaveOrganization", "*"}, {"organizations:DescribeAccount", "arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222"},
	})
	actions = rapid.SampledFrom([]string{
		`"*"`, `"*"`, `"s3:*"`, `"S3:Get*"`, `["s3:GetObject","sqs:SendMessage"]`, `"s3:*Object"`, `"s3:G?tObject"`, `"iam:*"`, `["organizations:*","sqs:*"]`, `"s3:List*"`,
	})
	// controlled are actions that resource control policies may name.
	controlled = rapid.SampledFrom([]string{`"s3:*"`, `"S3:Get*"`, `["s3:GetObject","sqs:SendMessage"]`, `"s3:*Object"`, `"sqs:*"`})
	resources  = rapid.SampledFrom([]string{
		`"*"`, `"*"`, `"*"`, `"arn:aws:s3:::b/*"`, `["arn:aws:s3:::b","arn:aws:s3:::b/${aws:username}/*"]`, `"arn:aws:s3:::b/k?y"`, `"arn:aws:sqs:*:*:*"`, `"arn:aws:s3:::*"`,
		`["arn:aws:iam::*:user/${aws:username}","arn:aws:sqs:eu-*:222222222222:q*"]`, `"arn:aws:s3:::b/${aws:PrincipalTag/team, 'key'}"`, `"arn:*:organizations::*:account/o-*/*"`, `"arn:aws:s3:::${*}"`,
	})
	conditions = rapid.SampledFrom([]string{
		`"StringEquals":{"aws:username":"eva"}`, `"StringNotEquals":{"aws:username":["eva","bob"]}`, `"StringLike":{"aws:PrincipalTag/team":["e*","?"]}`,
		`"StringNotLike":{"aws:PrincipalTag/Team":"k*"}`, `"StringEqualsIgnoreCase":{"AWS:RequestedRegion":"EU-WEST-1"}`, `"StringNotEqualsIgnoreCase":{"aws:RequestedRegion":["EU-WEST-1","x"]}`,
		`"StringEqualsIfExists":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}`, `"StringNotEqualsIfExists":{"aws:RequestedRegion":"us-east-1"}`,
		`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`, `"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}`, `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a/r-b/*"}`,
		`"ForAllValues:StringNotEquals":{"aws:TagKeys":["c"]}`, `"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}`, `"ForAllValues:StringLike":{"aws:TagKeys":["*"]}`,
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}`, `"NumericGreaterThanEquals":{"aws:MultiFactorAuthAge":300}`, `"NumericNotEquals":{"aws:MultiFactorAuthAge":[300,7]}`, `"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"300"}`,
		`"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}`, `"DateLessThanEquals":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}`, `"DateNotEquals":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}`,
		`"Bool":{"aws:SecureTransport":"true"}`, `"Bool":{"aws:SecureTransport":false}`, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`,
		`"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}`, `"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, `"NotIpAddressIfExists":{"aws:SourceIp":"192.0.2.1"}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ops*"}`, `"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/*","arn:aws:iam::*:root"]}`, `"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:user/eva"}`, `"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/ops"}`,
		`"Null":{"aws:username":"true"}`, `"Null":{"aws:TagKeys":"false","aws:SourceIp":"false"}`, `"StringEquals":{"aws:PrincipalTag/team":"${aws:username}"}`, `"StringLike":{"aws:username":"${aws:PrincipalTag/team, 'e'}*"}`,
	})
	// odd are conditions that few policies have: a list for an operator of one value, a list
	// or nothing as a variable, host bits.
	odd = rapid.SampledFrom([]string{
		`"StringEquals":{"aws:TagKeys":"a"}`, `"StringNotEquals":{"aws:TagKeys":["a","b"]}`, `"StringNotLike":{"aws:username":"${aws:PrincipalTag/team}"}`, `"StringLike":{"aws:username":"${aws:TagKeys, 'e'}*"}`,
		`"DateLessThan":{"aws:CurrentTime":"1780272000"}`, `"Bool":{"aws:SecureTransport":"yes"}`, `"ArnLike":{"aws:PrincipalArn":"arn:aws:*::222222222222:*"}`, `"IpAddress":{"aws:SourceIp":"2001:db8::/32"}`, `"NotIpAddress":{"aws:SourceIp":"2001:db8::1/127"}`,
	})
	// values are those of the keys. A key is absent as often as it has one of them.
	values = map[string][]any{
		"aws:username": {"eva", "bob"}, "aws:PrincipalTag/team": {"eva", "key", "x"}, "aws:RequestedRegion": {"eu-west-1", "us-east-1"},
		"aws:TagKeys": {[]string{"a"}, []string{"a", "c"}}, "aws:PrincipalOrgPaths": {[]string{"o-a/r-b/ou-c/"}}, "aws:MultiFactorAuthAge": {"300", "299.5", "300", "299.5", "3e2", "ten"},
		"aws:CurrentTime": {"2026-11-30T00:00:00Z", "2026-06-01T00:00:00Z"}, "aws:SecureTransport": {"true", "false"}, "aws:MultiFactorAuthPresent": {"true", "false"},
		"aws:SourceIp": {"10.1.2.3", "192.0.2.1", "2001:db8::1"},
	}
)

const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// drawStatement draws a statement; effects are those that it can have.
func drawStatement(t *rapid.T, kind evaluate.Kind) string {
	element := func(name string, odds int) string {
		if rapid.IntRange(0, odds).Draw(t, "not") == 0 {
			return `"Not` + name + `":`
		}
		return `"` + name + `":`
	}
	effects := []string{"Allow", "Allow", "Deny"}
	if kind == evaluate.ResourceControl {
		effects = []string{"Deny"}
	}
	members := []string{`"Effect":"` + rapid.SampledFrom(effects).Draw(t, "effect") + `"`}
	switch kind {
	case evaluate.ResourceControl:
		members = append(members, `"Principal":"*"`, `"Action":`+controlled.Draw(t, "action"))
	case evaluate.Resource:
		members = append(members, `"Principal":`+principals.Draw(t, "principal"), element("Action", 9)+actions.Draw(t, "action"))
	default:
		members = append(members, element("Action", 5)+actions.Draw(t, "action"))
	}
	members = append(members, element("Resource", 5)+resources.Draw(t, "resource"))
	drawn := map[string]bool{}
	var list []string
	for range max(0, rapid.IntRange(-2, 2).Draw(t, "conditions")) {
		c := conditions.Draw(t, "condition")
		if rapid.IntRange(0, 7).Draw(t, "odd") == 0 {
			c = odd.Draw(t, "odd condition")
		}
		if operator, _, _ := strings.Cut(c, ":{"); !drawn[operator] {
			drawn[operator], list = true, append(list, c)
		}
	}
	if len(list) > 0 {
		members = append(members, `"Condition":{`+strings.Join(list, ",")+"}")
	}
	return "{" + strings.Join(members, ",") + "}"
}

func drawPolicies(t *rapid.T, kind evaluate.Kind, least, most int) []named {
	list := []named{}
	for range rapid.IntRange(least, most).Draw(t, "policies") {
		list = append(list, named{"p", drawPolicy(t, kind)})
	}
	return list
}

func drawPolicy(t *rapid.T, kind evaluate.Kind) json.RawMessage {
	var statements []string
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, drawStatement(t, kind))
	}
	return json.RawMessage(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + "]}")
}

// drawLevels draws the policies of a type on a path from the root to the account. Most
// levels have the policy that allows everything.
func drawLevels(t *rapid.T, kind evaluate.Kind) []level {
	levels := []level{}
	for i := range rapid.IntRange(2, 5).Draw(t, "levels") {
		l := level{fmt.Sprintf("ou-%d", i), drawPolicies(t, kind, 0, 1)}
		if kind == evaluate.ServiceControl && (len(l.Policies) == 0 || rapid.IntRange(0, 3).Draw(t, "full") > 0) {
			l.Policies = append(l.Policies, named{"full", json.RawMessage(everything)})
		}
		levels = append(levels, l)
	}
	return levels
}

var simulations = rapid.Custom(func(t *rapid.T) *simulation {
	s := &simulation{caller: callers.Draw(t, "caller")}
	request := requests.Draw(t, "request")
	s.Request.Principal, s.Request.Action, s.Request.Resource.Resource = s.caller.ARN, request[0], request[1]
	s.Request.Resource.AccountID = string(member)
	s.Request.ContextVariables = map[string]any{"aws:PrincipalArn": s.caller.ARN}
	if s.caller.Issuer != "" {
		s.Request.ContextVariables["aws:PrincipalArn"] = s.caller.Issuer
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		list := values[key]
		if i := rapid.IntRange(0, 2*len(list)-1).Draw(t, key); i < len(list) {
			s.Request.ContextVariables[key] = list[i]
		}
	}
	s.IdentityPolicies = []named{}
	if s.caller.Kind == evaluate.Root {
		// It has no policies and all rights, which the other engine does not know. [AWS:
		// root user]
		s.IdentityPolicies = append(s.IdentityPolicies, named{"full", json.RawMessage(everything)})
	} else {
		s.IdentityPolicies = drawPolicies(t, evaluate.Identity, 0, 2)
		if rapid.Bool().Draw(t, "administrator") {
			s.IdentityPolicies = append(s.IdentityPolicies, named{"full", json.RawMessage(everything)})
		}
		if rapid.IntRange(0, 3).Draw(t, "boundary") == 0 {
			s.PermissionBoundaryPolicies = drawPolicies(t, evaluate.Boundary, 1, 1)
		}
	}
	s.ServiceControlPolicies, s.ResourceControlPolicies = []level{}, []level{}
	if rapid.IntRange(0, 3).Draw(t, "SCPs") > 0 {
		s.ServiceControlPolicies = drawLevels(t, evaluate.ServiceControl)
	}
	if rapid.IntRange(0, 2).Draw(t, "RCPs") == 0 {
		s.ResourceControlPolicies = drawLevels(t, evaluate.ResourceControl)
	}
	if rapid.IntRange(0, 2).Draw(t, "resource policy") == 0 && s.Request.Resource.Resource != "*" {
		s.ResourcePolicy = drawPolicy(t, evaluate.Resource)
		if rapid.IntRange(0, 3).Draw(t, "across") == 0 && strings.HasPrefix(s.Request.Action, "s3:") {
			s.Request.Resource.AccountID = string(other)
		}
	}
	return s
})

// decide decides the simulation with the engine of Accord.
func (s *simulation) decide() (evaluate.Decision, error) {
	in := evaluate.Input{ResourceAccount: ident.AccountID(s.Request.Resource.AccountID)}
	in.CrossAccount = in.ResourceAccount != s.caller.Account
	var failed error
	compile := func(list []named, kind evaluate.Kind) (out []*evaluate.Named) {
		for _, n := range list {
			p, diagnostic := evaluate.Compile(string(n.Policy), kind)
			if diagnostic != nil {
				failed = diagnostic
			}
			out = append(out, &evaluate.Named{Name: n.Name, Policy: p})
		}
		return out
	}
	levels := func(list []level, kind evaluate.Kind) (out []evaluate.Level) {
		for _, l := range list {
			policies := l.Policies
			if kind == evaluate.ResourceControl {
				// The other engine adds it by itself.
				policies = append([]named{{"full", json.RawMessage(strings.Replace(everything, `"Action"`, `"Principal":"*","Action"`, 1))}}, policies...)
			}
			out = append(out, evaluate.Level{Target: l.OrgIdentifier, Policies: compile(policies, kind)})
		}
		return out
	}
	in.Identity = compile(s.IdentityPolicies, evaluate.Identity)
	in.Boundary = evaluate.Limit{Applies: s.PermissionBoundaryPolicies != nil, Policies: compile(s.PermissionBoundaryPolicies, evaluate.Boundary)}
	in.SCP, in.RCP = levels(s.ServiceControlPolicies, evaluate.ServiceControl), levels(s.ResourceControlPolicies, evaluate.ResourceControl)
	if s.ResourcePolicy != nil {
		in.Resource = compile([]named{{"resource", s.ResourcePolicy}}, evaluate.Resource)[0]
	}
	context := keys{}
	for key, value := range s.Request.ContextVariables {
		switch v := value.(type) {
		case string:
			context[strings.ToLower(key)] = condition.One(v)
		case []string:
			context[strings.ToLower(key)] = condition.List(v...)
		}
	}
	return evaluate.Decide(&in, &evaluate.Request{Principal: s.caller, Action: evaluate.ActionOf(s.Request.Action), Resource: s.Request.Resource.Resource, Context: context}), failed
}

// keys is a condition.Context of fixed values.
type keys map[string]condition.Values

func (k keys) Value(key string) (condition.Values, bool) {
	v, ok := k[key]
	return v, ok
}
