package clients_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/process"
	"accord/test/require"
)

// Services that the server does not have: each client has to show the text of the error.

// failure is what a client shows of an error.
type failure struct {
	Code, Message string
	Retries       int
}

func notHere(code, service, variable string) failure {
	return failure{Code: code, Message: "This server answers organizations, sts and iam, not " + service +
		"; point " + service + " elsewhere with AWS_ENDPOINT_URL_" + variable + "."}
}

// The services have all the protocols. The names of the variables are those of the SDKs
// [AWS: service-specific endpoints].
func TestBoto3ShowsThatAServiceIsElsewhere(t *testing.T) {
	require.Full(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	s := process.Start(t)
	c := exec.CommandContext(t.Context(), python, "testdata/elsewhere.py")
	c.Env = append(s.Environ("111111111111"), "AWS_ENDPOINT_URL="+s.URL)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got map[string]failure
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const unknown = "UnknownOperationException"
	want := map[string]failure{
		"account":                  notHere(unknown, "account", "ACCOUNT"),
		"cloudformation":           notHere("InvalidAction", "cloudformation", "CLOUDFORMATION"),
		"cloudwatch":               notHere(unknown, "monitoring", "CLOUDWATCH"),
		"dynamodb":                 notHere(unknown, "dynamodb", "DYNAMODB"),
		"ec2":                      notHere("InvalidAction", "ec2", "EC2"),
		"resourcegroupstaggingapi": notHere(unknown, "tagging", "RESOURCE_GROUPS_TAGGING_API"),
		"route53":                  notHere("InvalidAction", "route53", "ROUTE_53"),
		"s3":                       notHere("NotImplemented", "s3", "S3"),
		"sqs":                      notHere(unknown, "sqs", "SQS"),
		"sso-admin":                notHere(unknown, "sso", "SSO_ADMIN"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A client of another version may call an operation that is not here.
func TestBoto3ShowsSimilarOperations(t *testing.T) {
	require.Long(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	s := process.Start(t)
	const script = `
import boto3
from botocore.exceptions import ClientError

def rename(params, **_):
    if service == "sts":
        params["body"]["Action"] = "GetCalerIdentity"
    else:
        params["headers"]["X-Amz-Target"] = "AWSOrganizationsV20161128.ListRoot"

for service, call in ("organizations", "list_roots"), ("sts", "get_caller_identity"):
    client = boto3.client(service)
    client.meta.events.register("before-call", rename)
    try:
        getattr(client, call)()
    except ClientError as error:
        print(error.response["Error"]["Code"], error.response["Error"]["Message"])
`
	c := exec.CommandContext(t.Context(), python, "-c", script)
	c.Env = s.Environ("111111111111")
	out, err := c.CombinedOutput()
	const want = `UnknownOperationException There is no operation "ListRoot"; did you mean ListRoots?` + "\n" +
		"InvalidAction Could not find operation GetCalerIdentity for version 2011-06-15; did you mean GetCallerIdentity?\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
