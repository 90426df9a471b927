package identities_test

import (
	"os/exec"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// TestBoto3SimulatesPolicies: the four operations, pages and exceptions, as boto3 reads them.
func TestBoto3SimulatesPolicies(t *testing.T) {
	const want = `aws:SecureTransport
aws:SecureTransport
s3:GetObject allowed user_Ann_own
s3:DeleteObject explicitDeny user_Ann_own
sqs:SendMessage implicitDeny
arn:aws:s3:::${BucketName}/${KeyName} implicitDeny {'AllowedByPermissionsBoundary': False} {} ['arn:aws:s3:::b/1', 'arn:aws:s3:::b/2'] ['aws:SecureTransport']
NoSuchEntity 404 Unable to retrieve specified IAM entity.
InvalidInput 400 The action is invalid since it is missing names
`
	if out := boto3(t, "simulation.py"); out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func TestTheAWSCLISimulatesPolicies(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/simulation.sh")
	c.Env = process.Start(t).Environ(account)
	out, err := c.CombinedOutput()
	const want = `s3:GetObject	allowed	90
ec2:RunInstances	implicitDeny	None
Deploy
allowed
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
