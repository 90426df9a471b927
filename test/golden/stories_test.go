package golden_test

import (
	"strings"
	"time"
)

const day = 24 * time.Hour

// stories are told one after the other, each on an installation of its own. A case
// of an operation stands in one of them.
var stories = []struct {
	name  string
	rules []string
	tell  func(*book)
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

func organization(b *book) {
	b.register(alice, "alice@example.com", "Alice")
	b.record("not-in-use", alice, "DescribeOrganization", `{}`)
	b.record("all-features", alice, "CreateOrganization", `{}`)
	b.record("already-in-one", alice, "CreateOrganization", `{"FeatureSet":"ALL"}`)
	b.record("management-account", alice, "DescribeOrganization", `{}`)
	b.record("one-root", alice, "ListRoots", `{}`)
	b.record("management-account", alice, "LeaveOrganization", `{}`)
	b.record("empty", alice, "DeleteOrganization", `{}`)
	b.record("consolidated-billing", alice, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`)
}

// begin makes an organization of alice and returns the id of its root.
func begin(b *book) string {
	b.t.Helper()
	b.register(alice, "alice@example.com", "Alice")
	b.register(bob, "bob@example.com", "Bob")
	b.call(alice, "CreateOrganization", `{}`)
	return b.call(alice, "ListRoots", `{}`).member("Id")
}

// invite invites an account and returns the id of the invitation.
func invite(b *book, account string) string {
	b.t.Helper()
	return b.call(alice, "InviteAccountToOrganization", `{"Target":{"Id":"`+account+`","Type":"ACCOUNT"}}`).member("Id")
}

// join makes an account a member.
func join(b *book, account string) {
	b.t.Helper()
	b.call(account, "AcceptHandshake", `{"HandshakeId":"`+invite(b, account)+`"}`)
}

func invitation(b *book) {
	begin(b)
	h := b.record("by-address", alice, "InviteAccountToOrganization",
		`{"Target":{"Id":"bob@example.com","Type":"EMAIL"},"Notes":"Join us, \"Bob\" – 你好"}`).member("Id")
	b.record("twice", alice, "InviteAccountToOrganization", `{"Target":{"Id":"bob@example.com","Type":"EMAIL"}}`)
	b.record("by-id-with-tags", alice, "InviteAccountToOrganization",
		`{"Target":{"Id":"`+carol+`","Type":"ACCOUNT"},"Tags":[{"Key":"team","Value":"blue"}]}`)
	id := `{"HandshakeId":"` + h + `"}`
	b.record("received", bob, "ListHandshakesForAccount", `{}`)
	b.record("first-page", alice, "ListHandshakesForOrganization", `{"MaxResults":1,"Filter":{"ActionType":"INVITE"}}`)
	b.record("open", bob, "DescribeHandshake", id)
	b.record("wrong-party", alice, "AcceptHandshake", id)
	b.record("invitation", bob, "AcceptHandshake", id)
	b.record("twice", bob, "AcceptHandshake", id)
	b.record("accepted", alice, "CancelHandshake", id)
	b.record("unknown", bob, "DescribeHandshake", `{"HandshakeId":"h-00000000000000000000000000000000"}`)
	b.record("invited-member", alice, "DescribeAccount", `{"AccountId":"`+bob+`"}`)
	b.record("member", bob, "DescribeOrganization", `{}`)
	b.record("all-in-one-page", alice, "ListAccounts", `{}`)
}

func endsOfInvitations(b *book) {
	begin(b)
	b.record("invitation", bob, "DeclineHandshake", `{"HandshakeId":"`+invite(b, bob)+`"}`)
	b.record("invitation", alice, "CancelHandshake", `{"HandshakeId":"`+invite(b, bob)+`"}`)
	id := `{"HandshakeId":"` + invite(b, bob) + `"}`
	b.pass(15 * day)
	b.record("expired", bob, "AcceptHandshake", id)
	b.record("expired", bob, "DescribeHandshake", id)
	b.pass(30 * day)
	b.record("gone", bob, "DescribeHandshake", id)
}

func allFeatures(b *book) {
	b.call(alice, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`)
	join(b, bob)
	b.record("needs-a-member", alice, "EnableAllFeatures", `{}`)
	received := b.record("approval", bob, "ListHandshakesForAccount", `{"Filter":{"ActionType":"APPROVE_ALL_FEATURES"}}`)
	b.record("approval", bob, "AcceptHandshake", `{"HandshakeId":"`+received.member("Id")+`"}`)
	parent := b.call(alice, "ListHandshakesForOrganization", `{"Filter":{"ActionType":"ENABLE_ALL_FEATURES"}}`).member("Id")
	b.record("all-features", alice, "AcceptHandshake", `{"HandshakeId":"`+parent+`"}`)
	b.record("already-there", alice, "EnableAllFeatures", `{}`)
}

func accountCreation(b *book) {
	begin(b)
	id := b.record("begun", alice, "CreateAccount", `{"Email":"new@example.com","AccountName":"New","Tags":[]}`).member("Id")
	status := `{"CreateAccountRequestId":"` + id + `"}`
	b.record("in-progress", alice, "DescribeCreateAccountStatus", status)
	b.pass(time.Hour)
	b.record("succeeded", alice, "DescribeCreateAccountStatus", status)
	b.record("address-in-use", alice, "CreateAccount", `{"Email":"new@example.com","AccountName":"New"}`)
	b.pass(time.Hour)
	b.record("failed", alice, "ListCreateAccountStatus", `{"States":["FAILED"]}`)
	b.record("paired", alice, "CreateGovCloudAccount", `{"Email":"paired@example.com","AccountName":"Paired"}`)
}

func accountLife(b *book) {
	begin(b)
	join(b, bob)
	b.record("member", bob, "LeaveOrganization", `{}`)
	join(b, bob)
	b.record("member", alice, "RemoveAccountFromOrganization", `{"AccountId":"`+bob+`"}`)
	b.record("stranger", alice, "RemoveAccountFromOrganization", `{"AccountId":"`+bob+`"}`)
	join(b, bob)
	b.record("member", alice, "CloseAccount", `{"AccountId":"`+bob+`"}`)
	b.record("closed", alice, "DescribeAccount", `{"AccountId":"`+bob+`"}`)
	b.record("closed-account", bob, "DescribeOrganization", `{}`)
	b.record("not-empty", alice, "DeleteOrganization", `{}`)
}

func units(b *book) {
	root := begin(b)
	join(b, bob)
	unit := b.record("below-the-root", alice, "CreateOrganizationalUnit", `{"ParentId":"`+root+`","Name":"Workloads"}`).member("Id")
	b.record("same-name", alice, "CreateOrganizationalUnit", `{"ParentId":"`+root+`","Name":"Workloads"}`)
	b.record("renamed", alice, "UpdateOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`","Name":"Production"}`)
	b.record("one", alice, "DescribeOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
	b.record("below-the-root", alice, "ListOrganizationalUnitsForParent", `{"ParentId":"`+root+`"}`)
	b.record("into-a-unit", alice, "MoveAccount", `{"AccountId":"`+bob+`","SourceParentId":"`+root+`","DestinationParentId":"`+unit+`"}`)
	b.record("in-a-unit", alice, "ListAccountsForParent", `{"ParentId":"`+unit+`"}`)
	b.record("accounts", alice, "ListChildren", `{"ParentId":"`+unit+`","ChildType":"ACCOUNT"}`)
	b.record("of-an-account", alice, "ListParents", `{"ChildId":"`+bob+`"}`)
	b.record("not-empty", alice, "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
	b.call(alice, "MoveAccount", `{"AccountId":"`+bob+`","SourceParentId":"`+unit+`","DestinationParentId":"`+root+`"}`)
	b.record("empty", alice, "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"`+unit+`"}`)
}

