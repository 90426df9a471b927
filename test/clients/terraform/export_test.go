package terraform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
	"accord/test/require"
)

// TestTheExportIsAConfigurationWithoutChanges: Terraform imports an organization by what
// accord export wrote, and then has nothing to do; a change made elsewhere is found.
func TestTheExportIsAConfigurationWithoutChanges(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := process.Start(t, "--clock", "virtual", "--behavior", "create-account=synchronous")
	o := newOrganization(ctx, t, s)

	file := filepath.Join(t.TempDir(), "main.tf")
	notes := exported(t, s, "--format", "terraform", "--out", file)
	for _, note := range []string{"the account Closed ", "SERVICE_CONTROL_POLICY is detached from Production", "the tags of the root"} {
		if !strings.Contains(notes, note) {
			t.Errorf("no note has %q:\n%s", note, notes)
		}
	}
	configuration, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(ctx, t, s, fstest.MapFS{"main.tf": {Data: configuration}})
	w.run(0, "fmt", "-check", "-diff")
	w.run(0, "plan", "-no-color", "-out=imports")
	var plan struct {
		Changes []struct {
			Address string
			Change  struct {
				Actions   []string
				Importing *struct{ ID string }
			}
		} `json:"resource_changes"`
	}
	w.read(&plan, "show", "-json", "imports")
	for _, c := range plan.Changes {
		if c.Change.Importing == nil || strings.Join(c.Change.Actions, " ") != "no-op" {
			t.Errorf("%s: %v, imported: %v", c.Address, c.Change.Actions, c.Change.Importing)
		}
	}
	// All but the closed account, and of the two that are attributes of the organization.
	if want := strings.Count(string(configuration), "\nresource "); len(plan.Changes) != want || want < 25 {
		t.Errorf("%d of %d resources are planned", len(plan.Changes), want)
	}
	w.run(0, "apply", "-no-color", "imports")
	w.run(0, "plan", "-no-color", "-detailed-exitcode")

	// The control: what changes elsewhere is a change.
	for _, c := range []struct {
		name   string
		status int
	}{{"Live", 2}, {"Production", 0}} {
		if _, err := s.Client(management).UpdateOrganizationalUnit(ctx, &organizations.UpdateOrganizationalUnitInput{
			OrganizationalUnitId: &o.production, Name: &c.name,
		}); err != nil {
			t.Fatal(err)
		}
		w.run(c.status, "plan", "-no-color", "-detailed-exitcode")
	}

	// Another export renames nothing that is there: what is new is imported, and that is all.
	advance(t, s, "1m")
	o.account("Payments", o.production)
	exported(t, s, "--format", "terraform", "--out", filepath.Join(w.folder, "main.tf"))
	if out, _ := w.run(0, "plan", "-no-color"); !strings.Contains(out, "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("after a second export:\n%s", out)
	}
}

// TestTheExportOfASeedMakesAnOrganization: what has no ID is made, and then there is nothing
// left to do.
func TestTheExportOfASeedMakesAnOrganization(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := process.Start(t, "--behavior", "create-account=synchronous")
	file := filepath.Join(t.TempDir(), "main.tf")
	exported(t, s, "--format", "terraform", "--out", file, "testdata/organization.yaml")
	configuration, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(ctx, t, s, fstest.MapFS{"main.tf": {Data: configuration}})
	if out, _ := w.run(0, "apply", "-no-color", "-auto-approve"); !strings.Contains(out, "Resources: 15 added, 0 changed, 0 destroyed.") {
		t.Errorf("made was something else:\n%s", out)
	}
	w.run(0, "plan", "-no-color", "-detailed-exitcode")
}

// exported runs accord export and returns what it writes on standard error.
func exported(t *testing.T, s *process.Server, args ...string) string {
	t.Helper()
	c := exec.Command(process.Program(t), append([]string{"export", "--admin", s.AdminURL}, args...)...)
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Run(); err != nil {
		t.Fatalf("accord export: %v\n%s", err, &said)
	}
	return said.String()
}

// organization is one with all that Terraform keeps, and with names that are code elsewhere.
type organization struct {
	ctx        context.Context
	t          *testing.T
	client     *organizations.Client
	production string
}

