package clients_test

import (
	"os/exec"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// The CLI makes the endpoint of a Region of another partition itself; the one in the
// environment wins, and the Region is in the signature.
func TestTheRegionOfTheAWSCLINamesThePartition(t *testing.T) {
	require.Full(t)
	program := require.Tool(t, "aws")
	partitions := map[string]string{"cn-north-1": "aws-cn"}
	if require.IsLong() {
		partitions = map[string]string{"us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}
	}
	for region, partition := range partitions {
		s := process.Start(t)
		call := func(in string, args ...string) string {
			t.Helper()
			c := exec.Command(program, append(args, "--output", "text")...)
			c.Env = append(s.Environ(management), "AWS_REGION="+in, "AWS_DEFAULT_REGION="+in)
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("aws %s in %s: %v\n%s", strings.Join(args, " "), in, err, out)
			}
			return strings.TrimSpace(string(out))
		}
		made := call(region, "organizations", "create-organization", "--query", "Organization.[Arn,MasterAccountArn]")
		arn := "arn:" + partition + ":organizations::" + management + ":"
		if all := strings.Fields(made); len(all) != 2 || !strings.HasPrefix(all[0], arn+"organization/o-") || !strings.HasPrefix(all[1], arn+"account/o-") {
			t.Errorf("%s: %s", region, made)
		}
		// The Region of a later call changes nothing.
		for _, in := range []string{region, "us-west-2"} {
			if got := call(in, "sts", "get-caller-identity", "--query", "Arn"); got != "arn:"+partition+":iam::"+management+":root" {
				t.Errorf("%s, then %s: %s", region, in, got)
			}
		}
	}
}
