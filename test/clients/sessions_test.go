package clients_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

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

// From a root key, or from nothing in the open sandbox, to a member that a service control
// policy keeps in its organization.
func TestTheAWSCLIIsDenied(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	const member = `member: arn:aws:sts::MEMBER:assumed-role/OrganizationAccountAccessRole/story
AccessDeniedException: User: arn:aws:sts::MEMBER:assumed-role/OrganizationAccountAccessRole/story is not authorized to perform: organizations:LeaveOrganization on resource: * with an explicit deny in a service control policy: POLICY
arn:aws:iam::MEMBER:user/first
`
	strict, credentials := strictServer(t, "--behavior", "create-account=synchronous")
	for _, test := range []struct {
		mode, want string
		variables  []string
	}{
		{"strict", "AccessDenied: Roles may not be assumed by root accounts.\nadministrator: arn:aws:iam::MANAGEMENT:user/admin\n",
			withoutKeys(strict, credentials)},
		{"open", "administrator: arn:aws:iam::MANAGEMENT:root\n", process.Start(t, "--behavior", "create-account=synchronous").Environ(management)},
	} {
		c := exec.CommandContext(t.Context(), require.Tool(t, "sh"), "testdata/story.sh", test.mode)
		c.Env = test.variables
		if out, err := c.CombinedOutput(); err != nil || string(out) != test.want+member {
			t.Errorf("%s: %v\n%s", test.mode, err, out)
		}
	}
}

// strictServer starts a strict server, and returns the file with the root key of its first
// account.
func strictServer(t *testing.T, settings ...string) (s *process.Server, credentials string) {
	t.Helper()
	folder := t.TempDir()
	credentials = filepath.Join(folder, "credentials")
	return process.Start(t, append([]string{"--auth", "strict", "--secret-key-file", filepath.Join(folder, "key"),
		"--admin-token-file", filepath.Join(folder, "token"), "--root-key-file", credentials}, settings...)...), credentials
}

// withoutKeys is the environment of clients that have their credentials from a file alone.
func withoutKeys(s *process.Server, credentials string) []string {
	variables := slices.DeleteFunc(s.Environ(management), func(v string) bool {
		return strings.HasPrefix(v, "AWS_ACCESS_KEY_ID=") || strings.HasPrefix(v, "AWS_SECRET_ACCESS_KEY=") || strings.HasPrefix(v, "AWS_SHARED_CREDENTIALS_FILE=")
	})
	return append(variables, "AWS_SHARED_CREDENTIALS_FILE="+credentials)
}

// TestPresignedURLsOfBoto3, with keys that the server issued, on a strict server.
func TestPresignedURLsOfBoto3(t *testing.T) {
	require.Long(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	s, credentials := strictServer(t)
	c := exec.CommandContext(t.Context(), python, "testdata/presign.py")
	c.Env = withoutKeys(s, credentials)
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
