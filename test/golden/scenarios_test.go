package golden_test

import (
	"strings"
	"time"
)

const day = 24 * time.Hour

// scenarios run one after the other, each on an app of its own. A case of an
// operation is in one of them.
var scenarios = []struct {
	name      string
	behaviors []string
	run       func(*recorder)
}{
	{"organization", nil, organization},
	{"invitation", nil, invitation},
	{"ends of invitations", nil, endsOfInvitations},
	{"all features", nil, allFeatures},
	{"account creation", []string{"account-creation-delay=1h"}, accountCreation},
	{"account life", nil, accountLife},
	{"units", nil, units},
	{"tags", nil, tags},
	{"policies", nil, policies},
	{"effective policies", nil, effectivePolicies},
	{"delegation", nil, delegation},
	{"responsibility transfers", nil, transfers},
	{"form of requests", nil, formOfRequests},
	{"native wire style", []string{"wire-style=native"}, nativeWireStyle},
	{"callers", nil, callers},
}

func organization(r *recorder) {
	r.register(alice, "alice@example.com", "Alice")
	r.record("not-in-use", alice, "DescribeOrganization", `{}`)
	r.record("all-features", alice, "CreateOrganization", `{}`)
	r.record("already-in-one", alice, "CreateOrganization", `{"FeatureSet":"ALL"}`)
	r.record("management-account", alice, "DescribeOrganization", `{}`)
	r.record("one-root", alice, "ListRoots", `{}`)
	r.record("management-account", alice, "LeaveOrganization", `{}`)
	r.record("empty", alice, "DeleteOrganization", `{}`)
	r.record("consolidated-billing", alice, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`)
}

// begin makes an organization of alice and returns the id of its root.
func begin(r *recorder) string {
	r.t.Helper()
	r.register(alice, "alice@example.com", "Alice")
	r.register(bob, "bob@example.com", "Bob")
	r.call(alice, "CreateOrganization", `{}`)
	return r.call(alice, "ListRoots", `{}`).member("Id")
}

// invite invites an account and returns the id of the invitation.
func invite(r *recorder, account string) string {
	r.t.Helper()
	return r.call(alice, "InviteAccountToOrganization", `{"Target":{"Id":"`+account+`","Type":"ACCOUNT"}}`).member("Id")
}

// join makes an account a member.
func join(r *recorder, account string) {
	r.t.Helper()
	r.call(account, "AcceptHandshake", `{"HandshakeId":"`+invite(r, account)+`"}`)
}

func invitation(r *recorder) {
	begin(r)
	h := r.record("by-address", alice, "InviteAccountToOrganization",
		`{"Target":{"Id":"bob@example.com","Type":"EMAIL"},"Notes":"Join us, \"Bob\" – 你好"}`).member("Id")
	r.record("twice", alice, "InviteAccountToOrganization", `{"Target":{"Id":"bob@example.com","Type":"EMAIL"}}`)
	r.record("by-id-with-tags", alice, "InviteAccountToOrganization",
		`{"Target":{"Id":"`+carol+`","Type":"ACCOUNT"},"Tags":[{"Key":"team","Value":"blue"}]}`)
	id := `{"HandshakeId":"` + h + `"}`
	r.record("received", bob, "ListHandshakesForAccount", `{}`)
	r.record("first-page", alice, "ListHandshakesForOrganization", `{"MaxResults":1,"Filter":{"ActionType":"INVITE"}}`)
	r.record("open", bob, "DescribeHandshake", id)
	r.record("wrong-party", alice, "AcceptHandshake", id)
	r.record("invitation", bob, "AcceptHandshake", id)
	r.record("twice", bob, "AcceptHandshake", id)
	r.record("accepted", alice, "CancelHandshake", id)
	r.record("unknown", bob, "DescribeHandshake", `{"HandshakeId":"h-00000000000000000000000000000000"}`)
	r.record("invited-member", alice, "DescribeAccount", `{"AccountId":"`+bob+`"}`)
	r.record("member", bob, "DescribeOrganization", `{}`)
	r.record("all-in-one-page", alice, "ListAccounts", `{}`)
}

func endsOfInvitations(r *recorder) {
	begin(r)
	r.record("invitation", bob, "DeclineHandshake", `{"HandshakeId":"`+invite(r, bob)+`"}`)
	r.record("invitation", alice, "CancelHandshake", `{"HandshakeId":"`+invite(r, bob)+`"}`)
	id := `{"HandshakeId":"` + invite(r, bob) + `"}`
	r.advance(15 * day)
	r.record("expired", bob, "AcceptHandshake", id)
	r.record("expired", bob, "DescribeHandshake", id)
	r.advance(30 * day)
	r.record("gone", bob, "DescribeHandshake", id)
}

func allFeatures(r *recorder) {
	r.call(alice, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`)
	join(r, bob)
	r.record("needs-a-member", alice, "EnableAllFeatures", `{}`)
	received := r.record("approval", bob, "ListHandshakesForAccount", `{"Filter":{"ActionType":"APPROVE_ALL_FEATURES"}}`)
	r.record("approval", bob, "AcceptHandshake", `{"HandshakeId":"`+received.member("Id")+`"}`)
	parent := r.call(alice, "ListHandshakesForOrganization", `{"Filter":{"ActionType":"ENABLE_ALL_FEATURES"}}`).member("Id")
	r.record("all-features", alice, "AcceptHandshake", `{"HandshakeId":"`+parent+`"}`)
	r.record("already-there", alice, "EnableAllFeatures", `{}`)
}

