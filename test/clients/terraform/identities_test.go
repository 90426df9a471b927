package terraform_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"accord/test/process"
)

// imports are the IDs of what the provider imports by something else than the ID of the
// state. [Terraform: the pages of the resources]
var imports = map[string]string{
	"aws_iam_role_policy_attachment.app":      "App/arn:aws:iam::111111111111:policy/Reader",
	"aws_iam_user_policy_attachment.ann":      "Ann/arn:aws:iam::aws:policy/ReadOnlyAccess",
	"aws_iam_group_policy_attachment.readers": "Readers/arn:aws:iam::111111111111:policy/Reader",
	"aws_iam_user_group_membership.bob":       "Bob/Writers",
	"aws_iam_role_policies_exclusive.app":     "App",
}

// remade are what the provider does not import: it makes them again, and finds all there.
var remade = []string{"aws_iam_group_membership.readers", "aws_iam_policy_attachment.everywhere"}

// importsOf are the IDs by which the provider imports resources.
func importsOf(resources map[string]string) map[string]string {
	ids := maps.Clone(resources)
	maps.Copy(ids, imports)
	ids["aws_iam_role_policy_attachments_exclusive.job"] = resources["aws_iam_role.job"]
	maps.DeleteFunc(ids, func(address, _ string) bool { return slices.Contains(remade, address) })
	return ids
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
	for _, kind := range []string{"Users", "Groups", "Policies", "InstanceProfiles"} {
		if n, there := summary.SummaryMap[kind]; n != 0 || !there {
			t.Errorf("%d %s are left", n, kind)
		}
	}
	// That of the organization is not Terraform's.
	roles, err := c.ListRoles(t.Context(), &iam.ListRolesInput{})
	if err != nil {
		t.Fatal(err)
	}
	if len(roles.Roles) != 1 || *roles.Roles[0].RoleName != "AWSServiceRoleForOrganizations" {
		t.Errorf("the roles are %+v", roles.Roles)
	}
}
