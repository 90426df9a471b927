// Package sessions_test enters created accounts with third-party clients.
package sessions_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const management = "111111111111"

func TestTheAWSCLIEntersACreatedAccount(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	s := process.Start(t)
	c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/vend.sh", t.TempDir())
	c.Env = s.Environ(management)
	out, err := c.CombinedOutput()
	const want = `profile: arn:aws:sts::ACCOUNT:assumed-role/OrganizationAccountAccessRole/profile
organization: 111111111111
keys: arn:aws:sts::ACCOUNT:assumed-role/OrganizationAccountAccessRole/keys
listing: AccessDeniedException
left: AWSOrganizationsNotInUseException
altered: UnrecognizedClientException
without: InvalidClientTokenId
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPresignedURLsOfBoto3, with keys that the server issued, on a strict server.
func TestPresignedURLsOfBoto3(t *testing.T) {
	require.Long(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	folder := t.TempDir()
	credentials := filepath.Join(folder, "credentials")
	s := process.Start(t, "--auth", "strict", "--secret-key-file", filepath.Join(folder, "key"),
		"--admin-token-file", filepath.Join(folder, "token"), "--root-key-file", credentials)
	c := exec.CommandContext(t.Context(), python, "testdata/presign.py")
	c.Env = slices.DeleteFunc(s.Environ(management), func(v string) bool {
		return strings.HasPrefix(v, "AWS_ACCESS_KEY_ID=") || strings.HasPrefix(v, "AWS_SECRET_ACCESS_KEY=") || strings.HasPrefix(v, "AWS_SHARED_CREDENTIALS_FILE=")
	})
	c.Env = append(c.Env, "AWS_SHARED_CREDENTIALS_FILE="+credentials)
	out, err := c.CombinedOutput()
	const want = `key GET root SignatureDoesNotMatch
key POST root SignatureDoesNotMatch
key EKS root SignatureDoesNotMatch
session GET root SignatureDoesNotMatch
session POST root SignatureDoesNotMatch
session EKS root SignatureDoesNotMatch
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
