package iam_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/store"
	"accord/test/require"
)

// kinds are the kinds with their operations: what is made needs.
var kinds = []struct{ kind, member, more, prefix, missing, taken string }{
	{"User", "UserName", "", "AIDA", "The user with name %s cannot be found.", "User with name %s already exists."},
	{"Group", "GroupName", "", "AGPA", "The group with name %s cannot be found.", "Group with name %s already exists."},
	{"Role", "RoleName", "AssumeRolePolicyDocument=" + trust, "AROA", "The role with name %s cannot be found.", "Role with name %s already exists."},
	{"InstanceProfile", "InstanceProfileName", "", "AIPA", "Instance Profile %s cannot be found.", "Instance Profile %s already exists."},
}

// [seen: the texts, in moto and in public issues; recorded: names without case]
func TestAnIdentityIsMadeFoundAndDeleted(t *testing.T) {
	for _, k := range kinds[:require.Amount(1, len(kinds), len(kinds))] {
		f := open(t)
		segment := map[string]string{"InstanceProfile": "instance-profile"}[k.kind]
		if segment == "" {
			segment = strings.ToLower(k.kind)
		}
		named := func(name string) string { return k.member + "=" + name + " " }
		f.run(
			do("Get"+k.kind, named("Ann"), "NoSuchEntity: "+fmt.Sprintf(k.missing, "Ann")),
			do("Create"+k.kind, named("Ann")+"Path=/team/x/ "+k.more, "<Path>/team/x/</Path>", "Name>Ann</", "Id>"+k.prefix,
				"<Arn>arn:aws:iam::111111111111:"+segment+"/team/x/Ann</Arn>", "<CreateDate>2026-11-02T08:00:00Z</CreateDate>"),
			do("Create"+k.kind, named("aNN")+k.more, "EntityAlreadyExists: "+fmt.Sprintf(k.taken, "aNN")),
			do("Get"+k.kind, named("ANN"), "Name>Ann</"),
			do("List"+k.kind+"s", "", "Name>Ann</", "<IsTruncated>false</IsTruncated>"),
			do("List"+k.kind+"s", "PathPrefix=/team/", "Name>Ann</"),
		)
		if got := f.call("List"+k.kind+"s", "PathPrefix=/teams"); strings.Contains(got, "Ann") {
			t.Errorf("below another path: %s", got)
		}
		f.caller = root(bob)
		f.run(do("Get"+k.kind, named("Ann"), "NoSuchEntity"), do("Delete"+k.kind, named("Ann"), "NoSuchEntity"))
		f.caller = root(alice)
		f.run(do("Delete"+k.kind, named("ann")), do("Delete"+k.kind, named("Ann"), "NoSuchEntity: "+fmt.Sprintf(k.missing, "Ann")))
	}
}

// [AWS: the quotas; seen: the text]
func TestTheNumberOfIdentitiesIsLimited(t *testing.T) {
	for i, k := range kinds[:require.Amount(1, len(kinds), len(kinds))] {
		f := open(t, []string{"iam-users", "iam-groups", "iam-roles", "iam-instance-profiles"}[i]+" 1")
		want := "LimitExceeded: Cannot exceed quota for " + k.kind + "sPerAccount: 1"
		f.run(
			do("Create"+k.kind, k.member+"=a "+k.more), do("Create"+k.kind, k.member+"=b "+k.more, want),
			do("Delete"+k.kind, k.member+"=a"), do("Create"+k.kind, k.member+"=b "+k.more),
		)
	}
}

// [assumed: the order, by names without case]
func TestListsHavePages(t *testing.T) {
	f := open(t)
	for _, name := range []string{"b", "A", "d", "C", "e"} {
		f.run(do("CreateUser", "UserName="+name))
	}
	var pages []string
	for marker := ""; ; {
		page := f.call("ListUsers", "MaxItems=2"+marker)
		pages = append(pages, names(page, "UserName"))
		if !strings.Contains(page, "<IsTruncated>true</IsTruncated>") {
			break
		}
		marker = " Marker=" + value(t, page, "Marker")
	}
	if got := fmt.Sprint(pages); got != "[[A b] [C d] [e]]" {
		t.Errorf("the pages are %s", got)
	}
	marker := value(t, f.call("ListUsers", "MaxItems=2"), "Marker")
	f.run(
		// A marker may be used with another size. [recorded]
		do("ListUsers", "MaxItems=4 Marker="+marker, "<UserName>C</UserName>", "<UserName>e</UserName>"),
		do("ListUsers", "Marker=no", "ValidationError: Invalid Marker."),
		do("ListGroups", "Marker="+marker, "ValidationError: Invalid Marker."),
		do("ListUsers", "PathPrefix=/x Marker="+marker, "ValidationError: Invalid Marker."),
		do("ListUsers", "MaxItems=0", "ValidationError: 1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"),
	)
	f.caller = root(bob)
	f.run(do("ListUsers", "Marker="+marker, "ValidationError: Invalid Marker."))
}

