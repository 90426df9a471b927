package iam_test

import (
	"context"
	"strings"
	"testing"

	"accord/internal/ident"
	"accord/internal/store"
)

const (
	scaling       = "AWSServiceRoleForAutoScaling_blue"
	organizations = "AWSServiceRoleForOrganizations"
)

// [AWS: CreateServiceLinkedRole, and the pages of the services; assumed: services that the
// table lacks]
func TestAServiceLinkedRoleHasTheNameOfItsService(t *testing.T) {
	for _, c := range []struct{ principal, more, name, policy string }{
		{"autoscaling.amazonaws.com", "CustomSuffix=blue", scaling, "AutoScalingServiceRolePolicy"},
		{"ecs.amazonaws.com", "", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"},
		{"member.org.stacksets.cloudformation.amazonaws.com", "", "AWSServiceRoleForCloudFormationStackSetsOrgMember", "CloudFormationStackSetsOrgMemberServiceRolePolicy"},
		{"organizations.amazonaws.com", "", organizations, "AWSOrganizationsServiceTrustPolicy"},
		{"new-thing.amazonaws.com", "", "AWSServiceRoleForNewThing", ""},
		{"part.new-thing.amazonaws.com", "CustomSuffix=x", "AWSServiceRoleForNewThing_Part_x", ""},
	} {
		f := open(t)
		f.run(
			do("CreateServiceLinkedRole", "Description=why AWSServiceName="+c.principal+" "+c.more,
				"<Path>/aws-service-role/"+c.principal+"/</Path>", "<RoleName>"+c.name+"</", "<Description>why</", "%22Service%22%3A%22"+c.principal+"%22"),
			do("GetRole", "RoleName="+c.name, "/"+c.principal+"/"+c.name+"</Arn>"),
			do("CreateServiceLinkedRole", "AWSServiceName="+c.principal+" "+c.more,
				"InvalidInput: Service role name "+c.name+" has been taken in this account, please try a different suffix."),
		)
		want := "[" + c.policy + "]"
		if got := names(f.call("ListAttachedRolePolicies", "RoleName="+c.name), "PolicyName"); got != want {
			t.Errorf("%s has %s, want %s", c.name, got, want)
		}
	}
}

func TestAServiceLinkedRoleThatIsRefused(t *testing.T) {
	f := open(t)
	for _, c := range []struct{ parameters, want string }{
		{"AWSServiceName=ecs.amazonaws.com CustomSuffix=x", "InvalidInput: Custom suffix is not allowed for ecs.amazonaws.com"},
		{"AWSServiceName=ecs", "InvalidInput: ecs has no service-linked roles."},
		{"AWSServiceName=a..amazonaws.com", "InvalidInput: a..amazonaws.com has no service-linked roles."},
		{"AWSServiceName=-.amazonaws.com", "InvalidInput: -.amazonaws.com has no service-linked roles."},
		{"AWSServiceName=ECS.amazonaws.com", "InvalidInput: ECS.amazonaws.com has no service-linked roles."},
		{"AWSServiceName=x@y.amazonaws.com", "InvalidInput: x@y.amazonaws.com has no service-linked roles."},
		{"AWSServiceName=autoscaling.amazonaws.com CustomSuffix=" + strings.Repeat("x", 36), "InvalidInput: The role name AWSServiceRoleForAutoScaling_"},
	} {
		f.run(do("CreateServiceLinkedRole", c.parameters, c.want))
	}
	if got := names(f.call("ListRoles", ""), "RoleName"); got != "[]" {
		t.Errorf("there are %s", got)
	}
}

// [AWS: editing a service-linked role; known: the text]
func TestOfAServiceLinkedRoleCustomersChangeDescriptionAndTags(t *testing.T) {
	f := open(t)
	f.run(do("CreateServiceLinkedRole", "AWSServiceName=autoscaling.amazonaws.com CustomSuffix=blue"))
	protected := "UnmodifiableEntity: Cannot perform the operation on the protected role '" + scaling + "' - this role is only modifiable by AWS"
	named := "RoleName=" + scaling + " "
	f.run(
		do("UpdateRole", named+"Description=new"), do("GetRole", named, "<Description>new</"),
		do("UpdateRoleDescription", named+"Description=newer", "<Description>newer</"),
		do("TagRole", named+"Tags.member.1.Key=a Tags.member.1.Value=b"), do("ListRoleTags", named, "<Key>a</"),
		do("UntagRole", named+"TagKeys.member.1=A"),
		do("UpdateRole", named+"MaxSessionDuration=7200", protected),
		do("UpdateAssumeRolePolicy", named+"PolicyDocument="+trust, protected),
		do("AttachRolePolicy", named+"PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess", protected),
		do("DetachRolePolicy", named+"PolicyArn=arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy", protected),
		do("PutRolePolicy", named+"PolicyName=p PolicyDocument="+allow, protected),
		do("PutRolePermissionsBoundary", named+"PermissionsBoundary=arn:aws:iam::aws:policy/ReadOnlyAccess", protected),
		do("DeleteRole", named, protected),
	)
}

// [AWS: DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus]
func TestAServiceLinkedRoleIsDeletedByATask(t *testing.T) {
	f := open(t)
	f.run(
		do("CreateRole", "RoleName=plain AssumeRolePolicyDocument="+trust),
		do("DeleteServiceLinkedRole", "RoleName=plain", "NoSuchEntity: The role with name plain cannot be found."),
		do("GetServiceLinkedRoleDeletionStatus", "DeletionTaskId=x", "InvalidInput: x is not the ID of a deletion task."),
		do("CreateServiceLinkedRole", "AWSServiceName=autoscaling.amazonaws.com CustomSuffix=blue"),
	)
	task := value(t, f.call("DeleteServiceLinkedRole", "RoleName="+strings.ToLower(scaling)), "DeletionTaskId")
	if !strings.HasPrefix(task, "task/aws-service-role/autoscaling.amazonaws.com/"+scaling+"/") {
		t.Errorf("the task is %s", task)
	}
	f.run(
		do("GetServiceLinkedRoleDeletionStatus", "DeletionTaskId="+task, "<Status>SUCCEEDED</Status>"),
		do("GetRole", "RoleName="+scaling, "NoSuchEntity"),
		do("DeleteServiceLinkedRole", "RoleName="+scaling, "NoSuchEntity"),
	)
	f.caller = root(bob)
	f.run(do("GetServiceLinkedRoleDeletionStatus", "DeletionTaskId="+task, "NoSuchEntity: The deletion task "+task+" cannot be found."))
}

// A role of that name that a customer made would keep the account out of every
// organization. [AWS: Organizations, InvalidInputException; assumed for IAM]
func TestTheNamesOfServiceLinkedRolesAreReserved(t *testing.T) {
	f := open(t)
	f.run(
		do("CreateRole", "RoleName=awsServiceRoleFororganizations AssumeRolePolicyDocument="+trust,
			"InvalidInput: The role name awsServiceRoleFororganizations begins with AWSServiceRoleFor, which is reserved for service-linked roles."),
		do("CreateRole", "RoleName=x Path=/aws-service-role/ecs.amazonaws.com/ AssumeRolePolicyDocument="+trust,
			"InvalidInput: The path /aws-service-role/ecs.amazonaws.com/ is reserved for service-linked roles."),
	)
}

// [AWS: service-linked roles of Organizations]
func TestTheRoleOfOrganizationsIsDeletedWhereNothingNeedsIt(t *testing.T) {
	f := open(t)
	recorded := func() (there bool) {
		if err := f.store.View(context.Background(), func(v *store.View) error {
			a, err := v.Account(ident.AccountID(alice))
			there = a.ServiceLinkedRole
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return there
	}
	for range 2 {
		f.run(do("CreateServiceLinkedRole", "AWSServiceName=organizations.amazonaws.com", "<RoleName>"+organizations+"</"))
		if !recorded() {
			t.Error("the account does not know that it has the role")
		}
		task := value(t, f.call("DeleteServiceLinkedRole", "RoleName="+organizations), "DeletionTaskId")
		f.run(do("GetServiceLinkedRoleDeletionStatus", "DeletionTaskId="+task, "<Status>SUCCEEDED</Status>"))
		if recorded() {
			t.Error("the account does not know that it lacks the role")
		}
	}
}