func accountCreation(r *recorder) {
	begin(r)
	id := r.record("begun", alice, "CreateAccount", `{"Email":"new@example.com","AccountName":"New","Tags":[]}`).member("Id")
	status := `{"CreateAccountRequestId":"` + id + `"}`
	r.record("in-progress", alice, "DescribeCreateAccountStatus", status)
	r.advance(time.Hour)
	r.record("succeeded", alice, "DescribeCreateAccountStatus", status)
	r.record("address-in-use", alice, "CreateAccount", `{"Email":"new@example.com","AccountName":"New"}`)
	r.advance(time.Hour)
	r.record("failed", alice, "ListCreateAccountStatus", `{"States":["FAILED"]}`)
	r.record("paired", alice, "CreateGovCloudAccount", `{"Email":"paired@example.com","AccountName":"Paired"}`)
}

func accountLife(r *recorder) {
	begin(r)
	join(r, bob)
	r.record("member", bob, "LeaveOrganization", `{}`)
	join(r, bob)
	r.record("member", alice, "RemoveAccountFromOrganization", `{"AccountId":"`+bob+`"}`)
	r.record("stranger", alice, "RemoveAccountFromOrganization", `{"AccountId":"`+bob+`"}`)
	join(r, bob)
	r.record("member", alice, "CloseAccount", `{"AccountId":"`+bob+`"}`)
	r.record("closed", alice, "DescribeAccount", `{"AccountId":"`+bob+`"}`)
	r.record("closed-account", bob, "DescribeOrganization", `{}`)
	r.record("not-empty", alice, "DeleteOrganization", `{}`)
}

