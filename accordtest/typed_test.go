package accordtest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/accordtest"
)

const tagPolicy = "TAG_POLICY"

func TestUnits(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	a := s.As(alice)
	a.CreateOrganization("ALL")
	root := a.Root()
	one, two := a.CreateUnit(root, "One"), a.CreateUnit(root, "Two")
	inner := a.CreateUnit(one.ID, "Inner")
	if renamed := a.RenameUnit(inner.ID, "Renamed"); renamed != a.DescribeUnit(inner.ID) || renamed.Name != "Renamed" || renamed.Path == "" {
		t.Errorf("%+v", renamed)
	}
	if units := a.Units(root); len(units) != 2 || !slices.Contains(units, one) || !slices.Contains(units, two) {
		t.Errorf("%+v", units)
	}
	a.Move(alice, root, inner.ID)
	if parent := a.ParentOf(alice); parent != inner.ID {
		t.Errorf("the parent is %s", parent)
	}
	if accounts := a.AccountsIn(inner.ID); len(accounts) != 1 || accounts[0].ID != alice {
		t.Errorf("%+v", accounts)
	}
	a.Fails("DuplicateOrganizationalUnit").CreateUnit(root, "Two")
	a.Fails("OrganizationalUnitNotEmpty").DeleteUnit(inner.ID)
	a.Fails("AccountNotFound").Move(alice, root, two.ID)
	a.DeleteUnit(two.ID)
	a.Fails("ParentNotFound").Units(two.ID)
	a.Fails("ChildNotFound").ParentOf(two.ID)
	if root := s.As(bob).Fails("AWSOrganizationsNotInUse").Root(); root != "" {
		t.Errorf("without an organization, the root is %s", root)
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	a := accordtest.Start(t).As(alice)
	a.CreateOrganization("ALL")
	root := a.Root()
	const content, other = `{"tags":{"team":{"tag_value":{"@@assign":["red"]}}}}`, `{"tags":{"team":{"tag_value":{"@@assign":["blue"]}}}}`
	p := a.CreatePolicy(tagPolicy, "Teams", content)
	if p.Content != content || p.Type != tagPolicy || p.AWSManaged || a.DescribePolicy(p.ID) != p {
		t.Errorf("%+v", p)
	}
	a.Fails("PolicyTypeNotEnabled").Attach(p.ID, root)
	a.EnablePolicyType(root, tagPolicy)
	a.Attach(p.ID, root)
	a.Attach(p.ID, alice)
	if got := a.TargetsOf(p.ID); !cmp.Equal(got, []string{root, alice}) && !cmp.Equal(got, []string{alice, root}) {
		t.Errorf("targets: %q", got)
	}
	a.UpdatePolicy(p.ID, other)
	if renamed := a.RenamePolicy(p.ID, "Colors"); renamed.Name != "Colors" || renamed.Content != other {
		t.Errorf("%+v", renamed)
	}
	if got, want := a.EffectivePolicy(alice, tagPolicy), `{"tags":{"team":{"tag_value":["blue"],"tag_key":"team"}}}`; got != want {
		t.Errorf("the effective policy is %s", got)
	}
	listed := a.Policies(tagPolicy)
	if of := a.PoliciesOf(root, tagPolicy); !cmp.Equal(of, listed) || len(of) != 1 || of[0].Name != "Colors" {
		t.Errorf("%+v and %+v", of, listed)
	}
	a.Fails("PolicyInUse").DeletePolicy(p.ID)
	a.Detach(p.ID, alice)
	a.DisablePolicyType(root, tagPolicy)
	a.DeletePolicy(p.ID)
	a.Fails("PolicyNotFound").DescribePolicy(p.ID)
	a.EnablePolicyType(root, "SERVICE_CONTROL_POLICY")
	if all := a.Policies("SERVICE_CONTROL_POLICY"); len(all) != 1 || !all[0].AWSManaged || all[0].ID != "p-FullAWSAccess" {
		t.Errorf("%+v", all)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	a := accordtest.Start(t).As(alice)
	a.CreateOrganization("ALL")
	a.Tag(alice, accordtest.Tag{Key: "team", Value: "red"}, accordtest.Tag{Key: "stage"})
	a.Tag(alice, accordtest.Tag{Key: "team", Value: "blue"})
	if got, want := a.Tags(alice), []accordtest.Tag{{"team", "blue"}, {"stage", ""}}; !cmp.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	a.Untag(alice, "team")
	if got := a.Tags(alice); !cmp.Equal(got, []accordtest.Tag{{"stage", ""}}) {
		t.Errorf("%+v", got)
	}
	a.Fails("TargetNotFound").Tag(bob, accordtest.Tag{Key: "team"})
}

// TestListsHaveTheDocumentedOrder: also for what happens at one instant, as all does while
// the clock stands.
func TestListsHaveTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	management := s.As(alice)
	management.CreateOrganization("ALL")
	root := management.Root()
	var accounts, units, sent []string
	for n := range 6 {
		accounts = append(accounts, management.CreateAccount("New", fmt.Sprintf("new-%d@example.com", n)).ID())
		units = append(units, management.CreateUnit(root, fmt.Sprint(n)).ID)
	}
	for n := range 3 {
		sent = append(sent, management.Invite(fmt.Sprint(300000000000+n)).ID)
	}
	slices.Reverse(sent)
	var listed []string
	for _, a := range management.Accounts() {
		listed = append(listed, a.ID)
	}
	if want := append([]string{alice}, accounts...); !slices.Equal(listed, want) {
		t.Errorf("accounts: %q, want %q", listed, want)
	}
	listed = nil
	for _, u := range management.Units(root) {
		listed = append(listed, u.ID)
	}
	if !slices.Equal(listed, units) {
		t.Errorf("units: %q, want %q", listed, units)
	}
	listed = nil
	for _, h := range management.Sent() {
		listed = append(listed, h.ID)
	}
	if !slices.Equal(listed, sent) {
		t.Errorf("handshakes: %q, want %q", listed, sent)
	}
}

// TestOneServerForAPackage: a server of New needs no test.
func TestOneServerForAPackage(t *testing.T) {
	t.Parallel()
	if _, err := accordtest.New(accordtest.Behavior("fideliti", "native")); err == nil {
		t.Error("invalid settings are no error")
	}
	s, err := accordtest.New()
	if err != nil {
		t.Fatal(err)
	}
	s.As(alice).CreateOrganization("ALL")
	t.Run("a test", func(t *testing.T) { s.In(t).As(alice).Fails("AlreadyInOrganization").CreateOrganization("ALL") })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("what would fail a test does not panic")
			}
		}()
		s.As(bob).Organization()
	}()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
