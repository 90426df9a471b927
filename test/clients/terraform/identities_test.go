package terraform_test

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"accord/test/process"
	"accord/test/require"
)

// imports are the IDs of what the provider imports by something else than the ID of the
// state. [Terraform: the pages of the resources]
var imports = map[string]string{
	"aws_iam_role_policy_attachment.app":            "App/arn:aws:iam::111111111111:policy/Reader",
	"aws_iam_user_policy_attachment.ann":            "Ann/arn:aws:iam::aws:policy/ReadOnlyAccess",
	"aws_iam_group_policy_attachment.readers":       "Readers/arn:aws:iam::111111111111:policy/Reader",
	"aws_iam_user_group_membership.bob":             "Bob/Writers",
	"aws_iam_role_policies_exclusive.app":           "App",
	"aws_iam_role_policy_attachments_exclusive.job": "",
}

// remade are what the provider does not import: it makes them again, and finds all there.
var remade = []string{"aws_iam_group_membership.readers", "aws_iam_policy_attachment.everywhere"}

func TestIdentitiesAreKeptByTerraform(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := process.Start(t)
	configuration := os.DirFS("testdata/identities")

	w := newWorkspace(ctx, t, s, configuration)
	w.expected = "testdata/identities-"
	w.apply("first")
	w.apply("second")
	resources := w.resources()
	imports["aws_iam_role_policy_attachments_exclusive.job"] = resources["aws_iam_role.job"]
	for address, id := range imports {
		resources[address] = id
	}
	for _, address := range remade {
		delete(resources, address)
	}

	// Another operator takes over, with the configuration and without the state.
	w = newWorkspace(ctx, t, s, configuration)
	w.adopt(resources, "second", remade...)
	w.destroy("second")
	if left := w.resources(); len(left) != 0 {
		t.Errorf("Terraform still keeps %v", left)
	}
	wantNoIdentities(t, s)
}

// wantNoIdentities looks for what is left in the account.
func wantNoIdentities(t *testing.T, s *process.Server) {
	t.Helper()
	c := iam.New(iam.Options{
		BaseEndpoint: &s.URL, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: management, SecretAccessKey: "anything"}, nil
		}),
	})
	summary, err := c.GetAccountSummary(t.Context(), &iam.GetAccountSummaryInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"Users", "Groups", "Roles", "Policies", "InstanceProfiles"} {
		if n, there := summary.SummaryMap[kind]; n != 0 || !there {
			t.Errorf("%d %s are left", n, kind)
		}
	}
}