func tags(b *book) {
	begin(b)
	join(b, bob)
	b.record("account", alice, "TagResource", `{"ResourceId":"`+bob+`","Tags":[{"Key":"team","Value":"blue"},{"Key":"stage","Value":""}]}`)
	b.record("of-aws", alice, "TagResource", `{"ResourceId":"`+bob+`","Tags":[{"Key":"aws:team","Value":"blue"}]}`)
	b.record("account", alice, "ListTagsForResource", `{"ResourceId":"`+bob+`"}`)
	b.record("account", alice, "UntagResource", `{"ResourceId":"`+bob+`","TagKeys":["team"]}`)
}

func policies(b *book) {
	root := begin(b)
	join(b, bob)
	const content = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}`
	b.record("service-control", alice, "EnablePolicyType", `{"RootId":"`+root+`","PolicyType":"SERVICE_CONTROL_POLICY"}`)
	id := b.record("service-control", alice, "CreatePolicy",
		`{"Name":"NoBuckets","Description":"","Type":"SERVICE_CONTROL_POLICY","Content":"`+content+`"}`).member("Id")
	b.record("malformed", alice, "CreatePolicy",
		`{"Name":"Bad","Description":"","Type":"SERVICE_CONTROL_POLICY","Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Perhaps\"}]}"}`)
	b.record("service-control", alice, "ListPolicies", `{"Filter":"SERVICE_CONTROL_POLICY"}`)
	b.record("to-an-account", alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	b.record("twice", alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	b.record("of-an-account", alice, "ListPoliciesForTarget", `{"TargetId":"`+bob+`","Filter":"SERVICE_CONTROL_POLICY"}`)
	b.record("one-account", alice, "ListTargetsForPolicy", `{"PolicyId":"`+id+`"}`)
	b.record("attached", alice, "DeletePolicy", `{"PolicyId":"`+id+`"}`)
	b.record("from-an-account", alice, "DetachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+bob+`"}`)
	b.record("renamed", alice, "UpdatePolicy", `{"PolicyId":"`+id+`","Name":"NoMoreBuckets"}`)
	b.record("one", alice, "DescribePolicy", `{"PolicyId":"`+id+`"}`)
	b.record("detached", alice, "DeletePolicy", `{"PolicyId":"`+id+`"}`)
	b.record("service-control", alice, "DisablePolicyType", `{"RootId":"`+root+`","PolicyType":"SERVICE_CONTROL_POLICY"}`)
}