func TestAUserOrGroupIsRenamed(t *testing.T) {
	require.Full(t)
	for _, k := range kinds[:2] {
		f := open(t)
		f.run(
			do("Create"+k.kind, k.member+"=a"), do("Create"+k.kind, k.member+"=b"),
			do("Update"+k.kind, k.member+"=a New"+k.member+"=B", "EntityAlreadyExists"),
			do("Update"+k.kind, k.member+"=a New"+k.member+"=A NewPath=/p/"),
			do("Get"+k.kind, k.member+"=a", "Name>A</", "<Path>/p/</Path>"),
			do("Update"+k.kind, k.member+"=a New"+k.member+"=c"), do("Get"+k.kind, k.member+"=a", "NoSuchEntity"), do("Get"+k.kind, k.member+"=c"),
		)
	}
}

// [AWS: tags in IAM; seen: the text of duplicates]
func TestTagsHaveKeysWithoutCase(t *testing.T) {
	require.Full(t)
	for _, k := range []int{0, 2, 3} {
		k := kinds[k]
		f := open(t, "iam-tags-per-resource 3")
		name := k.member + "=x "
		f.run(
			do("Create"+k.kind, name+"Tags.member.1.Key=a Tags.member.1.Value=1 Tags.member.2.Key=A Tags.member.2.Value=2 "+k.more,
				"InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."),
			do("Create"+k.kind, name+"Tags.member.1.Key=Zone Tags.member.1.Value=1 "+k.more, "<Tags><member><Key>Zone</Key><Value>1</Value></member></Tags>"),
			do("Tag"+k.kind, name+"Tags.member.1.Key=b Tags.member.1.Value= Tags.member.2.Key=zone Tags.member.2.Value=2"),
			do("List"+k.kind+"Tags", name, "<Tags><member><Key>zone</Key><Value>2</Value></member><member><Key>b</Key><Value></Value></member></Tags>"),
			do("List"+k.kind+"Tags", name+"MaxItems=1", "<Key>zone</Key>", "<IsTruncated>true</IsTruncated>"),
			do("Tag"+k.kind, name+"Tags.member.1.Key=aws:x Tags.member.1.Value=1", "InvalidInput"),
			do("Tag"+k.kind, name+"Tags.member.1.Key=c Tags.member.1.Value=1 Tags.member.2.Key=d Tags.member.2.Value=2", "LimitExceeded: Cannot exceed quota for TagsPerResource: 3"),
			do("Untag"+k.kind, name+"TagKeys.member.1=ZONE TagKeys.member.2=none"),
			do("List"+k.kind+"Tags", name, "<Tags><member><Key>b</Key><Value></Value></member></Tags>"),
			do("Get"+k.kind, name, "<Key>b</Key>"),
		)
	}
}

func TestMembershipsAreLimited(t *testing.T) {
	require.Full(t)
	f := open(t, "iam-groups-per-user 2")
	f.run(do("CreateUser", "UserName=u"), do("AddUserToGroup", "GroupName=g1 UserName=u", "NoSuchEntity: The group with name g1 cannot be found."))
	for _, g := range []string{"g1", "g2", "g3"} {
		f.run(do("CreateGroup", "GroupName="+g))
	}
	f.run(
		do("AddUserToGroup", "GroupName=g1 UserName=x", "NoSuchEntity: The user with name x cannot be found."),
		do("AddUserToGroup", "GroupName=g2 UserName=U"), do("AddUserToGroup", "GroupName=g1 UserName=u"), do("AddUserToGroup", "GroupName=G1 UserName=u"),
		do("AddUserToGroup", "GroupName=g3 UserName=u", "LimitExceeded: Cannot exceed quota for GroupsPerUser: 2"),
		do("ListGroupsForUser", "UserName=u", "<GroupName>g1</GroupName>", "<GroupName>g2</GroupName>"),
		do("GetGroup", "GroupName=g1", "<Users><member><Path>/</Path><UserName>u</UserName>"),
		do("DeleteUser", "UserName=u", "DeleteConflict: Cannot delete entity, must remove user from all groups first."),
		do("DeleteGroup", "GroupName=g1", "DeleteConflict: Cannot delete entity, must remove users from group first."),
		do("RemoveUserFromGroup", "GroupName=g3 UserName=u", "NoSuchEntity"),
		do("RemoveUserFromGroup", "GroupName=g1 UserName=u"), do("RemoveUserFromGroup", "GroupName=g2 UserName=u"),
		do("DeleteGroup", "GroupName=g1"), do("DeleteUser", "UserName=u"),
	)
}

