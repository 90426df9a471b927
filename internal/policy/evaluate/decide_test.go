package evaluate_test

import (
	"os"
	"strings"
	"testing"

	"accord/internal/policy/evaluate"
)

// [AWS: SCP evaluation]
func TestEachLevelOfSCPsHasToAllow(t *testing.T) {
	all := []string{allowAll}
	const allowed, implicit, explicit = "allowed", "implicit", "explicit"
	for _, c := range []struct {
		name    string
		levels  [][]string
		s3, ec2 string
		level   int // that denies s3 or, if that is allowed, ec2
	}{
		{"only the default", [][]string{all, all, all}, allowed, allowed, 0},
		{"a deny on the unit", [][]string{all, {allowAll, denyS3}, all}, explicit, allowed, 1},
		{"an allow list on the unit", [][]string{all, {allowS3}, all}, allowed, implicit, 1},
		{"an allow list on the account", [][]string{all, all, {allowS3}}, allowed, implicit, 2},
		{"two allow lists that differ", [][]string{all, {allowS3}, {allowEC2}}, implicit, implicit, 2},
		{"only a deny on the root", [][]string{{denyEC2}, all, all}, implicit, explicit, 0},
		{"a unit without the default", [][]string{all, all, {allowS3}, all}, allowed, implicit, 2},
		{"a deny below a level that does not allow", [][]string{all, {allowEC2}, {allowAll, denyS3}}, explicit, allowed, 2},
		{"no policy at all", [][]string{all, {}, all}, implicit, implicit, 1},
	} {
		in := evaluate.Input{Identity: []*evaluate.Named{compiled(t, evaluate.Identity, allowAll)}, SCP: path(t, evaluate.ServiceControl, c.levels...), Management: management}
		level := -1
		for action, want := range map[string]string{"s3:GetObject": c.s3, "ec2:RunInstances": c.ec2} {
			d := evaluate.Decide(&in, request(user, action, "*"))
			got := map[evaluate.Outcome]string{evaluate.Allow: allowed, evaluate.ImplicitDeny: implicit, evaluate.ExplicitDeny: explicit}[d.Layers[evaluate.SCP].Outcome]
			if got != want || d.Allowed != (want == allowed) {
				t.Errorf("%s: %s is %s (%v), want %s", c.name, action, got, d.Allowed, want)
			}
			if cause, denied := d.Cause(); denied && (level < 0 || action == "s3:GetObject") {
				level = cause.Level
			}
		}
		if want := c.level; level >= 0 && level != want {
			t.Errorf("%s: level %d denies, want %d", c.name, level, want)
		}
	}
}

// [AWS: SCPs, RCPs; recorded: RCPs]
func TestSomeCallersAndResourcesAreExempt(t *testing.T) {
	caller := func(p evaluate.Principal, change func(*evaluate.Principal)) evaluate.Principal {
		change(&p)
		return p
	}
	linked := caller(role, func(p *evaluate.Principal) { p.ServiceLinked = true })
	manager := caller(user, func(p *evaluate.Principal) { p.Account = management })
	outsider := caller(user, func(p *evaluate.Principal) { p.Account = other })
	for _, c := range []struct {
		name     string
		caller   evaluate.Principal
		in       evaluate.Input
		scp, rcp bool
	}{
		{"user of a member", user, evaluate.Input{ResourceAccount: member}, true, true},
		{"root user of a member", root, evaluate.Input{ResourceAccount: member}, true, true},
		{"role of a member", role, evaluate.Input{ResourceAccount: member}, true, true},
		{"federated user of a member", federated, evaluate.Input{ResourceAccount: member}, true, true},
		{"service-linked role", linked, evaluate.Input{ResourceAccount: member}, false, false},
		{"user of the management account", manager, evaluate.Input{ResourceAccount: management}, false, false},
		{"user of the management account, resource of a member", manager, evaluate.Input{ResourceAccount: member}, false, true},
		{"user of a member, resource of the management account", user, evaluate.Input{ResourceAccount: management}, true, false},
		{"user outside", outsider, evaluate.Input{ResourceAccount: member}, true, true},
		{"service", service, evaluate.Input{ResourceAccount: member}, false, true},
		{"anonymous", anonymous, evaluate.Input{ResourceAccount: member}, false, true},
		{"web identity", web, evaluate.Input{ResourceAccount: member}, false, true},
	} {
		in := c.in
		in.Management = management
		in.SCP = path(t, evaluate.ServiceControl, []string{denyAll})
		in.RCP = path(t, evaluate.ResourceControl, []string{denyAll + `,'Principal':'*'`})
		d := evaluate.Decide(&in, request(c.caller, "s3:GetObject", bucket))
		if scp, rcp := d.Layers[evaluate.SCP].Applies, d.Layers[evaluate.RCP].Applies; scp != c.scp || rcp != c.rcp {
			t.Errorf("%s: SCPs apply %v, want %v; RCPs apply %v, want %v", c.name, scp, c.scp, rcp, c.rcp)
		}
		in.SCP, in.RCP = nil, nil
		if d := evaluate.Decide(&in, request(c.caller, "s3:GetObject", bucket)); d.Layers[evaluate.SCP].Applies || d.Layers[evaluate.RCP].Applies {
			t.Errorf("%s: types that are disabled apply", c.name)
		}
	}
}

