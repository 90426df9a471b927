package evaluate_test

import (
	"testing"

	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// allows reports whether an identity-based policy of one statement allows.
func allows(t *testing.T, statement string, r *evaluate.Request) bool {
	t.Helper()
	d := evaluate.Decide(&evaluate.Input{Identity: []*evaluate.Named{compiled(t, evaluate.Identity, statement)}}, r)
	return d.Allowed
}

// [AWS: IAM JSON policy elements: Action; published by users: white space]
func TestActionsMatchWithoutCase(t *testing.T) {
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		{"*", "s3:GetObject", true},
		{"s3:GetObject", "s3:GetObject", true},
		{"S3:GETOBJECT", "s3:GetObject", true},
		{"s3:getobject", "S3:GetObject", true},
		{"s3:*", "s3:GetObject", true},
		{"s3:*Object", "s3:GetObject", true},
		{"s3:G?tO*t", "s3:GetObject", true},
		{"s3:GetObject*", "s3:GetObject", true},
		{"s3:GetObject?", "s3:GetObject", false},
		{"s3:Get", "s3:GetObject", false},
		{"s3:*", "s3express:GetObject", false},
		{"s3*", "s3:GetObject", false},
		{"*:*", "s3:GetObject", true},
		{" s3:GetObject", "s3:GetObject", false},
		{"s3:Get Object", "s3:GetObject", false},
		{"s3:GetObject ", "s3:GetObject", false},
		{"* ", "s3:GetObject", false},
	} {
		r := request(user, c.action, bucket)
		if got := allows(t, `'Effect':'Allow','Action':'`+c.pattern+`','Resource':'*'`, r); got != c.want {
			t.Errorf("Action %q, %s: %v, want %v", c.pattern, c.action, got, c.want)
		}
		if got := allows(t, `'Effect':'Allow','NotAction':['`+c.pattern+`'],'Resource':'*'`, r); got == c.want {
			t.Errorf("NotAction %q, %s: %v, want %v", c.pattern, c.action, got, !c.want)
		}
	}
}

