package organizations_test

import (
	"slices"
	"strings"

	"accord/internal/api/orgapi"
)

// The language in which tests speak about policies.

const (
	scp     = orgapi.PolicyTypeServiceControlPolicy
	rcp     = orgapi.PolicyTypeResourceControlPolicy
	tags    = orgapi.PolicyTypeTagPolicy
	backups = orgapi.PolicyTypeBackupPolicy

	full    = "p-FullAWSAccess"
	fullRCP = "p-RCPFullAWSAccess"

	noPolicy = "p-00000000"

	allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	rcpDeny  = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`
)

// smallest is a document that a type takes.
var smallest = map[orgapi.PolicyType]string{
	scp:                                     allowAll,
	rcp:                                     rcpDeny,
	tags:                                    `{"tags":{}}`,
	backups:                                 `{"plans":{}}`,
	orgapi.PolicyTypeAiservicesOptOutPolicy: `{"services":{}}`,
	orgapi.PolicyTypeChatbotPolicy:          `{"chatbot":{}}`,
	orgapi.PolicyTypeDeclarativePolicyEc2:   `{"ec2_attributes":{}}`,
	orgapi.PolicyTypeSecurityhubPolicy:      `{"securityhub":{}}`,
	orgapi.PolicyTypeSecurityhubCspmPolicy:  `{"any":{}}`,
	orgapi.PolicyTypeInspectorPolicy:        `{"inspector":{}}`,
	orgapi.PolicyTypeUpgradeRolloutPolicy:   `{"upgrade_rollout":{}}`,
	orgapi.PolicyTypeBedrockPolicy:          `{"bedrock":{}}`,
	orgapi.PolicyTypeS3Policy:               `{"s3_attributes":{}}`,
	orgapi.PolicyTypeNetworkSecurityDirectorPolicy: `{"network_security_director":{}}`,
	orgapi.PolicyTypeGuarddutyPolicy:               `{"guardduty":{"enablement":{"default":{}}}}`,
}

func drafting(kind orgapi.PolicyType, name, content string, tags ...orgapi.Tag) *orgapi.CreatePolicyRequest {
	return &orgapi.CreatePolicyRequest{Content: &content, Description: new(""), Name: &name, Type: &kind, Tags: tags}
}

// draft makes a policy and returns its id.
func (a actor) draft(kind orgapi.PolicyType, name, content string) string {
	a.w.t.Helper()
	return *must(a, (*service).CreatePolicy, *drafting(kind, name, content)).Policy.PolicySummary.Id
}

// rewrite gives a policy another content.
func (a actor) rewrite(policy, content string) {
	a.w.t.Helper()
	must(a, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &policy, Content: &content})
}

func (a actor) discard(policy string) {
	a.w.t.Helper()
	must(a, (*service).DeletePolicy, orgapi.DeletePolicyRequest{PolicyId: &policy})
}

func (a actor) policy(id string) *orgapi.Policy {
	a.w.t.Helper()
	return must(a, (*service).DescribePolicy, orgapi.DescribePolicyRequest{PolicyId: &id}).Policy
}

// policies lists the names of the policies of a type.
func (a actor) policies(kind orgapi.PolicyType) []string {
	a.w.t.Helper()
	return names(must(a, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: &kind}).Policies)
}

func names(policies []orgapi.PolicySummary) []string {
	list := []string{}
	for _, p := range policies {
		list = append(list, *p.Name)
	}
	return list
}

func (a tree) enable(kinds ...orgapi.PolicyType) {
	a.w.t.Helper()
	for _, kind := range kinds {
		must(a.actor, (*service).EnablePolicyType, orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: &kind})
	}
}

func (a tree) disable(kind orgapi.PolicyType) {
	a.w.t.Helper()
	must(a.actor, (*service).DisablePolicyType, orgapi.DisablePolicyTypeRequest{RootId: &a.root, PolicyType: &kind})
}

// enabled lists the policy types of the root as "type status".
func (a actor) enabled() []string {
	a.w.t.Helper()
	return typesOf(&must(a, (*service).ListRoots, orgapi.ListRootsRequest{}).Roots[0])
}

func typesOf(root *orgapi.Root) []string {
	list := []string{}
	for _, t := range root.PolicyTypes {
		list = append(list, string(*t.Type)+" "+string(*t.Status))
	}
	return list
}

func attaching(policy, target string) *orgapi.AttachPolicyRequest {
	return &orgapi.AttachPolicyRequest{PolicyId: &policy, TargetId: &target}
}

func detaching(policy, target string) *orgapi.DetachPolicyRequest {
	return &orgapi.DetachPolicyRequest{PolicyId: &policy, TargetId: &target}
}

func (a actor) attach(policy string, targets ...string) {
	a.w.t.Helper()
	for _, target := range targets {
		must(a, (*service).AttachPolicy, *attaching(policy, target))
	}
}

func (a actor) detach(policy string, targets ...string) {
	a.w.t.Helper()
	for _, target := range targets {
		must(a, (*service).DetachPolicy, *detaching(policy, target))
	}
}

// on lists the names of the policies of a type on a target.
func (a actor) on(target string, kind orgapi.PolicyType) []string {
	a.w.t.Helper()
	return names(must(a, (*service).ListPoliciesForTarget, orgapi.ListPoliciesForTargetRequest{TargetId: &target, Filter: &kind}).Policies)
}

// targets lists what a policy is on, page by page.
func (a actor) targets(policy string, size int32) []string {
	a.w.t.Helper()
	list := []string{}
	in := orgapi.ListTargetsForPolicyRequest{PolicyId: &policy, MaxResults: &size}
	for {
		out := must(a, (*service).ListTargetsForPolicy, in)
		for _, t := range out.Targets {
			list = append(list, *t.TargetId)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return list
		}
		if len(out.Targets) != int(size) {
			a.w.t.Fatalf("a page of %d that is not the last holds %d", size, len(out.Targets))
		}
	}
}

func effectiveFor(kind orgapi.PolicyType, account string) *orgapi.DescribeEffectivePolicyRequest {
	in := &orgapi.DescribeEffectivePolicyRequest{PolicyType: new(orgapi.EffectivePolicyType(kind))}
	if account != "" {
		in.TargetId = &account
	}
	return in
}

// effective is the effective policy of an account.
func (a actor) effective(kind orgapi.PolicyType, account string) *orgapi.EffectivePolicy {
	a.w.t.Helper()
	return must(a, (*service).DescribeEffectivePolicy, *effectiveFor(kind, account)).EffectivePolicy
}

func errorsFor(kind orgapi.PolicyType, account string) *orgapi.ListEffectivePolicyValidationErrorsRequest {
	return &orgapi.ListEffectivePolicyValidationErrorsRequest{PolicyType: new(orgapi.EffectivePolicyType(kind)), AccountId: &account}
}

// complaints lists the paths of what is wrong with an effective policy.
func (a actor) complaints(kind orgapi.PolicyType, account string) []string {
	a.w.t.Helper()
	list := []string{}
	for _, e := range must(a, (*service).ListEffectivePolicyValidationErrors, *errorsFor(kind, account)).EffectivePolicyValidationErrors {
		list = append(list, *e.PathToError)
	}
	return list
}

func invalidFor(kind orgapi.PolicyType) *orgapi.ListAccountsWithInvalidEffectivePolicyRequest {
	return &orgapi.ListAccountsWithInvalidEffectivePolicyRequest{PolicyType: new(orgapi.EffectivePolicyType(kind))}
}

// invalid lists the accounts with an invalid effective policy, page by page.
func (a actor) invalid(kind orgapi.PolicyType) []string {
	a.w.t.Helper()
	list := []string{}
	in := invalidFor(kind)
	for {
		out := must(a, (*service).ListAccountsWithInvalidEffectivePolicy, *in)
		for _, account := range out.Accounts {
			list = append(list, *account.Id)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return list
		}
	}
}

// value is a tag policy that gives a key values by an operator.
func value(key, operator string, values ...string) string {
	return `{"tags":{"` + key + `":{"tag_value":{"@@` + operator + `":["` + strings.Join(values, `","`) + `"]}}}}`
}

// valued is the effective tag policy of a key with values.
func valued(key string, values ...string) string {
	return `{"tags":{"` + key + `":{"tag_value":["` + strings.Join(values, `","`) + `"],"tag_key":"` + key + `"}}}`
}

// fixed and broken are backup policies with one plan: valid, and without what
// every plan needs.
func fixed(plan string) string {
	return `{"plans":{"` + plan + `":{"regions":{"@@assign":["us-east-1"]},"rules":{"daily":{"target_backup_vault_name":{"@@assign":"V"}}},` +
		`"selections":{"tags":{"s":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/R"},"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":["v"]}}}}}}}`
}

func broken(plan string) string {
	return `{"plans":{"` + plan + `":{"rules":{"daily":{"target_backup_vault_name":{"@@assign":"V"}}}}}}`
}

// planned is the effective backup policy of fixed plans.
func planned(plans ...string) string {
	for i, plan := range plans {
		plans[i] = `"` + plan + `":{"regions":["us-east-1"],"rules":{"daily":{"target_backup_vault_name":"V"}},` +
			`"selections":{"tags":{"s":{"iam_role_arn":"arn:aws:iam::$account:role/R","tag_key":"k","tag_value":["v"]}}}}`
	}
	return `{"plans":{` + strings.Join(plans, ",") + `}}`
}

// wantEffective compares the effective policy of an account.
func (a actor) wantEffective(what string, kind orgapi.PolicyType, account, want string) {
	a.w.t.Helper()
	if got := *a.effective(kind, account).PolicyContent; got != want {
		a.w.t.Errorf("%s: the effective policy of %s is\n%s, want\n%s", what, account, got, want)
	}
}

// inOrder returns a list in the order of its texts.
func inOrder(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return out
}
