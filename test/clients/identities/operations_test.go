package identities_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

// boto3 runs a script, and returns what it wrote.
func boto3(t *testing.T, script string, args ...string) string {
	t.Helper()
	require.Long(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	c := exec.CommandContext(t.Context(), python, append([]string{"testdata/" + script}, args...)...)
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// TestEveryOperationAnswersAsItsModelSays: botocore has the whole model of AWS, with the
// members that answers must have and the errors of each operation. Those without a result
// need what the script does not have, such as the ID of a key.
func TestEveryOperationAnswersAsItsModelSays(t *testing.T) {
	out := boto3(t, "operations.py", filepath.Join(pages.Root(), "model", "iam.json"))
	const want = "no result: AddRoleToInstanceProfile DeactivateMFADevice DeleteAccessKey DeleteGroup DeletePolicy " +
		"DeletePolicyVersion DeleteRole DeleteServiceLinkedRole DeleteSigningCertificate DeleteUser DeleteVirtualMFADevice " +
		"DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions EnableOrganizationsRootCredentialsManagement " +
		"EnableOrganizationsRootSessions GetAccessKeyLastUsed GetServiceLinkedRoleDeletionStatus ListOrganizationsFeatures " +
		"RemoveRoleFromInstanceProfile UntagInstanceProfile UpdateAccessKey UpdateAssumeRolePolicy UpdateLoginProfile\n"
	if out != want {
		t.Errorf("got  %swant %s", out, want)
	}
}

func TestBoto3PagesWaitsAndCatches(t *testing.T) {
	if out := boto3(t, "pages.py"); out != "" {
		t.Error(out)
	}
}

func TestTheAWSCLIPagesThroughIdentities(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/pages.sh")
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	const want = `a
b
c
d
e
c	d
None
a	b
c	d
e
5
true

An error occurred (NoSuchEntity) when calling the GetUser operation: The user with name absent cannot be found.

An error occurred (EntityAlreadyExists) when calling the CreateUser operation: User with name A already exists.

An error occurred (ValidationError) when calling the CreateUser operation: 1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+

An error occurred (MalformedPolicyDocument) when calling the PutUserPolicy operation: Syntax errors in policy.
2012-10-17	3600
SUCCEEDED
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
