// Package identities_test manages users, groups, roles and policies with third-party
// clients.
package identities_test

import (
	"os/exec"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const account = "111111111111"

// TestBoto3ManagesIdentities: every operation is called through the client, which reads all
// that it knows of the answers.
func TestBoto3ManagesIdentities(t *testing.T) {
	require.Long(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	c := exec.CommandContext(t.Context(), python, "testdata/identities.py")
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	const want = `user arn:aws:iam::111111111111:user/team/Ann as arn:aws:iam::111111111111:user/team/Ann
role arn:aws:iam::111111111111:role/Deploy trusts arn:aws:iam::111111111111:root
policy v2 of arn:aws:iam::111111111111:policy/Reader allows s3:Get*
details 1 users 1 groups 1 roles 2 policies
DeleteConflict 409 Cannot delete entity, must detach all policies first.
InvalidAction 400 Could not find operation ListSAMLProviders for version 2010-05-08
left []
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTheAWSCLIManagesIdentities: each family of commands.
func TestTheAWSCLIManagesIdentities(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/identities.sh")
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	const want = `Ann	/team/
Inactive
ops
Deploy	7200
AdministratorAccess
inline
v2	True
acme
1
Deploy
left:
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
