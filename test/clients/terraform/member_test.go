package terraform_test

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/test/process"
	"accord/test/require"
)

func TestTheProviderEntersAnAccountThroughItsRole(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := process.Start(t, "--behavior", "create-account=synchronous")
	client := s.Client(management)
	if _, err := client.CreateOrganization(ctx, &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	created, err := client.CreateAccount(ctx, &organizations.CreateAccountInput{
		Email: aws.String("new@example.com"), AccountName: aws.String("New"), RoleName: aws.String("Deploy"),
	})
	if err != nil {
		t.Fatal(err)
	}
	account := *created.CreateAccountStatus.AccountId
	w := newWorkspace(ctx, t, s, os.DirFS("testdata/member"))
	w.env = append(w.env, "TF_VAR_role=arn:aws:iam::"+account+":role/Deploy")
	w.run(0, "apply", "-no-color", "-auto-approve")
	for output, want := range map[string]string{
		"caller":     "arn:aws:sts::" + account + ":assumed-role/Deploy/terraform",
		"management": management,
	} {
		if got, _ := w.run(0, "output", "-raw", output); got != want {
			t.Errorf("%s is %s, want %s", output, got, want)
		}
	}
}