func effectivePolicies(b *book) {
	root := begin(b)
	join(b, bob)
	b.record("nothing-applies", bob, "DescribeEffectivePolicy", `{"PolicyType":"TAG_POLICY"}`)
	b.call(alice, "EnablePolicyType", `{"RootId":"`+root+`","PolicyType":"TAG_POLICY"}`)
	id := b.call(alice, "CreatePolicy", `{"Name":"Stages","Description":"","Type":"TAG_POLICY","Content":`+
		`"{\"tags\":{\"stage\":{\"tag_key\":{\"@@assign\":\"Stage\"},\"tag_value\":{\"@@assign\":[\"test\",\"live\"]}}}}"}`).member("Id")
	b.call(alice, "AttachPolicy", `{"PolicyId":"`+id+`","TargetId":"`+root+`"}`)
	b.record("tag-policy", bob, "DescribeEffectivePolicy", `{"PolicyType":"TAG_POLICY"}`)
}

func delegation(b *book) {
	begin(b)
	join(b, bob)
	const service = `"ServicePrincipal":"config.amazonaws.com"`
	b.record("config", alice, "EnableAWSServiceAccess", `{`+service+`}`)
	b.record("config", alice, "ListAWSServiceAccessForOrganization", `{}`)
	b.record("member", alice, "RegisterDelegatedAdministrator", `{"AccountId":"`+bob+`",`+service+`}`)
	b.record("all-services", alice, "ListDelegatedAdministrators", `{}`)
	b.record("member", alice, "ListDelegatedServicesForAccount", `{"AccountId":"`+bob+`"}`)
	b.record("member", alice, "DeregisterDelegatedAdministrator", `{"AccountId":"`+bob+`",`+service+`}`)
	b.record("config", alice, "DisableAWSServiceAccess", `{`+service+`}`)
	b.record("new", alice, "PutResourcePolicy", `{"Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Read\",\"Effect\":\"Allow\",`+
		`\"Principal\":{\"AWS\":\"`+bob+`\"},\"Action\":\"organizations:ListAccounts\",\"Resource\":\"*\"}]}"}`)
	b.record("there", alice, "DescribeResourcePolicy", `{}`)
	b.record("there", alice, "DeleteResourcePolicy", `{}`)
	b.record("not-there", alice, "DescribeResourcePolicy", `{}`)
}

