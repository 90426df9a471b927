package iam_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"accord/internal/iam/managed"
	"accord/test/require"
)

const own = "arn:aws:iam::111111111111:policy/"

// holders are the kinds that have policies, with the name of their member.
var holders = []struct{ kind, member, more, size string }{
	{"User", "UserName", "", "iam-user-policy-size"},
	{"Group", "GroupName", "", "iam-group-policy-size"},
	{"Role", "RoleName", "AssumeRolePolicyDocument=" + trust, "iam-role-policy-size"},
}

// [seen: the texts; AWS: sizes without white space]
func TestInlinePolicies(t *testing.T) {
	spaced := url.PathEscape(`{"Version":"2012-10-17",   "Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	for _, h := range holders[:require.Amount(1, len(holders), len(holders))] {
		f := open(t, h.size+" 200")
		name := h.member + "=x "
		policy := func(verb string) string { return verb + h.kind + "Policy" }
		f.run(
			do(policy("Put"), name+"PolicyName=p PolicyDocument="+allow, "NoSuchEntity"),
			do("Create"+h.kind, name+h.more),
			do(policy("Get"), name+"PolicyName=p", "NoSuchEntity: The "+strings.ToLower(h.kind)+" policy with name p cannot be found."),
			do(policy("Put"), name+"PolicyName=p PolicyDocument=%7B%7D", "MalformedPolicyDocument: "),
			do(policy("Put"), name+"PolicyName=p PolicyDocument="+allow), do(policy("Put"), name+"PolicyName=P PolicyDocument="+spaced),
			do(policy("Get"), name+"PolicyName=p", "<PolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%20%20%20%22Statement%22"),
			do(policy("Put"), name+"PolicyName=a PolicyDocument="+allow),
			do(policy("Put"), name+"PolicyName=c PolicyDocument="+allow, "LimitExceeded: Maximum policy size of 200 bytes exceeded for "+strings.ToLower(h.kind)+" x"),
			do("List"+h.kind+"Policies", name, "<PolicyNames><member>a</member><member>p</member></PolicyNames>"),
			do("List"+h.kind+"Policies", name+"MaxItems=1", "<PolicyNames><member>a</member></PolicyNames>", "<IsTruncated>true"),
			do("Delete"+h.kind, name, "DeleteConflict: Cannot delete entity, must delete policies first."),
			do(policy("Delete"), name+"PolicyName=none", "NoSuchEntity"), do(policy("Delete"), name+"PolicyName=A"), do(policy("Delete"), name+"PolicyName=p"),
			do("Delete"+h.kind, name),
		)
	}
}

// [seen: the texts; AWS: attach twice]
func TestManagedPoliciesAreAttached(t *testing.T) {
	for _, h := range holders[:require.Amount(1, len(holders), len(holders))] {
		f := open(t, "iam-policies-per-"+strings.ToLower(h.kind)+" 2")
		name := h.member + "=x "
		attach, detach, list := "Attach"+h.kind+"Policy", "Detach"+h.kind+"Policy", "ListAttached"+h.kind+"Policies"
		const admin = "PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess"
		f.run(
			do("Create"+h.kind, name+h.more),
			do(attach, name+"PolicyArn="+own+"none", "NoSuchEntity: Policy "+own+"none does not exist or is not attachable."),
			do(attach, name+"PolicyArn=arn:aws:iam::222222222222:policy/none", "NoSuchEntity"),
			do(attach, name+"PolicyArn=arn:aws:s3:::policy/none", "InvalidInput: ARN arn:aws:s3:::policy/none is not valid."),
			do(attach, name+"PolicyArn=arn:aws:iam::aws:policy/aws-service-role/AWSOrganizationsServiceTrustPolicy", "PolicyNotAttachable"),
			do(detach, name+admin, "NoSuchEntity: Policy arn:aws:iam::aws:policy/AdministratorAccess was not found."),
			do("CreatePolicy", "PolicyName=p Path=/x/ PolicyDocument="+allow),
			do(attach, name+"PolicyArn="+own+"x/p"), do(attach, name+admin), do(attach, name+admin),
			do(attach, name+"PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess", "LimitExceeded: Cannot exceed quota for PoliciesPer"+h.kind+": 2"),
			do(list, name, "<AttachedPolicies><member><PolicyName>AdministratorAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn></member><member><PolicyName>p</PolicyName>"),
			do(list, name+"PathPrefix=/x/", "<AttachedPolicies><member><PolicyName>p</PolicyName>"),
			do("GetPolicy", "PolicyArn="+own+"x/p", "<AttachmentCount>1</AttachmentCount>"),
			do("GetPolicy", "PolicyArn="+own+"p", "NoSuchEntity: Policy "+own+"p was not found."),
			do("ListEntitiesForPolicy", "PolicyArn="+own+"x/p", "<"+h.kind+"Name>x</"+h.kind+"Name>"),
			do("DeletePolicy", "PolicyArn="+own+"x/p", "DeleteConflict: Cannot delete a policy attached to entities."),
			do("Delete"+h.kind, name, "DeleteConflict: Cannot delete entity, must detach all policies first."),
			do(detach, name+admin), do(detach, name+"PolicyArn="+own+"x/p"), do("DeletePolicy", "PolicyArn="+own+"x/p"), do("Delete"+h.kind, name),
		)
	}
}

// [seen: the texts; AWS: versions of managed policies]
func TestAManagedPolicyHasVersions(t *testing.T) {
	f := open(t, "iam-managed-policy-size 100", "iam-policies 1")
	const arn = "PolicyArn=" + own + "p "
	long := url.PathEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","ec2:*","lambda:*","iam:*"],"Resource":"*"}]}`)
	f.run(
		do("CreatePolicy", "PolicyName=p Description=d PolicyDocument="+allow, "<PolicyId>ANPA", "<Arn>"+own+"p</Arn>", "<DefaultVersionId>v1<", "<IsAttachable>true<"),
		do("CreatePolicy", "PolicyName=P PolicyDocument="+allow, "EntityAlreadyExists: A policy called P already exists. Duplicate names are not allowed."),
		do("CreatePolicy", "PolicyName=q PolicyDocument="+long, "LimitExceeded: Maximum policy size of 100 bytes exceeded for policy q"),
		do("CreatePolicy", "PolicyName=q PolicyDocument="+allow, "LimitExceeded: Cannot exceed quota for PoliciesPerAccount: 1"),
		do("GetPolicy", arn, "<Description>d</Description>"),
	)
	for n := 2; n <= 5; n++ {
		f.run(do("CreatePolicyVersion", arn+"PolicyDocument="+allow, fmt.Sprintf("<VersionId>v%d</VersionId><IsDefaultVersion>false<", n)))
	}
	f.run(
		do("CreatePolicyVersion", arn+"PolicyDocument="+allow,
			"LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."),
		do("DeletePolicyVersion", arn+"VersionId=v1", "DeleteConflict: Cannot delete the default version of a policy."),
		do("SetDefaultPolicyVersion", arn+"VersionId=v9", "NoSuchEntity: Policy "+own+"p version v9 does not exist or is not attachable."),
		do("SetDefaultPolicyVersion", arn+"VersionId=v5"), do("DeletePolicyVersion", arn+"VersionId=v1"),
		// Numbers are never used again.
		do("CreatePolicyVersion", arn+"SetAsDefault=true PolicyDocument="+allow, "<VersionId>v6</VersionId><IsDefaultVersion>true<"),
		do("GetPolicyVersion", arn+"VersionId=v6", "<Document>%7B%22Version%22", "<IsDefaultVersion>true<"),
		do("GetPolicyVersion", arn+"VersionId=v1", "NoSuchEntity"),
		do("DeletePolicy", arn, "DeleteConflict: This policy has more than one version."),
	)
	if got := names(f.call("ListPolicyVersions", arn), "VersionId"); got != "[v6 v5 v4 v3 v2]" {
		t.Errorf("the versions are %s", got)
	}
	for n := 2; n <= 5; n++ {
		f.run(do("DeletePolicyVersion", fmt.Sprintf("%sVersionId=v%d", arn, n)))
	}
	f.run(
		do("TagPolicy", arn+"Tags.member.1.Key=k Tags.member.1.Value=v"), do("ListPolicyTags", arn, "<Key>k</Key>"), do("UntagPolicy", arn+"TagKeys.member.1=K"),
		do("DeletePolicy", arn), do("GetPolicy", arn, "NoSuchEntity"), do("CreatePolicy", "PolicyName=p PolicyDocument="+allow, "<DefaultVersionId>v1<"),
	)
}