// [AWS: IAM JSON policy elements: Resource; recorded: wildcards; published by users:
// colons, short ARNs; assumed: case]
func TestResourcesMatchPartByPart(t *testing.T) {
	const instance = "arn:aws:ec2:eu-north-1:222222222222:instance/i-1:2/3"
	for _, c := range []struct {
		pattern, resource string
		want              bool
	}{
		{"*", instance, true},
		{"*", "*", true},
		{"*", "", true},
		{instance, instance, true},
		{"arn:aws:ec2:*:*:instance/*", instance, true},
		{"arn:aws:ec2:*:instance/*", instance, false},
		{"arn:*:instance/i-1:2/3", instance, false},
		{"arn:*:*:*:*:*", instance, true},
		{"arn:aws:ec2:eu-*:2?2222222222:instance/i-?:*3", instance, true},
		{"arn:aws:ec2:eu-north-1:222222222222:instance/i-1", instance, false},
		{"arn:aws:ec2:eu-north-1:222222222222:Instance/i-1:2/3", instance, false},
		{"arn:AWS:EC2:EU-north-1:222222222222:instance/*", instance, true},
		{"arn:aws:ec2:eu-north-1:222222222222:instance/*", "arn:AWS:EC2:EU-North-1:222222222222:instance/i", true},
		{"ARN:aws:ec2:eu-north-1:222222222222:instance/*", instance, false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/k", true},
		{"arn:aws:s3:*:*:b/*", "arn:aws:s3:::b/k", true},
		{"arn:aws:s3:?:*:b/*", "arn:aws:s3:::b/k", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b/c\nd", true},
		{"arn:aws:s3:::b/?", "arn:aws:s3:::b/\n", true},
		{"arn:aws:s3:::b/?", "arn:aws:s3:::b/😀", false},
		{"arn:aws:s3:::b/??", "arn:aws:s3:::b/😀", true},
		{"arn:aws:s3:::b/*?", "arn:aws:s3:::b/😀", true},
		{"arn:aws:s3:::b/[a-z]", "arn:aws:s3:::b/a", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b", false},
		{"arn:aws:s3:::b/*", "*", false},
		{"arn:*:*:*:*:*", "*", false},
		{"*:*:*:*:*:*", "*", true},
		{"**", "*", true},
		// Missing parts match everything.
		{"arn:aws:ec2", instance, true},
		{"arn:aws:e*", instance, true},
		{"arn:aws:s3", instance, false},
		{"arn:aws", instance, true},
		{"arn:aws:ec2:eu-north-1", "*", false},
		// Variables are replaced after the fifth colon only.
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/eva/k", true},
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/eva", false},
		{"arn:aws:s3:::${aws:missing}*", "arn:aws:s3:::b", false},
		{"arn:aws:s3:::${aws:missing, 'b'}", "arn:aws:s3:::b", true},
		{"arn:aws:s3:::${aws:star}", "arn:aws:s3:::b", false},
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/k", false},
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", true},
		{"arn:aws:s3::${aws:account}:b", "arn:aws:s3::222222222222:b", false},
	} {
		r := request(user, "s3:GetObject", c.resource)
		r.Context = keys{"aws:username": condition.One("eva"), "aws:star": condition.One("*"), "aws:account": condition.One("222222222222")}
		pattern := quoted(c.pattern)
		if got := allows(t, `'Effect':'Allow','Action':'*','Resource':`+pattern, r); got != c.want {
			t.Errorf("Resource %q, %q: %v, want %v", c.pattern, c.resource, got, c.want)
		}
		if got := allows(t, `'Effect':'Allow','Action':'*','NotResource':[`+pattern+`]`, r); got == c.want {
			t.Errorf("NotResource %q, %q: %v, want %v", c.pattern, c.resource, got, !c.want)
		}
	}
}

// [AWS: IAM JSON policy elements: Version]
func TestVariablesNeedTheNewVersion(t *testing.T) {
	r := request(user, "s3:GetObject", "arn:aws:s3:::eva")
	r.Context = keys{"aws:username": condition.One("eva")}
	for version, want := range map[string]bool{`"Version":"2012-10-17",`: true, `"Version":"2008-10-17",`: false, "": false} {
		for _, s := range []string{
			`'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::${aws:username}'`,
			`'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringEquals':{'aws:username':'${aws:username}'}}`,
		} {
			p := named(t, "p", evaluate.Identity, `{`+version+`"Statement":`+object(s)+`}`)
			if d := evaluate.Decide(&evaluate.Input{Identity: []*evaluate.Named{p}}, r); d.Allowed != want {
				t.Errorf("%s%s: %v, want %v", version, s, d.Allowed, want)
			}
		}
	}
}

// An ARN with fewer than six parts matches in policies of identities; elsewhere it
// needs a wildcard. [published by users]
func TestShortARNsDependOnTheKindOfPolicy(t *testing.T) {
	r := request(user, "s3:GetObject", bucket)
	all := compiled(t, evaluate.Identity, allowAll)
	everybody := `'Principal':'*',`
	for kind, evaluated := range map[evaluate.Kind]struct {
		layer evaluate.Source
		input func(*evaluate.Named) evaluate.Input
		with  string
		short bool
	}{
		evaluate.Identity: {evaluate.IdentityBased, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{Identity: []*evaluate.Named{p}}
		}, "", true},
		evaluate.Boundary: {evaluate.PermissionsBoundary, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{Boundary: evaluate.Limit{Applies: true, Policies: []*evaluate.Named{p}}}
		}, "", true},
		evaluate.Session: {evaluate.SessionPolicies, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{Session: evaluate.Limit{Applies: true, Policies: []*evaluate.Named{p}}}
		}, "", true},
		evaluate.ServiceControl: {evaluate.SCP, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{SCP: []evaluate.Level{{Policies: []*evaluate.Named{p}}}, Identity: []*evaluate.Named{all}}
		}, "", false},
		evaluate.ResourceControl: {evaluate.RCP, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{RCP: []evaluate.Level{{Policies: []*evaluate.Named{p}}}, Identity: []*evaluate.Named{all}}
		}, everybody, false},
		evaluate.Resource: {evaluate.ResourceBased, func(p *evaluate.Named) evaluate.Input {
			return evaluate.Input{Resource: p, Identity: []*evaluate.Named{all}}
		}, everybody, false},
	} {
		for pattern, want := range map[string]bool{"arn:aws:s3": evaluated.short, "arn:aws:s?": true, "arn:aws:*": true, "arn:aws:ec2*": false} {
			in := evaluated.input(compiled(t, kind, evaluated.with+`'Effect':'Allow','Action':'*','Resource':'`+pattern+`'`))
			in.ResourceAccount = member
			d := evaluate.Decide(&in, r)
			if got := d.Layers[evaluated.layer].Outcome == evaluate.Allow; got != want {
				t.Errorf("kind %d, %s: %v, want %v", kind, pattern, got, want)
			}
		}
	}
}

// What a lenient check lets into a policy does not give more than was meant. [assumed]
func TestUnknownElementsNeverGiveAccess(t *testing.T) {
	r := request(user, "s3:GetObject", bucket)
	for _, s := range []string{
		`'Effect':'Allow'`, `'Effect':'Allow','Action':'*','Resource':[]`, `'Effect':'Allow','Action':7,'Resource':'*'`, `'Effect':'Permit','Action':'*','Resource':'*'`,
		allowAll + `,'Condition':{'StringSortOf':{'aws:x':'y'}}`, allowAll + `,'Condition':'never'`, allowAll + `,'Condition':{'StringEquals':'x'}`,
		allowAll + `,'Condition':{'StringEquals':{'aws:x':null}}`,
	} {
		if allows(t, s, r) {
			t.Errorf("%s allows", s)
		}
	}
	for _, s := range []string{`'Effect':'Allow','Action':'*'`, allowAll + `,'Condition':{}`, allowAll + `,'Later':1`} {
		if !allows(t, s, r) {
			t.Errorf("%s does not allow", s)
		}
	}
	in := evaluate.Input{Identity: []*evaluate.Named{compiled(t, evaluate.Identity, allowAll, denyAll+`,'Condition':['unknown']`)}}
	if d := evaluate.Decide(&in, r); d.Allowed {
		t.Error("a Deny with an unknown condition does not deny")
	}
}
