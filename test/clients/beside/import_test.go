package beside_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
	"accord/test/require"
)

// motoOrganization makes an organization in a moto server through its API.
func motoOrganization(t *testing.T, url string) (c *organizations.Client, accounts []string) {
	t.Helper()
	ctx := t.Context()
	c = organizations.New(organizations.Options{Region: "us-east-1", BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider("moto", "moto", "")})
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.CreateOrganization(ctx, &organizations.CreateOrganizationInput{FeatureSet: types.OrganizationFeatureSetAll})
	do(err)
	roots, err := c.ListRoots(ctx, &organizations.ListRootsInput{})
	do(err)
	root := roots.Roots[0].Id
	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}
	top, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String("Workloads"), Tags: tags})
	do(err)
	below, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: top.OrganizationalUnit.Id, Name: aws.String("Production")})
	do(err)
	for i := range 25 {
		a, err := c.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String(fmt.Sprintf("Account %d", i)), Email: aws.String(fmt.Sprintf("a%d@example.com", i)), Tags: tags[:i%2]})
		do(err)
		id := *a.CreateAccountStatus.AccountId
		accounts = append(accounts, id)
		if i%3 == 0 {
			_, err := c.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: aws.String(id), SourceParentId: root, DestinationParentId: below.OrganizationalUnit.Id})
			do(err)
		}
	}
	_, err = c.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: aws.String(accounts[7])})
	do(err)
	for kind, content := range map[types.PolicyType]string{
		types.PolicyTypeServiceControlPolicy: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`,
		types.PolicyTypeTagPolicy:            `{"tags":{"CostCenter":{"tag_key":{"@@assign":"CostCenter"}}}}`,
	} {
		_, err := c.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: kind})
		do(err)
		p, err := c.CreatePolicy(ctx, &organizations.CreatePolicyInput{Type: kind, Name: aws.String(string(kind)), Description: aws.String("of moto"), Content: aws.String(content)})
		do(err)
		_, err = c.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: top.OrganizationalUnit.Id})
		do(err)
	}
	_, err = c.EnableAWSServiceAccess(ctx, &organizations.EnableAWSServiceAccessInput{ServicePrincipal: aws.String("guardduty.amazonaws.com")})
	do(err)
	_, err = c.RegisterDelegatedAdministrator(ctx, &organizations.RegisterDelegatedAdministratorInput{AccountId: aws.String(accounts[3]), ServicePrincipal: aws.String("guardduty.amazonaws.com")})
	do(err)
	return c, accounts
}

// accord runs the program with the credentials of moto, and returns its exit status and what
// it printed.
func accord(t *testing.T, args ...string) (int, string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), process.Program(t), args...)
	c.Env = append(environ(), "AWS_ACCESS_KEY_ID=moto", "AWS_SECRET_ACCESS_KEY=moto")
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

// TestAnOrganizationOfMotoIsBroughtHome: the server then says what moto says, and drift is one
// change that moto makes afterwards.
func TestAnOrganizationOfMotoIsBroughtHome(t *testing.T) {
	require.Long(t)
	url := moto(t)
	c, accounts := motoOrganization(t, url)
	s := process.Start(t)
	file := filepath.Join(t.TempDir(), "org.yaml")
	if status, out := accord(t, "import", "--endpoint", url, "--out", file); status != 0 || !strings.Contains(out, ": 26 accounts, 2 units, 2 policies, 0 handshakes") {
		t.Fatalf("status %d\n%s", status, out)
	}
	status, out := accord(t, "import", "--endpoint", url, "--admin", s.AdminURL)
	if status != 0 {
		t.Fatalf("status %d\n%s", status, out)
	}
	// Moto does not have these operations.
	for _, operation := range []string{"DescribeResourcePolicy", "ListHandshakesForOrganization"} {
		if !strings.Contains(out, "not read: "+operation) {
			t.Errorf("%s is not listed:\n%s", operation, out)
		}
	}
	if status, out := accord(t, "diff", file, "server", "--admin", s.AdminURL); status != 0 {
		t.Errorf("the server differs from what was read: status %d\n%s", status, out)
	}
	theirs, err := c.ListAccounts(t.Context(), &organizations.ListAccountsInput{})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := s.Client("123456789012").ListAccounts(t.Context(), &organizations.ListAccountsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range ours.Accounts {
		if b := theirs.Accounts[i]; *a.Id != *b.Id || *a.Arn != *b.Arn || *a.Email != *b.Email || a.JoinedTimestamp.UnixMilli() != b.JoinedTimestamp.UnixMilli() {
			t.Errorf("account %d is %s %s, at moto %s %s", i, *a.Id, a.JoinedTimestamp, *b.Id, b.JoinedTimestamp)
		}
	}
	if status, out := accord(t, "import", "--endpoint", url, "--admin", s.AdminURL); status != 1 || !strings.Contains(out, "--replace") {
		t.Errorf("a second import: status %d\n%s", status, out)
	}
	if _, err := c.TagResource(t.Context(), &organizations.TagResourceInput{ResourceId: aws.String(accounts[4]), Tags: []types.Tag{{Key: aws.String("drift"), Value: aws.String("yes")}}}); err != nil {
		t.Fatal(err)
	}
	if status, out := accord(t, "import", "--endpoint", url, "--admin", s.AdminURL, "--drift"); status != 3 || !strings.Contains(out, "tag drift") || !strings.Contains(out, "0 added, 0 removed, 1 changed, 0 moved") {
		t.Errorf("drift: status %d\n%s", status, out)
	}
	if status, out := accord(t, "import", "--endpoint", url, "--admin", s.AdminURL, "--replace"); status != 0 {
		t.Errorf("replaced: status %d\n%s", status, out)
	}
	if status, out := accord(t, "import", "--endpoint", url, "--admin", s.AdminURL, "--drift"); status != 0 {
		t.Errorf("drift after it was replaced: status %d\n%s", status, out)
	}
}