// [AWS: resource control policies, resources and entities not restricted]
func TestSomeRequestsAreBeyondRCPs(t *testing.T) {
	const linked, other = "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "arn:aws:iam::222222222222:role/ops"
	for _, c := range []struct {
		action, resource string
		bound            bool
	}{
		{"sts:AssumeRole", other, true}, {"sts:AssumeRole", linked, false}, {"iam:GetRole", linked, true},
		{"kms:RetireGrant", "*", false}, {"kms:CreateGrant", "*", true},
	} {
		in := evaluate.Input{RCP: path(t, evaluate.ResourceControl, []string{denyAll + `,'Principal':'*'`}), ResourceAccount: member}
		d := evaluate.Decide(&in, request(root, c.action, c.resource))
		if d.Layers[evaluate.RCP].Applies != c.bound || d.Allowed == c.bound {
			t.Errorf("%s on %s: RCPs apply %v, want %v", c.action, c.resource, d.Layers[evaluate.RCP].Applies, c.bound)
		}
	}
}

// What an Allow of the resource's policy makes unnecessary in the same account.
// [AWS: policy evaluation logic, identities within one account]
func TestAPolicyOfTheResourceBypassesSomeLayers(t *testing.T) {
	for _, c := range []struct {
		caller                      evaluate.Principal
		principal                   string
		identity, boundary, session bool // bypassed
	}{
		{user, user.ARN, true, true, false},
		{federated, user.ARN, true, true, false},
		{role, role.Issuer, true, false, false},
		{role, role.ARN, true, true, true},
		{federated, federated.ARN, true, true, true},
		{user, string(member), false, false, false},
		{role, root.ARN, false, false, false},
		{user, "*", true, true, true},
		{role, "*", true, true, true},
		{role, string(other), false, false, false},
	} {
		resource := compiled(t, evaluate.Resource, `'Effect':'Allow','Action':'*','Resource':'*','Principal':{'AWS':'`+c.principal+`'}`)
		all, none := compiled(t, evaluate.Identity, allowAll), compiled(t, evaluate.Identity, allowEC2)
		decide := func(identity, boundary, session *evaluate.Named, change func(*evaluate.Input)) bool {
			in := evaluate.Input{
				Identity: []*evaluate.Named{identity},
				Boundary: evaluate.Limit{Applies: true, Policies: []*evaluate.Named{boundary}},
				Session:  evaluate.Limit{Applies: true, Policies: []*evaluate.Named{session}},
				Resource: resource, ResourceAccount: member,
			}
			if change != nil {
				change(&in)
			}
			d := evaluate.Decide(&in, request(c.caller, "s3:GetObject", bucket))
			return d.Allowed
		}
		for i, got := range []bool{decide(none, all, all, nil), decide(all, none, all, nil), decide(all, all, none, nil)} {
			if want := []bool{c.identity, c.boundary, c.session}[i]; got != want {
				t.Errorf("%s named as %s: without layer %d of identity, boundary and session it is allowed: %v, want %v", c.caller.ARN, c.principal, i, got, want)
			}
		}
		if !decide(all, all, all, nil) {
			t.Errorf("%s named as %s: all layers allow, and the call is denied", c.caller.ARN, c.principal)
		}
		if decide(none, all, all, func(in *evaluate.Input) { in.CrossAccount = true }) {
			t.Errorf("%s named as %s: another account's policy replaces that of the identity", c.caller.ARN, c.principal)
		}
		for _, layer := range []func(*evaluate.Input){
			func(in *evaluate.Input) { in.SCP = path(t, evaluate.ServiceControl, []string{allowEC2}) },
			func(in *evaluate.Input) {
				in.RCP = path(t, evaluate.ResourceControl, []string{allowEC2 + `,'Principal':'*'`})
			},
			func(in *evaluate.Input) {
				in.Session.Policies = []*evaluate.Named{compiled(t, evaluate.Session, denyS3)}
			},
		} {
			if decide(all, all, all, layer) {
				t.Errorf("%s named as %s: the resource's policy overrides a policy type that it cannot", c.caller.ARN, c.principal)
			}
		}
	}
}