func TestAPermissionsBoundaryIsUsed(t *testing.T) {
	require.Full(t)
	f := open(t)
	f.run(do("CreatePolicy", "PolicyName=b PolicyDocument="+allow))
	for _, h := range []int{0, 2} {
		h := holders[h]
		name := h.member + "=x "
		f.run(
			do("Create"+h.kind, name+"PermissionsBoundary="+own+"none "+h.more, "NoSuchEntity: Scope ARN: "+own+"none does not exist or is not attachable."),
			do("Create"+h.kind, name+"PermissionsBoundary="+own+"b "+h.more, "<PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>"+own+"b<"),
			do("ListEntitiesForPolicy", "PolicyUsageFilter=PermissionsBoundary PolicyArn="+own+"b", "<"+h.kind+"Name>x<"),
			do("GetPolicy", "PolicyArn="+own+"b", "<PermissionsBoundaryUsageCount>1<"),
			do("DeletePolicy", "PolicyArn="+own+"b", "DeleteConflict"),
			do("Put"+h.kind+"PermissionsBoundary", name+"PermissionsBoundary=arn:aws:iam::aws:policy/ReadOnlyAccess"),
			do("Get"+h.kind, name, "arn:aws:iam::aws:policy/ReadOnlyAccess"), do("GetPolicy", "PolicyArn="+own+"b", "<PermissionsBoundaryUsageCount>0<"),
			do("Delete"+h.kind+"PermissionsBoundary", name),
			do("Delete"+h.kind+"PermissionsBoundary", name, "NoSuchEntity"), do("Delete"+h.kind, name),
		)
	}
}

