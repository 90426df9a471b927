// Package sessions_test enters created accounts with third-party clients.
package sessions_test

import (
	"os/exec"
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
