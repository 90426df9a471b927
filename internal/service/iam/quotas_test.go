package iam_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// atOnce calls from many clients at once, and counts the calls that succeed. The others
// have to fail with an error of a list.
func (f *fixture) atOnce(number int, operation string, parameters func(n int) string, errors ...string) (succeeded int) {
	f.Helper()
	answers := make([]string, number)
	var clients sync.WaitGroup
	for n := range number {
		clients.Go(func() { answers[n] = f.call(operation, parameters(n)) })
	}
	clients.Wait()
	for n, answer := range answers {
		code, _, failed := strings.Cut(answer, ": ")
		switch {
		case !failed || strings.HasPrefix(answer, "<"):
			succeeded++
		case !strings.Contains(strings.Join(errors, " "), code):
			f.Errorf("%s %s: %s", operation, parameters(n), answer)
		}
	}
	return succeeded
}

// [AWS: IAM quotas]
func TestNoQuotaIsExceededByClientsAtOnce(t *testing.T) {
	f := open(t)
	f.run(do("CreateUser", "UserName=u"), do("CreateGroup", "GroupName=g"), do("CreateInstanceProfile", "InstanceProfileName=i"),
		do("CreatePolicy", "PolicyName=versions PolicyDocument="+allow))
	for n := range 12 {
		f.run(do("CreatePolicy", fmt.Sprintf("PolicyName=p%d PolicyDocument=%s", n, allow)), do("CreateGroup", fmt.Sprintf("GroupName=g%d", n)),
			do("CreateRole", fmt.Sprintf("RoleName=r%d AssumeRolePolicyDocument=%s", n, trust)))
	}
	const policy = "PolicyArn=arn:aws:iam::111111111111:policy/"
	for _, c := range []struct {
		operation, parameters string
		limit                 int
		list, of, element     string
		there                 int
	}{
		{"CreateAccessKey", "UserName=u", 2, "ListAccessKeys", "UserName=u", "AccessKeyId", 2},
		{"AttachUserPolicy", "UserName=u " + policy + "p%d", 10, "ListAttachedUserPolicies", "UserName=u", "PolicyName", 10},
		{"AttachGroupPolicy", "GroupName=g " + policy + "p%d", 10, "ListAttachedGroupPolicies", "GroupName=g", "PolicyName", 10},
		{"AttachRolePolicy", "RoleName=r0 " + policy + "p%d", 10, "ListAttachedRolePolicies", "RoleName=r0", "PolicyName", 10},
		{"CreatePolicyVersion", policy + "versions PolicyDocument=" + allow, 4, "ListPolicyVersions", policy + "versions", "VersionId", 5},
		{"AddUserToGroup", "UserName=u GroupName=g%d", 10, "ListGroupsForUser", "UserName=u", "GroupName", 10},
		{"AddRoleToInstanceProfile", "InstanceProfileName=i RoleName=r%d", 1, "GetInstanceProfile", "InstanceProfileName=i", "RoleName", 1},
	} {
		succeeded := f.atOnce(12, c.operation, func(n int) string { return strings.ReplaceAll(c.parameters, "%d", fmt.Sprint(n)) }, "LimitExceeded")
		there := len(strings.Fields(names(f.call(c.list, c.of), c.element)))
		if succeeded != c.limit || there != c.there {
			t.Errorf("%s: %d of 12 succeeded, want %d; there are %d, want %d", c.operation, succeeded, c.limit, there, c.there)
		}
	}
}

func TestANameIsTakenOnceByClientsAtOnce(t *testing.T) {
	f := open(t)
	for n := range 8 {
		f.run(do("CreateGroup", fmt.Sprintf("GroupName=from%d", n)))
	}
	for _, c := range []struct{ operation, parameters, lost string }{
		{"CreateUser", "UserName=NAME%d", "EntityAlreadyExists"},
		{"CreateRole", "RoleName=NAME%d AssumeRolePolicyDocument=" + trust, "EntityAlreadyExists"},
		{"CreatePolicy", "PolicyName=NAME%d PolicyDocument=" + allow, "EntityAlreadyExists"},
		{"CreateServiceLinkedRole", "AWSServiceName=organizations.amazonaws.com", "InvalidInput"},
		{"UpdateGroup", "GroupName=from%d NewGroupName=NAME%d", "EntityAlreadyExists"},
		{"DeleteServiceLinkedRole", "RoleName=" + organizations, "NoSuchEntity"},
	} {
		succeeded := f.atOnce(8, c.operation, func(n int) string {
			// Half of them write the name in another case.
			name := []string{"name", "Name"}[n%2]
			return strings.ReplaceAll(strings.ReplaceAll(c.parameters, "NAME%d", name), "%d", fmt.Sprint(n))
		}, c.lost)
		if succeeded != 1 {
			t.Errorf("%s: %d succeeded", c.operation, succeeded)
		}
	}
}

// What is deleted has nothing that stays: the rows are checked at the end of the test.
func TestWhatIsDeletedGetsNothingAtTheSameTime(t *testing.T) {
	f := open(t)
	const policy = "PolicyArn=arn:aws:iam::111111111111:policy/"
	for round := range 6 {
		u := fmt.Sprintf("u%d", round)
		f.run(do("CreateUser", "UserName="+u), do("CreateGroup", "GroupName="+u), do("CreatePolicy", "PolicyName="+u+" PolicyDocument="+allow))
		calls := []struct{ operation, parameters string }{
			{"DeleteUser", "UserName=" + u}, {"DeletePolicy", policy + u}, {"DeleteGroup", "GroupName=" + u},
			{"AttachUserPolicy", "UserName=" + u + " " + policy + u}, {"AttachGroupPolicy", "GroupName=" + u + " " + policy + u},
			{"PutUserPermissionsBoundary", "UserName=" + u + " PermissionsBoundary=arn:aws:iam::111111111111:policy/" + u},
			{"CreateAccessKey", "UserName=" + u}, {"AddUserToGroup", "UserName=" + u + " GroupName=" + u},
			{"PutUserPolicy", "UserName=" + u + " PolicyName=p PolicyDocument=" + allow}, {"TagUser", "UserName=" + u + " Tags.member.1.Key=a Tags.member.1.Value=b"},
		}
		var clients sync.WaitGroup
		for n := range calls {
			c := calls[(n+round)%len(calls)]
			clients.Go(func() {
				answer := f.call(c.operation, c.parameters)
				code, _, failed := strings.Cut(answer, ": ")
				if failed && !strings.HasPrefix(answer, "<") && !strings.Contains("NoSuchEntity DeleteConflict ConcurrentModification", code) {
					t.Errorf("%s %s: %s", c.operation, c.parameters, answer)
				}
			})
		}
		clients.Wait()
	}
}