func transfers(b *book) {
	begin(b)
	b.call(bob, "CreateOrganization", `{}`)
	h := b.record("by-id", alice, "InviteOrganizationToTransferResponsibility",
		`{"Type":"BILLING","Target":{"Id":"`+bob+`","Type":"ACCOUNT"},"StartTimestamp":1796083200,"SourceName":"Bob's bill"}`).member("Id")
	b.record("transfer", bob, "AcceptHandshake", `{"HandshakeId":"`+h+`"}`)
	id := b.record("billing", alice, "ListInboundResponsibilityTransfers", `{"Type":"BILLING"}`).member("Id")
	b.record("billing", bob, "ListOutboundResponsibilityTransfers", `{"Type":"BILLING"}`)
	b.record("renamed", alice, "UpdateResponsibilityTransfer", `{"Id":"`+id+`","Name":"The bill of Bob"}`)
	b.record("accepted", alice, "DescribeResponsibilityTransfer", `{"Id":"`+id+`"}`)
}

// formOfRequests holds what a request is told that is no lawful call.
func formOfRequests(b *book) {
	begin(b)
	b.record("malformed-json", alice, "DescribeAccount", `{"AccountId":`)
	b.record("wrong-type", alice, "DescribeAccount", `{"AccountId":111111111111}`)
	b.record("missing-member", alice, "DescribeAccount", `{}`)
	b.record("broken-pattern", alice, "DescribeAccount", `{"AccountId":"alice"}`)
	b.record("unknown-value", carol, "CreateOrganization", `{"FeatureSet":"SOME"}`)
	b.record("foreign-token", alice, "ListAccounts", `{"NextToken":"AAAA"}`)
	b.record("unknown-operation", alice, "Describe", `{}`)
	request, a := b.exchange(strings.Replace(organizationsHead(alice, "ListRoots"), "Authorization: ", "X-Authorization: ", 1), `{}`)
	b.hold("ListRoots", "unsigned", request, a)
	request, a = b.exchange(strings.Replace(organizationsHead(alice, "ListRoots"), "x-amz-json-1.1", "json", 1), `{}`)
	b.hold("ListRoots", "wrong-content-type", request, a)
}

// nativeWireStyle holds some of the answers that differ from the documented ones.
func nativeWireStyle(b *book) {
	begin(b)
	h := b.record("native-by-address", alice, "InviteAccountToOrganization", `{"Target":{"Id":"bob@example.com","Type":"EMAIL"}}`).member("Id")
	b.record("native-invitation", bob, "AcceptHandshake", `{"HandshakeId":"`+h+`"}`)
	b.record("native-broken-pattern", bob, "AcceptHandshake", `{"HandshakeId":"h-1"}`)
}

func callers(b *book) {
	b.recordSTS("root-user", alice, "GetCallerIdentity", "")
	b.recordSTS("other-account", alice, "GetAccessKeyInfo", "&AccessKeyId=0000222222222222")
	b.recordSTS("missing-parameter", alice, "GetAccessKeyInfo", "")
	b.recordSTS("not-built", alice, "AssumeRole", "&RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FR&RoleSessionName=story")
}