// [AWS: AWS Managed Policy Reference]
func TestThePoliciesOfAWSAreThere(t *testing.T) {
	require.Full(t)
	f := open(t)
	for _, name := range []string{
		"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "job-function/ViewOnlyAccess", "job-function/Billing", "IAMFullAccess",
		"IAMReadOnlyAccess", "AWSOrganizationsFullAccess", "AWSOrganizationsReadOnlyAccess", "aws-service-role/AWSOrganizationsServiceTrustPolicy",
		"AWSSupportAccess", "service-role/AWSLambdaBasicExecutionRole", "root-task/S3UnlockBucketPolicy",
	} {
		arn := "PolicyArn=arn:aws:iam::aws:policy/" + name
		got := f.call("GetPolicy", arn)
		f.run(do("GetPolicyVersion", arn+" VersionId="+value(t, got, "DefaultVersionId"), "<Document>%7B", "<IsDefaultVersion>true<"))
	}
	f.run(
		do("GetPolicyVersion", "PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess VersionId=v1",
			url.QueryEscape(`{"Action":"*","Effect":"Allow","Resource":"*"}`)),
		do("GetPolicy", "PolicyArn=arn:aws:iam::aws:policy/ViewOnlyAccess", "NoSuchEntity"),
		do("DeletePolicy", "PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess", "AccessDenied: "),
		do("CreatePolicyVersion", "PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess PolicyDocument="+allow, "AccessDenied: "),
	)
	seen := map[string]bool{}
	for i, p := range managed.All() {
		if seen[p.ID] || managed.ByID(p.ID) == nil || managed.ByName(p.Path, strings.ToUpper(p.Name)).ID != p.ID || p.Updated.Before(p.Created) {
			t.Errorf("policy %d, %s, is not found by what it is called", i, p.Name)
		}
		seen[p.ID] = true
	}
	if len(seen) < 1000 {
		t.Errorf("there are %d policies", len(seen))
	}
}

// [assumed: the order]
func TestPoliciesAreListedByTheirOwners(t *testing.T) {
	require.Full(t)
	f := open(t)
	f.run(
		do("CreatePolicy", "PolicyName=b PolicyDocument="+allow), do("CreatePolicy", "PolicyName=A Path=/x/ PolicyDocument="+allow), do("CreateUser", "UserName=u"),
		do("AttachUserPolicy", "UserName=u PolicyArn="+own+"b"), do("AttachUserPolicy", "UserName=u PolicyArn=arn:aws:iam::aws:policy/AmazonS3FullAccess"),
		do("PutUserPermissionsBoundary", "UserName=u PermissionsBoundary="+own+"x/A"),
	)
	for parameters, want := range map[string]string{
		"Scope=Local": "[A b]", "Scope=Local PathPrefix=/x/": "[A]", "OnlyAttached=true": "[A b AmazonS3FullAccess]", "Scope=AWS OnlyAttached=true": "[AmazonS3FullAccess]",
		"PolicyUsageFilter=PermissionsBoundary": "[A]", "PolicyUsageFilter=PermissionsPolicy": "[b AmazonS3FullAccess]",
	} {
		if got := names(f.call("ListPolicies", parameters), "PolicyName"); got != want {
			t.Errorf("%s: %s, want %s", parameters, got, want)
		}
	}
	count, marker := 0, ""
	for {
		page := f.call("ListPolicies", "MaxItems=400"+marker)
		count += len(regexp.MustCompile("<PolicyName>").FindAllString(page, -1))
		if !strings.Contains(page, "<IsTruncated>true<") {
			break
		}
		marker = " Marker=" + value(t, page, "Marker")
	}
	if want := len(managed.All()) + 2; count != want {
		t.Errorf("all pages have %d policies, want %d", count, want)
	}
}