// The order of the statements does not matter.
func TestTheStrongestGrantCounts(t *testing.T) {
	grant := func(principal string) string {
		return `'Effect':'Allow','Action':'*','Resource':'*','Principal':{'AWS':['` + principal + `']}`
	}
	statements := []string{grant(string(member)), grant(role.ARN), grant(role.Issuer)}
	for range statements {
		statements = append(statements[1:], statements[0])
		in := evaluate.Input{Resource: compiled(t, evaluate.Resource, statements...), Session: evaluate.Limit{Applies: true}}
		if d := evaluate.Decide(&in, request(role, "s3:GetObject", bucket)); !d.Allowed {
			t.Errorf("with %s first, the session is denied", statements[0])
		}
	}
}

// [AWS: policy evaluation logic]
func TestTheOwnersOfCallerAndResourceBothAllow(t *testing.T) {
	grant := func(principal string) *evaluate.Named {
		return compiled(t, evaluate.Resource, `'Effect':'Allow','Action':'*','Resource':'*','Principal':`+principal)
	}
	trust := func(principal string) *evaluate.Named {
		return compiled(t, evaluate.Trust, `'Effect':'Allow','Action':'sts:AssumeRole','Principal':`+principal)
	}
	deny := compiled(t, evaluate.Resource, denyAll+`,'Principal':'*'`)
	all := []*evaluate.Named{compiled(t, evaluate.Identity, allowAll)}
	for _, c := range []struct {
		name   string
		caller evaluate.Principal
		in     evaluate.Input
		want   bool
	}{
		{"both", user, evaluate.Input{CrossAccount: true, Identity: all, Resource: grant(`{'AWS':'222222222222'}`)}, true},
		{"only the caller's", user, evaluate.Input{CrossAccount: true, Identity: all, Resource: grant(`{'AWS':'333333333333'}`)}, false},
		{"no policy of the resource", user, evaluate.Input{CrossAccount: true, Identity: all}, false},
		{"only the resource's", user, evaluate.Input{CrossAccount: true, Resource: grant(`'*'`)}, false},
		{"the root user needs no policy", root, evaluate.Input{CrossAccount: true, Resource: grant(`{'AWS':'222222222222'}`)}, true},
		{"the root user needs a grant", root, evaluate.Input{CrossAccount: true}, false},
		{"a standing right", user, evaluate.Input{CrossAccount: true, Standing: true, Identity: all}, true},
		{"a standing right without a policy of the identity", user, evaluate.Input{CrossAccount: true, Standing: true, Resource: grant(`'*'`)}, false},
		{"a deny against a standing right", user, evaluate.Input{CrossAccount: true, Standing: true, Identity: all, Resource: deny}, false},
		{"same account, no policy of the resource", user, evaluate.Input{Identity: all}, true},
		{"same account, a policy of the resource for others", user, evaluate.Input{Identity: all, Resource: grant(`{'AWS':'333333333333'}`)}, true},
		{"same account, denied by the resource", user, evaluate.Input{Identity: all, Resource: deny}, false},
		{"nothing", user, evaluate.Input{}, false},
		{"root user, nothing", root, evaluate.Input{}, true},
		{"root user, denied by the resource", root, evaluate.Input{Resource: deny}, false},
		{"root user in a session with a policy", root, evaluate.Input{Session: evaluate.Limit{Applies: true}}, false},
		{"trust in the user", user, evaluate.Input{Resource: trust(`{'AWS':'` + user.ARN + `'}`)}, true},
		{"trust in the account", user, evaluate.Input{Resource: trust(`{'AWS':'222222222222'}`)}, false},
		{"trust in the account, and a policy", user, evaluate.Input{Identity: all, Resource: trust(`{'AWS':'222222222222'}`)}, true},
		{"trust in others, and a policy", user, evaluate.Input{Identity: all, Resource: trust(`{'AWS':'333333333333'}`)}, false},
		{"trust in a service", service, evaluate.Input{Resource: trust(`{'Service':'backup.amazonaws.com'}`)}, true},
		{"trust in another service", service, evaluate.Input{Resource: trust(`{'Service':'x.amazonaws.com'}`)}, false},
		{"a service without a grant", service, evaluate.Input{Identity: all}, false},
		{"trust in an identity provider", web, evaluate.Input{Resource: trust(`{'Federated':'` + web.Name + `'}`)}, true},
		{"anonymous with a grant for all", anonymous, evaluate.Input{Resource: grant(`'*'`)}, true},
		{"anonymous without", anonymous, evaluate.Input{Identity: all}, false},
		{"a federated user without session policies", federated, evaluate.Input{Identity: all, Session: evaluate.Limit{Applies: true}}, false},
		{"… whom the resource names", federated, evaluate.Input{Session: evaluate.Limit{Applies: true}, Resource: grant(`{'AWS':'` + federated.ARN + `'}`)}, true},
	} {
		if d := evaluate.Decide(&c.in, request(c.caller, "sts:AssumeRole", "arn:aws:iam::222222222222:role/r")); d.Allowed != c.want {
			t.Errorf("%s: allowed %v, want %v: %+v", c.name, d.Allowed, c.want, d.Layers)
		}
	}
}