func newOrganization(ctx context.Context, t *testing.T, s *process.Server) *organization {
	t.Helper()
	o := &organization{ctx: ctx, t: t, client: s.Client(management)}
	_, err := o.client.CreateOrganization(ctx, &organizations.CreateOrganizationInput{})
	o.must(err)
	roots, err := o.client.ListRoots(ctx, &organizations.ListRootsInput{})
	o.must(err)
	root := *roots.Roots[0].Id
	for _, service := range []string{"guardduty.amazonaws.com", "sso.amazonaws.com"} {
		_, err := o.client.EnableAWSServiceAccess(ctx, &organizations.EnableAWSServiceAccessInput{ServicePrincipal: &service})
		o.must(err)
	}
	for _, kind := range []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy, types.PolicyTypeTagPolicy, types.PolicyTypeBackupPolicy} {
		_, err := o.client.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: &root, PolicyType: kind})
		o.must(err)
	}
	workloads := o.unit(root, "Workloads")
	o.production = o.unit(workloads, "Production")
	europe := o.unit(o.production, "Zürich – 日本 \"x\" ${y}")
	other := o.unit(root, `100% %{ if } \ <b>`)
	o.tag(europe, "team", "Zürich")
	o.tag(root, "owner", "platform")
	o.tag(management, "kind", "management")

	payments := o.account("Payments", europe)
	o.account("Payments", other)
	strange := o.account(`a "quote" ${x} %{y} \n`, europe)
	closed := o.account("Closed", root)
	o.tag(payments, "cost:center", "42")

	guard := o.policy(types.PolicyTypeServiceControlPolicy, "Deny leaving ${x}", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["organizations:LeaveOrganization","s3:*"],"Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/${aws:PrincipalTag/team}"},"NumericLessThan":{"aws:MultiFactorAuthAge":1.5}}}]}`)
	rcp := o.policy(types.PolicyTypeResourceControlPolicy, "Same", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	tags := o.policy(types.PolicyTypeTagPolicy, "Same", `{"tags":{"team":{"tag_key":{"@@assign":"Team"},"tag_value":{"@@assign":["a","b"]}}}}`)
	backup := o.policy(types.PolicyTypeBackupPolicy, "Backup", `{"plans":{"daily":{"regions":{"@@assign":["eu-west-1"]},"rules":{"hourly":{"schedule_expression":{"@@assign":"cron(0 5 ? * * *)"},"target_backup_vault_name":{"@@assign":"vault"},"lifecycle":{"delete_after_days":{"@@assign":"35"}}}},"selections":{"tags":{"all":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/Backup"},"tag_key":{"@@assign":"backup"},"tag_value":{"@@assign":["yes"]}}}}}}}`)
	o.policy(types.PolicyTypeServiceControlPolicy, "unused", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	o.tag(guard, "stage", "live")
	for _, a := range [][2]string{{guard, root}, {guard, o.production}, {guard, strange}, {guard, closed}, {guard, management}, {rcp, europe}, {tags, payments}, {backup, other}} {
		_, err := o.client.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: &a[0], TargetId: &a[1]})
		o.must(err)
	}
	_, err = o.client.DetachPolicy(ctx, &organizations.DetachPolicyInput{PolicyId: new("p-FullAWSAccess"), TargetId: &o.production})
	o.must(err)
	for _, service := range []string{"guardduty.amazonaws.com", "sso.amazonaws.com"} {
		_, err := o.client.RegisterDelegatedAdministrator(ctx, &organizations.RegisterDelegatedAdministratorInput{AccountId: &payments, ServicePrincipal: &service})
		o.must(err)
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": "Read", "Effect": "Allow", "Principal": map[string]string{"AWS": payments}, "Action": []string{"organizations:ListAccounts"}, "Resource": "*",
	}}})
	o.must(err)
	_, err = o.client.PutResourcePolicy(ctx, &organizations.PutResourcePolicyInput{Content: new(string(document)), Tags: []types.Tag{{Key: new("kind"), Value: new("delegation")}}})
	o.must(err)
	_, err = o.client.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: &closed})
	o.must(err)
	return o
}

func (o *organization) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *organization) unit(parent, name string) string {
	o.t.Helper()
	made, err := o.client.CreateOrganizationalUnit(o.ctx, &organizations.CreateOrganizationalUnitInput{ParentId: &parent, Name: &name})
	o.must(err)
	return *made.OrganizationalUnit.Id
}

func (o *organization) tag(resource, key, value string) {
	o.t.Helper()
	_, err := o.client.TagResource(o.ctx, &organizations.TagResourceInput{ResourceId: &resource, Tags: []types.Tag{{Key: &key, Value: &value}}})
	o.must(err)
}

func (o *organization) policy(kind types.PolicyType, name, content string) string {
	o.t.Helper()
	made, err := o.client.CreatePolicy(o.ctx, &organizations.CreatePolicyInput{Type: kind, Name: &name, Description: new("of " + name), Content: &content})
	o.must(err)
	return *made.Policy.PolicySummary.Id
}

// account makes an account below a parent.
func (o *organization) account(name, parent string) string {
	o.t.Helper()
	accounts, err := o.client.ListAccounts(o.ctx, &organizations.ListAccountsInput{})
	o.must(err)
	made, err := o.client.CreateAccount(o.ctx, &organizations.CreateAccountInput{
		AccountName: &name, Email: new("account-" + string(rune('a'+len(accounts.Accounts))) + "@example.com"),
	})
	o.must(err)
	id := *made.CreateAccountStatus.AccountId
	parents, err := o.client.ListParents(o.ctx, &organizations.ListParentsInput{ChildId: &id})
	o.must(err)
	if from := *parents.Parents[0].Id; from != parent {
		_, err := o.client.MoveAccount(o.ctx, &organizations.MoveAccountInput{AccountId: &id, SourceParentId: &from, DestinationParentId: &parent})
		o.must(err)
	}
	return id
}