// [AWS: CreateAccountAlias]
func TestAnAccountHasOneAlias(t *testing.T) {
	require.Full(t)
	f := open(t)
	f.run(
		do("ListAccountAliases", "", "<AccountAliases></AccountAliases>"), do("CreateAccountAlias", "AccountAlias=first"), do("CreateAccountAlias", "AccountAlias=acme-1"),
		do("CreateAccountAlias", "AccountAlias=acme-1"), do("ListAccountAliases", "", "<AccountAliases><member>acme-1</member></AccountAliases>"),
	)
	for _, name := range []string{"ab", "Acme", "-acme", "acme-", "a--b", "a_b"} {
		f.run(do("CreateAccountAlias", "AccountAlias="+name, "ValidationError: "))
	}
	f.caller = root(bob)
	f.run(
		do("CreateAccountAlias", "AccountAlias=acme-1", "EntityAlreadyExists: The account alias acme-1 already exists."),
		do("DeleteAccountAlias", "AccountAlias=acme-1", "NoSuchEntity"), do("CreateAccountAlias", "AccountAlias=first"),
	)
	f.caller = root(alice)
	f.run(do("DeleteAccountAlias", "AccountAlias=acme-1"), do("ListAccountAliases", "", "<AccountAliases></AccountAliases>"))
}

// [AWS: GetAccountSummary]
func TestTheSummaryCounts(t *testing.T) {
	f := open(t, "iam-users 7")
	f.run(
		do("CreateUser", "UserName=a"), do("CreateUser", "UserName=b"), do("DeleteUser", "UserName=a"), do("CreateGroup", "GroupName=g"),
		do("CreatePolicy", "PolicyName=p PolicyDocument="+allow), do("CreatePolicyVersion", "PolicyArn="+own+"p PolicyDocument="+allow), do("CreateAccessKey", ""),
	)
	entry := func(key string, number int) string {
		return fmt.Sprintf("<entry><key>%s</key><value>%d</value></entry>", key, number)
	}
	f.run(do("GetAccountSummary", "", "<SummaryMap>"+entry("AccessKeysPerUserQuota", 2), entry("Users", 1), entry("UsersQuota", 7), entry("Groups", 1),
		entry("Roles", 0), entry("Policies", 1), entry("PolicyVersionsInUse", 2), entry("AccountAccessKeysPresent", 1), entry("AccountMFAEnabled", 0)))
}

// [AWS: GetAccountAuthorizationDetails]
func TestTheDetailsShowEverythingInPages(t *testing.T) {
	require.Full(t)
	f := open(t)
	f.run(
		do("CreateUser", "UserName=u Tags.member.1.Key=k Tags.member.1.Value=v"), do("CreateGroup", "GroupName=g"), do("AddUserToGroup", "GroupName=g UserName=u"),
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+trust), do("PutRolePolicy", "RoleName=r PolicyName=i PolicyDocument="+allow),
		do("CreateInstanceProfile", "InstanceProfileName=ip"), do("AddRoleToInstanceProfile", "InstanceProfileName=ip RoleName=r"),
		do("CreatePolicy", "PolicyName=p PolicyDocument="+allow), do("AttachUserPolicy", "UserName=u PolicyArn="+own+"p"),
		do("AttachGroupPolicy", "GroupName=g PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess"),
		do("GetAccountAuthorizationDetails", "", "<GroupList><member>g</member></GroupList>", "<RolePolicyList><member><PolicyName>i<", "<InstanceProfileName>ip<",
			"<PolicyName>p</PolicyName>", "<PolicyVersionList><member><Document>%7B", "<PolicyName>ReadOnlyAccess</PolicyName>", "<Key>k</Key>"),
		do("GetAccountAuthorizationDetails", "Filter.member.1=User Filter.member.2=AWSManagedPolicy", "<UserName>u<", "<RoleDetailList></RoleDetailList>", "<PolicyName>ReadOnlyAccess<"),
	)
	var pages []string
	for marker := ""; ; {
		page := f.call("GetAccountAuthorizationDetails", "MaxItems=1"+marker)
		pages = append(pages, regexp.MustCompile(`<(User|Group|Role|Policies)(DetailList)?><member>`).FindStringSubmatch(page)[1])
		if !strings.Contains(page, "<IsTruncated>true<") {
			break
		}
		marker = " Marker=" + value(t, page, "Marker")
	}
	if got := fmt.Sprint(pages); got != "[User Group Role Policies Policies]" {
		t.Errorf("the pages are %s", got)
	}
}