// [AWS: troubleshoot access denied error messages; recorded: the ARN; assumed: the
// order, the policy of the resource last]
func TestOneCauseIsNamed(t *testing.T) {
	deny := func(kind evaluate.Kind, name string, more string) *evaluate.Named {
		return named(t, name, kind, policyOf(`'Sid':'Allow','Effect':'Allow','Action':'*','Resource':'*'`+more, `'Sid':'No','Effect':'Deny','Action':'*','Resource':'*'`+more))
	}
	everybody := `,'Principal':'*'`
	all := func(kind evaluate.Kind) *evaluate.Named { return named(t, "all", kind, policyOf(allowAll+everybody)) }
	none := func(kind evaluate.Kind) *evaluate.Named { return named(t, "none", kind, policyOf(allowEC2+everybody)) }
	type layers struct{ scp, rcp, resource, identity, boundary, session *evaluate.Named }
	input := func(l layers) *evaluate.Input {
		return &evaluate.Input{
			SCP: []evaluate.Level{{Policies: []*evaluate.Named{l.scp}}}, RCP: []evaluate.Level{{Policies: []*evaluate.Named{l.rcp}}},
			Resource: l.resource, Identity: []*evaluate.Named{l.identity},
			Boundary:     evaluate.Limit{Applies: true, Policies: []*evaluate.Named{l.boundary}},
			Session:      evaluate.Limit{Applies: true, Policies: []*evaluate.Named{l.session}},
			CrossAccount: true, ResourceAccount: other,
		}
	}
	page, err := os.ReadFile("../../../docs/how-a-call-is-decided.md")
	if err != nil {
		t.Fatal(err)
	}
	type step struct {
		text   string
		source evaluate.Source
		mend   func(*layers)
	}
	check := func(l layers, steps []step) {
		for _, s := range steps {
			d := evaluate.Decide(input(l), request(user, "s3:GetObject", bucket))
			cause, denied := d.Cause()
			if !denied || d.Allowed || cause.Source != s.source || cause.Text(evaluate.ActionOf("s3:GetObject")) != s.text {
				t.Errorf("the cause is %d, %q, want %d, %q", cause.Source, cause.Text(evaluate.ActionOf("s3:GetObject")), s.source, s.text)
			}
			if explicit := strings.HasPrefix(s.text, "with"); explicit != (cause.Statement != nil && cause.Statement.Sid == "No" && cause.Statement.Index == 1 && cause.Policy != nil) {
				t.Errorf("%s: the statement is %+v", s.text, cause.Statement)
			}
			documented := strings.NewReplacer("s3:GetObject", "*action*", "arn:scp", "*ARN of the policy*", "arn:rcp", "*ARN of the policy*").Replace(s.text)
			if !strings.Contains(string(page), "| "+documented+" |\n") {
				t.Errorf("the documentation does not have %q", documented)
			}
			s.mend(&l)
		}
		d := evaluate.Decide(input(l), request(user, "s3:GetObject", bucket))
		if cause, denied := d.Cause(); denied || !d.Allowed {
			t.Errorf("all layers allow; still denied by %+v", cause)
		}
	}
	check(layers{
		deny(evaluate.ServiceControl, "scp", ""), deny(evaluate.ResourceControl, "rcp", everybody), deny(evaluate.Resource, "bucket", everybody),
		deny(evaluate.Identity, "id", ""), deny(evaluate.Boundary, "b", ""), deny(evaluate.Session, "s", ""),
	}, []step{
		{"with an explicit deny in a service control policy: arn:scp", evaluate.SCP, func(l *layers) { l.scp = all(evaluate.ServiceControl) }},
		{"with an explicit deny in a resource control policy: arn:rcp", evaluate.RCP, func(l *layers) { l.rcp = all(evaluate.ResourceControl) }},
		{"with an explicit deny in a resource-based policy", evaluate.ResourceBased, func(l *layers) { l.resource = deny(evaluate.Trust, "trust", everybody) }},
		{"with an explicit deny in the role trust policy", evaluate.ResourceBased, func(l *layers) { l.resource = all(evaluate.Resource) }},
		{"with an explicit deny in an identity-based policy", evaluate.IdentityBased, func(l *layers) { l.identity = all(evaluate.Identity) }},
		{"with an explicit deny in a permissions boundary", evaluate.PermissionsBoundary, func(l *layers) { l.boundary = all(evaluate.Boundary) }},
		{"with an explicit deny in a session policy", evaluate.SessionPolicies, func(l *layers) { l.session = all(evaluate.Session) }},
	})
	check(layers{
		none(evaluate.ServiceControl), none(evaluate.ResourceControl), none(evaluate.Resource),
		none(evaluate.Identity), none(evaluate.Boundary), none(evaluate.Session),
	}, []step{
		{"because no service control policy allows the s3:GetObject action", evaluate.SCP, func(l *layers) { l.scp = all(evaluate.ServiceControl) }},
		{"because no resource control policy allows the s3:GetObject action", evaluate.RCP, func(l *layers) { l.rcp = all(evaluate.ResourceControl) }},
		{"because no permissions boundary allows the s3:GetObject action", evaluate.PermissionsBoundary, func(l *layers) { l.boundary = all(evaluate.Boundary) }},
		{"because no session policy allows the s3:GetObject action", evaluate.SessionPolicies, func(l *layers) { l.session = all(evaluate.Session) }},
		{"because no identity-based policy allows the s3:GetObject action", evaluate.IdentityBased, func(l *layers) { l.identity = all(evaluate.Identity) }},
		{"because no resource-based policy allows the s3:GetObject action", evaluate.ResourceBased, func(l *layers) { l.resource = all(evaluate.Resource) }},
	})
	inline := deny(evaluate.ServiceControl, "", "")
	inline.ARN = ""
	d := evaluate.Decide(&evaluate.Input{SCP: []evaluate.Level{{Policies: []*evaluate.Named{inline}}}}, request(root, "s3:GetObject", bucket))
	if cause, _ := d.Cause(); cause.Text(evaluate.ActionOf("x")) != "with an explicit deny in a service control policy" {
		t.Errorf("without an ARN: %q", cause.Text(evaluate.ActionOf("x")))
	}
}

func TestInvalidJSONDoesNotCompile(t *testing.T) {
	if p, diagnostic := evaluate.Compile("{", evaluate.Identity); p != nil || diagnostic == nil {
		t.Errorf("half a document compiles: %v, %v", p, diagnostic)
	}
}
