package identities_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"accord/test/process"
	"accord/test/require"
)

// client is a client of the Go SDK with a key.
func client(s *process.Server, id, secret string) *iam.Client {
	return iam.New(iam.Options{
		BaseEndpoint: &s.URL, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
		}),
	})
}

// TestTheGoSDKManagesARole: a role, a user whose key may read it and no more, pages, a
// waiter, and exceptions by their types.
func TestTheGoSDKManagesARole(t *testing.T) {
	require.Long(t)
	ctx := t.Context()
	s := process.Start(t)
	c := client(s, account, "anything")
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}]}`
	for _, name := range []string{"a", "b", "c"} {
		if _, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
			t.Fatal(err)
		}
	}
	var roles []string
	for p := iam.NewListRolesPaginator(c, &iam.ListRolesInput{MaxItems: aws.Int32(2)}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Roles {
			document, err := url.PathUnescape(*r.AssumeRolePolicyDocument)
			if err != nil || document != trust {
				t.Errorf("%s trusts %s, %v", *r.RoleName, document, err)
			}
			roles = append(roles, *r.RoleName)
		}
	}
	if len(roles) != 3 {
		t.Errorf("the pages have %v", roles)
	}
	if err := iam.NewRoleExistsWaiter(c).Wait(ctx, &iam.GetRoleInput{RoleName: aws.String("A")}, time.Minute); err != nil {
		t.Error(err)
	}

	if _, err := c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("reader")}); err != nil {
		t.Fatal(err)
	}
	key, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("reader")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
		UserName: aws.String("reader"), PolicyName: aws.String("read"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
	reader := client(s, *key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey)
	if _, err := reader.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("a")}); err != nil {
		t.Error(err)
	}
	var missing *types.NoSuchEntityException
	if _, err := reader.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("d")}); !errors.As(err, &missing) {
		t.Errorf("a role that is not there: %v", err)
	}
	var coded interface{ ErrorCode() string }
	if _, err := reader.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("a")}); !errors.As(err, &coded) || coded.ErrorCode() != "AccessDenied" {
		t.Errorf("a reader that deletes: %v", err)
	}
	var conflict *types.DeleteConflictException
	if _, err := c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("reader")}); !errors.As(err, &conflict) {
		t.Errorf("a user with a key is deleted: %v", err)
	}
}

// TestTheGoSDKSeesWhomATrustPolicyKeeps: the ARN of a role, and its ID when it was deleted,
// also when there is another one of its name; and the exception for one that does not exist.
// [AWS: IAM JSON policy elements: Principal]
func TestTheGoSDKSeesWhomATrustPolicyKeeps(t *testing.T) {
	require.Long(t)
	ctx := t.Context()
	c := client(process.Start(t), account, "anything")
	trusting := func(principal string) *string {
		return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`)
	}
	const helper = "arn:aws:iam::" + account + ":role/helper"
	make := func(name, principal string) (id string, err error) {
		made, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: trusting(principal)})
		if err != nil {
			return "", err
		}
		return *made.Role.RoleId, nil
	}
	var malformed *types.MalformedPolicyDocumentException
	if _, err := make("r", helper); !errors.As(err, &malformed) || malformed.ErrorMessage() != `Invalid principal in policy: "AWS":"`+helper+`"` {
		t.Errorf("a role that does not exist: %v", err)
	}
	wants := func(when, principal string) {
		t.Helper()
		role, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := url.PathUnescape(*role.Role.AssumeRolePolicyDocument); err != nil || got != *trusting(principal) {
			t.Errorf("%s: %s, %v", when, got, err)
		}
	}
	id, err := make("helper", account)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := make("r", helper); err != nil {
		t.Fatal(err)
	}
	wants("it exists", helper)
	if _, err := c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("helper")}); err != nil {
		t.Fatal(err)
	}
	wants("it was deleted", id)
	if _, err := make("helper", account); err != nil {
		t.Fatal(err)
	}
	wants("there is another one", id)
}
