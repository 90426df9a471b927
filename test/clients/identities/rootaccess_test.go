package identities_test

import (
	"os/exec"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// TestTheAWSCLIManagesRootUsers: an organization and a member from its creation on.
func TestTheAWSCLIManagesRootUsers(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/rootaccess.sh")
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	const want = `An error occurred (ServiceAccessNotEnabledException) when calling the ListOrganizationsFeatures operation: Trusted Access for IAM not enabled by organization of input account 111111111111.
RootCredentialsManagement
RootCredentialsManagement	RootSessions
arn:aws:iam::MEMBER:root
NoSuchEntity
New
0
RootCredentialsManagement
AccessDenied
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBoto3ManagesRootUsers(t *testing.T) {
	const want = `OrganizationNotFoundException
Trusted Access for IAM not enabled by organization of input account 111111111111.
True ['RootSessions']
New 1
User: arn:aws:iam::MEMBER:root is not authorized to perform: iam:DeleteLoginProfile on resource: arn:aws:iam::MEMBER:root with an explicit deny in a session policy
Login Profile for User New cannot be found.
`
	if out := boto3(t, "rootaccess.py"); out != want {
		t.Error(out)
	}
}