func units(r *recorder) {
	root := begin(r)
	join(r, bob)
	unit := r.record("below-the-root", alice, "CreateOrganizationalUnit", `{"ParentId":"`+root+`","Name":"Workloads"}`).member("Id")
	r.record("same-name", alice, "CreateOrganizationalUnit", `{"ParentId":"`+root+`","Name":"Workloads"}`)
	r.record("renamed", alice, "UpdateOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`","Name":"Production"}`)
	r.record("one", alice, "DescribeOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
	r.record("below-the-root", alice, "ListOrganizationalUnitsForParent", `{"ParentId":"`+root+`"}`)
	r.record("into-a-unit", alice, "MoveAccount", `{"AccountId":"`+bob+`","SourceParentId":"`+root+`","DestinationParentId":"`+unit+`"}`)
	r.record("in-a-unit", alice, "ListAccountsForParent", `{"ParentId":"`+unit+`"}`)
	r.record("accounts", alice, "ListChildren", `{"ParentId":"`+unit+`","ChildType":"ACCOUNT"}`)
	r.record("of-an-account", alice, "ListParents", `{"ChildId":"`+bob+`"}`)
	r.record("not-empty", alice, "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
	r.call(alice, "MoveAccount", `{"AccountId":"`+bob+`","SourceParentId":"`+unit+`","DestinationParentId":"`+root+`"}`)
	r.record("empty", alice, "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
}

func tags(r *recorder) {
	begin(r)
	join(r, bob)
	r.record("account", alice, "TagResource", `{"ResourceId":"`+bob+`","Tags":[{"Key":"team","Value":"blue"},{"Key":"stage","Value":""}]}`)
	r.record("of-aws", alice, "TagResource", `{"ResourceId":"`+bob+`","Tags":[{"Key":"aws:team","Value":"blue"}]}`)
	r.record("account", alice, "ListTagsForResource", `{"ResourceId":"`+bob+`"}`)
	r.record("account", alice, "UntagResource", `{"ResourceId":"`+bob+`","TagKeys":["team"]}`)
}

func policies(r *recorder) {
	root := begin(r)
	join(r, bob)
	const content = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}`
	r.record("service-control", alice, "EnablePolicyType", `{"RootId":"`+root+`","PolicyType":"SERVICE_CONTROL_POLICY"}`)
	id := r.record("service-control", alice, "CreatePolicy",
		`{"Name":"NoBuckets","Description":"","Type":"SERVICE_CONTROL_POLICY","Content":"`+content+`"}`).member("Id")
	r.record("malformed", alice, "CreatePolicy",
		`{"Name":"Bad","Description":"","Type":"SERVICE_CONTROL_POLICY","Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Perhaps\"}]}"}`)
	r.record("service-control", alice, "ListPolicies", `{"Filter":"SERVICE_CONTROL_POLICY"}`)
	r.record("to-an-account", alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	r.record("twice", alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	r.record("of-an-account", alice, "ListPoliciesForTarget", `{"TargetId":"`+bob+`","Filter":"SERVICE_CONTROL_POLICY"}`)
	r.record("one-account", alice, "ListTargetsForPolicy", `{"PolicyId":"`+id+`"}`)
	r.record("attached", alice, "DeletePolicy", `{"PolicyId":"`+id+`"}`)
	r.record("from-an-account", alice, "DetachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	r.record("renamed", alice, "UpdatePolicy", `{"PolicyId":"`+id+`","Name":"NoMoreBuckets"}`)
	r.record("one", alice, "DescribePolicy", `{"PolicyId":"`+id+`"}`)
	r.record("detached", alice, "DeletePolicy", `{"PolicyId":"`+id+`"}`)
	r.record("service-control", alice, "DisablePolicyType", `{"RootId":"`+root+`","PolicyType":"SERVICE_CONTROL_POLICY"}`)
}

func effectivePolicies(r *recorder) {
	root := begin(r)
	join(r, bob)
	r.record("nothing-applies", bob, "DescribeEffectivePolicy", `{"PolicyType":"TAG_POLICY"}`)
	r.call(alice, "EnablePolicyType", `{"RootId":"`+root+`","PolicyType":"TAG_POLICY"}`)
	id := r.call(alice, "CreatePolicy", `{"Name":"Stages","Description":"","Type":"TAG_POLICY","Content":`+
		`"{\"tags\":{\"stage\":{\"tag_key\":{\"@@assign\":\"Stage\"},\"tag_value\":{\"@@assign\":[\"test\",\"live\"]}}}}"}`).member("Id")
	r.call(alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+root+`"}`)
	r.record("tag-policy", bob, "DescribeEffectivePolicy", `{"PolicyType":"TAG_POLICY"}`)
}

func delegation(r *recorder) {
	begin(r)
	join(r, bob)
	const service = `"ServicePrincipal":"config.amazonaws.com"`
	r.record("config", alice, "EnableAWSServiceAccess", `{`+service+`}`)
	r.record("config", alice, "ListAWSServiceAccessForOrganization", `{}`)
	r.record("member", alice, "RegisterDelegatedAdministrator", `{"AccountId":"`+bob+`",`+service+`}`)
	r.record("all-services", alice, "ListDelegatedAdministrators", `{}`)
	r.record("member", alice, "ListDelegatedServicesForAccount", `{"AccountId":"`+bob+`"}`)
	r.record("member", alice, "DeregisterDelegatedAdministrator", `{"AccountId":"`+bob+`",`+service+`}`)
	r.record("config", alice, "DisableAWSServiceAccess", `{`+service+`}`)
	r.record("new", alice, "PutResourcePolicy", `{"Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Read\",\"Effect\":\"Allow\",`+
		`\"Principal\":{\"AWS\":\"`+bob+`\"},\"Action\":\"organizations:ListAccounts\",\"Resource\":\"*\"}]}"}`)
	r.record("there", alice, "DescribeResourcePolicy", `{}`)
	r.record("there", alice, "DeleteResourcePolicy", `{}`)
	r.record("not-there", alice, "DescribeResourcePolicy", `{}`)
}

func transfers(r *recorder) {
	begin(r)
	r.call(bob, "CreateOrganization", `{}`)
	h := r.record("by-id", alice, "InviteOrganizationToTransferResponsibility",
		`{"Type":"BILLING","Target":{"Id":"`+bob+`","Type":"ACCOUNT"},"StartTimestamp":1796083200,"SourceName":"Bob's bill"}`).member("Id")
	r.record("transfer", bob, "AcceptHandshake", `{"HandshakeId":"`+h+`"}`)
	id := r.record("billing", alice, "ListInboundResponsibilityTransfers", `{"Type":"BILLING"}`).member("Id")
	r.record("billing", bob, "ListOutboundResponsibilityTransfers", `{"Type":"BILLING"}`)
	r.record("renamed", alice, "UpdateResponsibilityTransfer", `{"Id":"`+id+`","Name":"The bill of Bob"}`)
	r.record("accepted", alice, "DescribeResponsibilityTransfer", `{"Id":"`+id+`"}`)
}

// formOfRequests records the errors of requests that are not valid calls.
func formOfRequests(r *recorder) {
	begin(r)
	r.record("malformed-json", alice, "DescribeAccount", `{"AccountId":`)
	r.record("wrong-type", alice, "DescribeAccount", `{"AccountId":111111111111}`)
	r.record("missing-member", alice, "DescribeAccount", `{}`)
	r.record("broken-pattern", alice, "DescribeAccount", `{"AccountId":"alice"}`)
	r.record("unknown-value", carol, "CreateOrganization", `{"FeatureSet":"SOME"}`)
	r.record("foreign-token", alice, "ListAccounts", `{"NextToken":"AAAA"}`)
	r.record("unknown-operation", alice, "Describe", `{}`)
	request, a := r.exchange(strings.Replace(organizationsHead(alice, "ListRoots"), "Authorization: ", "X-Authorization: ", 1), `{}`)
	r.compare("ListRoots", "unsigned", request, a)
	request, a = r.exchange(strings.Replace(organizationsHead(alice, "ListRoots"), "x-amz-json-1.1", "json", 1), `{}`)
	r.compare("ListRoots", "wrong-content-type", request, a)
}

// nativeWireStyle records some of the answers that differ from the documented ones.
func nativeWireStyle(r *recorder) {
	begin(r)
	h := r.record("native-by-address", alice, "InviteAccountToOrganization", `{"Target":{"Id":"bob@example.com","Type":"EMAIL"}}`).member("Id")
	r.record("native-invitation", bob, "AcceptHandshake", `{"HandshakeId":"`+h+`"}`)
	r.record("native-broken-pattern", bob, "AcceptHandshake", `{"HandshakeId":"h-1"}`)
}

func callers(r *recorder) {
	r.recordSTS("root-user", alice, "GetCallerIdentity", "")
	r.recordSTS("other-account", alice, "GetAccessKeyInfo", "&AccessKeyId=0000222222222222")
	r.recordSTS("missing-parameter", alice, "GetAccessKeyInfo", "")
	r.recordSTS("no-message", alice, "DecodeAuthorizationMessage", "&EncodedMessage=x")
	r.recordSTS("role-of-no-account", alice, "AssumeRole", "&RoleArn=arn%3Aaws%3Aiam%3A%3A999999999999%3Arole%2FR&RoleSessionName=story")
	r.recordSTS("another-root-user", bob, "GetCallerIdentity", "")
	r.recordSTS("role-of-another-account", alice, "AssumeRole", "&RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FR&RoleSessionName=story&SourceIdentity=jane")
	r.recordSTS("root-user", alice, "GetSessionToken", "")
}