func TestAnInstanceProfileHasOneRole(t *testing.T) {
	f := open(t)
	f.run(
		do("CreateInstanceProfile", "InstanceProfileName=p"), do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+trust),
		do("CreateRole", "RoleName=s AssumeRolePolicyDocument="+trust),
		do("AddRoleToInstanceProfile", "InstanceProfileName=p RoleName=r"),
		do("AddRoleToInstanceProfile", "InstanceProfileName=p RoleName=s", "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"),
		do("GetInstanceProfile", "InstanceProfileName=p", "<Roles><member>", "<RoleName>r</RoleName>"),
		do("ListInstanceProfilesForRole", "RoleName=r", "<InstanceProfileName>p</InstanceProfileName>"),
		do("DeleteRole", "RoleName=r", "DeleteConflict: Cannot delete entity, must remove roles from instance profile first."),
		do("DeleteInstanceProfile", "InstanceProfileName=p", "DeleteConflict"),
		do("RemoveRoleFromInstanceProfile", "InstanceProfileName=p RoleName=s", "NoSuchEntity"),
		do("RemoveRoleFromInstanceProfile", "InstanceProfileName=p RoleName=r"),
		do("DeleteInstanceProfile", "InstanceProfileName=p"), do("DeleteRole", "RoleName=r"),
	)
}

