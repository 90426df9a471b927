// Package terraform_test lets Terraform and its AWS provider keep a landing zone
// on the real program: after an apply, a plan must be empty.
package terraform_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const (
	management = "111111111111"
	// provider is the directory of the provider in a mirror, of the version that
	// testdata/landing-zone asks for.
	provider = "registry.terraform.io/hashicorp/aws/5.100.0"
	// mirrorVariable names a mirror that is in none of the default folders.
	mirrorVariable = "ACCORD_TF_PLUGINS"
	// patience bounds the whole scenario. It takes a minute or two, most of which the
	// provider needs to start again and again.
	patience = 25 * time.Minute
)

// mirror returns the folder of a file system mirror that holds the provider.
func mirror(t *testing.T) string {
	t.Helper()
	// The folders that Terraform reads, and those of other packages.
	folders := []string{"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"}
	beside, _ := filepath.Glob("/opt/*")
	folders = append(folders, beside...)
	if home, err := os.UserHomeDir(); err == nil {
		folders = slices.Insert(folders, 0, filepath.Join(home, ".terraform.d", "plugins"))
	}
	if given := os.Getenv(mirrorVariable); given != "" {
		folders = []string{given}
	}
	for _, folder := range folders {
		platform := runtime.GOOS + "_" + runtime.GOARCH
		for _, form := range []string{filepath.Join(platform, "terraform-provider-aws*"), "*_" + platform + ".zip"} {
			if found, _ := filepath.Glob(filepath.Join(folder, provider, form)); len(found) > 0 {
				return folder
			}
		}
	}
	require.That(t, false, fmt.Sprintf("a mirror of Terraform providers with %s (%s names one)", provider, mirrorVariable))
	return ""
}

// landingZone is the configuration that the tests keep.
var landingZone = os.DirFS("testdata/landing-zone")

// The identities of IAM are in the same configuration: most of what a command of Terraform
// costs is the start of its provider.
func TestALandingZoneIsKeptByTerraform(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	// The provider asks only every ten seconds whether an account has been made: its
	// first question finds it done.
	s := process.Start(t, "--clock", "virtual", "--behavior", "create-account=synchronous")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	w := newWorkspace(ctx, t, s, landingZone)
	w.wantEverything()
	w.apply("first")
	w.apply("second")
	resources := w.resources()

	// Another operator takes over, with the configuration and without the state.
	w = newWorkspace(ctx, t, s, landingZone)
	w.adopt(importsOf(resources), "second", remade...)

	// Accounts that were closed stay for 90 days, and with them their units.
	closed := []string{"Payments", "Spare", "Spare 2"}
	w.destroy("second", "OrganizationalUnitNotEmptyException")
	wantLeft(t, s.Client(management), closed, "Workloads", "Prod", "Payments", "EU")
	advance(t, s, "2160h")
	w.destroy("second")
	if left := w.resources(); len(left) != 0 {
		t.Errorf("Terraform still keeps %v", left)
	}
	wantNothingLeft(t, s, resources)
	wantNoIdentities(t, s)
}

func TestTheExampleOfTheDocumentationApplies(t *testing.T) {
	require.Long(t)
	require.Tool(t, "terraform")
	mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := process.Start(t)
	text, err := pages.The("docs/clients.md", "hcl", s.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(ctx, t, s, fstest.MapFS{"main.tf": {Data: []byte(text)}})
	w.run(0, "apply", "-no-color", "-auto-approve")
	if out, _ := w.run(0, "output", "-raw", "payments"); out != "ACTIVE" {
		t.Errorf("the account is %s", out)
	}
}

// wantLeft looks for what remains of the landing zone: closed accounts, units one
// below the other, and no trace of anything else.
func wantLeft(t *testing.T, c *organizations.Client, closed []string, units ...string) {
	t.Helper()
	ctx := t.Context()
	accounts, err := c.ListAccounts(ctx, &organizations.ListAccountsInput{})
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, a := range accounts.Accounts {
		switch {
		case *a.Id == management:
		case a.State == types.AccountStateClosed:
			left = append(left, *a.Name)
		default:
			t.Errorf("the account %s is %s", *a.Name, a.State)
		}
	}
	slices.Sort(left)
	if diff := cmp.Diff(closed, left); diff != "" {
		t.Errorf("closed accounts (-want +got):\n%s", diff)
	}

	roots, err := c.ListRoots(ctx, &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for parent := roots.Roots[0].Id; ; {
		below, err := c.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: parent})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, unit := range below.OrganizationalUnits {
			names = append(names, *unit.Name)
		}
		want := units[:min(len(units), 1)]
		if !slices.Equal(names, want) {
			t.Errorf("the units %v are left, want %v", names, want)
		}
		if len(want) == 0 || len(names) == 0 {
			break
		}
		parent, units = below.OrganizationalUnits[0].Id, units[1:]
	}

	for _, kind := range roots.Roots[0].PolicyTypes {
		policies, err := c.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: kind.Type})
		if err != nil {
			t.Fatal(err)
		}
		for _, policy := range policies.Policies {
			if !policy.AwsManaged {
				t.Errorf("the policy %s is left", *policy.Name)
			}
		}
	}
	administrators, err := c.ListDelegatedAdministrators(ctx, &organizations.ListDelegatedAdministratorsInput{})
	if err != nil || len(administrators.DelegatedAdministrators) != 0 {
		t.Errorf("delegated administrators are left: %v %v", administrators, err)
	}
	var none *types.ResourcePolicyNotFoundException
	if _, err := c.DescribeResourcePolicy(ctx, &organizations.DescribeResourcePolicyInput{}); !errors.As(err, &none) {
		t.Errorf("the delegation policy is left: %v", err)
	}
}

// wantNothingLeft looks for the organization, for the accounts that were closed,
// and for those that were only removed.
func wantNothingLeft(t *testing.T, s *process.Server, resources map[string]string) {
	t.Helper()
	var accounts []struct{ ID, Name, Organization string }
	text := accord(t, s, "account", "list", "--json")
	if err := json.Unmarshal(text, &accounts); err != nil {
		t.Fatal(err)
	}
	left := map[string]string{}
	for _, a := range accounts {
		left[a.ID] = a.Name
		if a.Organization != "" {
			t.Errorf("the account %s is in an organization", a.Name)
		}
	}
	want := map[string]string{
		management: "account-" + management,
		resources[`aws_organizations_account.this["audit"]`]: "Audit",
		resources[`aws_organizations_account.this["trial"]`]: "Trial",
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	var outside *types.AWSOrganizationsNotInUseException
	for account := range want {
		_, err := s.Client(account).DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{})
		if !errors.As(err, &outside) {
			t.Errorf("%s is in an organization: %v", account, err)
		}
	}
}

// advance moves the clock of the server.
func advance(t *testing.T, s *process.Server, duration string) {
	t.Helper()
	accord(t, s, "clock", "advance", duration)
}

// accord runs a command of the program against the server.
func accord(t *testing.T, s *process.Server, args ...string) []byte {
	t.Helper()
	c := exec.CommandContext(t.Context(), process.Program(t), args...)
	c.Env = s.Environ(management)
	out, err := c.Output()
	if err != nil {
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			err = fmt.Errorf("%w\n%s", err, ended.Stderr)
		}
		t.Fatalf("accord %s: %v", strings.Join(args, " "), err)
	}
	return out
}