// [AWS: CreateRole; known: principals have to exist]
func TestATrustPolicyIsChecked(t *testing.T) {
	f := open(t)
	trusts := func(principal string) string {
		return url.PathEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`)
	}
	const user = "arn:aws:iam::222222222222:user/x/Bob"
	f.run(
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument=%7B", "MalformedPolicyDocument: "),
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+allow, "MalformedPolicyDocument: "),
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+trusts(user), `MalformedPolicyDocument: Invalid principal in policy: "AWS":"`+user+`"`),
		do("CreateRole", "RoleName=r Path=/aws-service-role/x/ AssumeRolePolicyDocument="+trust, "InvalidInput"),
		do("CreateRole", "RoleName=r MaxSessionDuration=60 AssumeRolePolicyDocument="+trust, "ValidationError"),
	)
	f.caller = root(bob)
	f.run(do("CreateUser", "UserName=Bob Path=/x/"))
	f.caller = root(alice)
	f.run(
		do("CreateRole", "RoleName=r Description=d MaxSessionDuration=7200 AssumeRolePolicyDocument="+trusts(user), "<MaxSessionDuration>7200</MaxSessionDuration>", "<Description>d</Description>"),
		do("UpdateRole", "RoleName=r Description=e"), do("GetRole", "RoleName=r", "<Description>e</Description>", "<MaxSessionDuration>7200</MaxSessionDuration>", "<RoleLastUsed></RoleLastUsed>"),
		do("UpdateRoleDescription", "RoleName=r Description=f", "<Description>f</Description>"),
		do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+allow, "MalformedPolicyDocument: "),
		do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+trust), do("GetRole", "RoleName=r", "<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22"),
	)
}

// [AWS: CreateAccessKey, UpdateAccessKey, GetAccessKeyLastUsed; seen: the texts]
func TestAccessKeysBelongToAUserOrToTheCaller(t *testing.T) {
	f := open(t)
	f.run(do("CreateUser", "UserName=u"))
	made := f.call("CreateAccessKey", "UserName=u")
	id := value(t, made, "AccessKeyId")
	f.run(
		do("CreateAccessKey", "UserName=u", "<Status>Active</Status>", "<SecretAccessKey>secret of AKIA"),
		do("CreateAccessKey", "UserName=u", "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"),
		do("UpdateAccessKey", "UserName=u Status=Inactive AccessKeyId="+id), do("ListAccessKeys", "UserName=u", "<Status>Inactive</Status>"),
		do("UpdateAccessKey", "UserName=u Status=Expired AccessKeyId="+id, "InvalidInput"),
		do("GetAccessKeyLastUsed", "AccessKeyId="+id, "<UserName>u</UserName>", "<ServiceName>N/A</ServiceName>"),
		do("DeleteAccessKey", "AccessKeyId="+id, "NoSuchEntity: The Access Key with id "+id+" cannot be found."),
		do("DeleteUser", "UserName=u", "DeleteConflict: Cannot delete entity, must delete access keys first."),
		do("DeleteAccessKey", "UserName=u AccessKeyId="+id), do("DeleteAccessKey", "UserName=u AccessKeyId="+id, "NoSuchEntity"),
		do("CreateAccessKey", "", "<AccessKeyId>AKIA"),
	)
	if list := f.call("ListAccessKeys", "UserName=u"); strings.Contains(list, "secret") {
		t.Errorf("a list shows a secret: %s", list)
	}
	user := value(t, f.call("GetUser", "UserName=u"), "UserId")
	f.caller = api.Caller{Account: alice, Principal: "arn:aws:iam::111111111111:user/u", UserID: user, Kind: api.IAMUser, Partition: "aws"}
	f.run(do("GetUser", "", "<UserName>u</UserName>"), do("ListAccessKeys", "", "<UserName>u</UserName>"))
	f.caller.Kind, f.caller.UserID = api.RoleSession, "AROAX:s"
	f.run(do("CreateAccessKey", "", "ValidationError: Must specify userName when calling with non-User credentials"))
	for _, record := range f.records() {
		if strings.Contains(record, "secret of") || strings.Contains(record, "sealed") {
			t.Errorf("a record shows a secret: %s", record)
		}
	}
}

// [AWS: CloudTrail, logging IAM calls]
func TestChangesAreRecorded(t *testing.T) {
	f := open(t)
	f.run(do("CreateUser", "UserName=Ann"), do("CreateAccessKey", "UserName=Ann"))
	all := strings.Join(f.records(), "\n")
	for _, want := range []string{
		`"eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1"`, `"requestParameters":{"userName":"Ann"}`,
		`"responseElements":{"user":{"path":"/","userName":"Ann","userId":"AIDA`, `"responseElements":{"accessKey":{"userName":"Ann","accessKeyId":"AKIA`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is in no record:\n%s", want, all)
		}
	}
}

// A decision of the permissions is kept for one version of an account.
func TestEveryChangeGivesTheAccountAnotherVersion(t *testing.T) {
	f := open(t)
	f.caller = root(bob)
	f.run(do("CreateUser", "UserName=b"))
	others := f.version(bob)
	f.caller = root(alice)
	const arn = "PolicyArn=arn:aws:iam::111111111111:policy/p "
	last := f.version(alice)
	for _, s := range []step{
		do("CreateUser", "UserName=u"), do("CreateGroup", "GroupName=g"), do("AddUserToGroup", "GroupName=g UserName=u"),
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+trust), do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+trust),
		do("CreatePolicy", "PolicyName=p PolicyDocument="+allow), do("CreatePolicyVersion", arn+"PolicyDocument="+allow),
		do("SetDefaultPolicyVersion", arn+"VersionId=v2"), do("DeletePolicyVersion", arn+"VersionId=v1"),
		do("AttachUserPolicy", "UserName=u "+arn), do("AttachGroupPolicy", "GroupName=g "+arn), do("AttachRolePolicy", "RoleName=r "+arn),
		do("PutUserPolicy", "UserName=u PolicyName=i PolicyDocument="+allow), do("DeleteUserPolicy", "UserName=u PolicyName=i"),
		do("PutUserPermissionsBoundary", "UserName=u PermissionsBoundary=arn:aws:iam::111111111111:policy/p"), do("DeleteUserPermissionsBoundary", "UserName=u"),
		do("TagUser", "UserName=u Tags.member.1.Key=k Tags.member.1.Value=v"), do("UntagUser", "UserName=u TagKeys.member.1=k"),
		do("CreateAccessKey", "UserName=u"), do("DetachUserPolicy", "UserName=u "+arn), do("RemoveUserFromGroup", "GroupName=g UserName=u"),
		do("UpdateUser", "UserName=u NewPath=/p/"), do("CreateAccountAlias", "AccountAlias=acme"),
	} {
		f.run(s)
		if now := f.version(alice); now <= last {
			t.Errorf("after %s the version is %d, and was %d", s.operation, now, last)
		} else {
			last = now
		}
	}
	if now := f.version(bob); now != others {
		t.Errorf("the version of another account is %d, and was %d", now, others)
	}
	f.run(do("GetUser", "UserName=u"), do("ListUsers", ""), do("CreateUser", "UserName=u", "EntityAlreadyExists"))
	if now := f.version(alice); now != last {
		t.Errorf("reads and a call that failed made the version %d, and it was %d", now, last)
	}
}

// A change that always loses against others is one that clients repeat, and no failure of
// the service. [AWS: common errors; ConcurrentModification where an operation has it]
func TestALostChangeIsRepeatedByClients(t *testing.T) {
	require.Long(t)
	f := open(t)
	f.run(do("CreateGroup", "GroupName=g"))
	f.refused = store.ErrDuplicate
	f.run(do("CreateUser", "UserName=u", "ConcurrentModification: "), do("DeleteGroup", "GroupName=g", "ServiceUnavailableException: "))
	f.refused = errors.New("broken")
	f.run(do("DeleteGroup", "GroupName=g", "ServiceFailure: "))
	f.refused = nil
	f.run(do("GetUser", "UserName=u", "NoSuchEntity"), do("DeleteGroup", "GroupName=g"))
}

// TestATrustPolicyKeepsWhomItNamed: the user, the role or the role of the session that the
// ARN named when the policy was saved, also under another name, and nobody who comes after
// one that was deleted. It is shown with the ARN of whom it names, and with the ID of one that
// is gone, wherever roles are shown. [AWS: IAM JSON policy elements: Principal]
func TestATrustPolicyKeepsWhomItNamed(t *testing.T) {
	f := open(t)
	encoded := func(principals ...string) string {
		return strings.ReplaceAll(url.QueryEscape(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["`+
			strings.Join(principals, `","`)+`"]}}}`), "+", "%20")
	}
	const user, renamed, role = "arn:aws:iam::" + alice + ":user/a/jane", "arn:aws:iam::" + alice + ":user/b/joan", "arn:aws:iam::" + alice + ":role/helper"
	const session = "arn:aws:sts::" + alice + ":assumed-role/helper/s"
	shown := func(want string) []step {
		return []step{
			do("GetRole", "RoleName=r", want), do("ListRoles", "", want), do("GetInstanceProfile", "InstanceProfileName=p", want),
			do("GetAccountAuthorizationDetails", "", want), do("UpdateRoleDescription", "RoleName=r Description=d", want),
		}
	}
	f.run(
		do("CreateUser", "UserName=jane Path=/a/"), do("CreateRole", "RoleName=helper AssumeRolePolicyDocument="+trust),
		do("CreateRole", "RoleName=r AssumeRolePolicyDocument="+encoded(user), encoded(user)),
		do("CreateInstanceProfile", "InstanceProfileName=p"), do("AddRoleToInstanceProfile", "InstanceProfileName=p RoleName=r"),
	)
	f.run(shown(encoded(user))...)
	f.run(do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+encoded(user, bob, role, session)))
	f.run(shown(encoded(user, bob, role, session))...)
	f.run(do("UpdateUser", "UserName=jane NewUserName=joan NewPath=/b/"))
	f.run(shown(encoded(renamed, bob, role, session))...)
	helper, joan := value(t, f.call("GetRole", "RoleName=helper"), "RoleId"), value(t, f.call("GetUser", "UserName=joan"), "UserId")
	f.run(do("DeleteUser", "UserName=joan"), do("DeleteRole", "RoleName=helper"))
	f.run(shown(encoded(joan, bob, helper, helper+":s"))...)
	f.run(do("CreateUser", "UserName=joan Path=/b/"), do("CreateRole", "RoleName=helper AssumeRolePolicyDocument="+trust))
	f.run(shown(encoded(joan, bob, helper, helper+":s"))...)
	f.run(
		// Nobody can be named by an ID. [assumed]
		do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+encoded(joan), `MalformedPolicyDocument: Invalid principal in policy: "AWS":"`+joan+`"`),
		do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+encoded("arn:aws:sts::"+alice+":assumed-role/nobody/s"), `MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:sts::`+alice+`:assumed-role/nobody/s"`),
		do("UpdateAssumeRolePolicy", "RoleName=r PolicyDocument="+encoded(renamed, role)),
	)
	f.run(shown(encoded(renamed, role))...)
}
