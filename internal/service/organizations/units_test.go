package organizations_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// tree is an organization with the ids of its places.
type tree struct {
	actor
	root string
}

// plant makes the actor's account the management account of an organization.
func (a actor) plant() tree {
	a.w.t.Helper()
	a.organization(all)
	return tree{a, *must(a, (*service).ListRoots, orgapi.ListRootsRequest{}).Roots[0].Id}
}

// unit makes a unit and returns its id.
func (a actor) unit(parent, name string) string {
	a.w.t.Helper()
	return *must(a, (*service).CreateOrganizationalUnit,
		orgapi.CreateOrganizationalUnitRequest{ParentId: &parent, Name: &name}).OrganizationalUnit.Id
}

func (a actor) describeUnit(id string) *orgapi.OrganizationalUnit {
	a.w.t.Helper()
	return must(a, (*service).DescribeOrganizationalUnit,
		orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: &id}).OrganizationalUnit
}

// move moves an account of the organization.
func (a actor) move(account, from, to string) {
	a.w.t.Helper()
	must(a, (*service).MoveAccount, moving(account, from, to))
}

func moving(account, from, to string) orgapi.MoveAccountRequest {
	return orgapi.MoveAccountRequest{AccountId: &account, SourceParentId: &from, DestinationParentId: &to}
}

// A unit that is well formed and that no organization of a test has.
const noUnit = "ou-none-00000000"

func TestAUnitIsMadeRenamedAndRemoved(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	o := must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization
	made := must(a.actor, (*service).CreateOrganizationalUnit,
		orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("Dev")}).OrganizationalUnit
	if !strings.HasPrefix(*made.Id, "ou-"+a.root[2:]+"-") || len(*made.Id) != len("ou-xxxx-12345678") {
		t.Errorf("the id is %s below %s", *made.Id, a.root)
	}
	want := &orgapi.OrganizationalUnit{
		Id:   made.Id,
		Arn:  new("arn:aws:organizations::" + alice + ":ou/" + *o.Id + "/" + *made.Id),
		Name: new("Dev"),
		Path: new(*o.Id + "/" + a.root + "/" + *made.Id + "/"),
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("the unit (-want +got):\n%s", diff)
	}
	below := a.describeUnit(a.unit(*made.Id, "Team"))
	if *below.Path != *made.Path+*below.Id+"/" {
		t.Errorf("the path below %s is %s", *made.Path, *below.Path)
	}

	// Its own name is not a duplicate. [aws-cloudformation/
	// aws-cloudformation-resource-providers-organizations, UpdateHandler]
	same := must(a.actor, (*service).UpdateOrganizationalUnit,
		orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: made.Id, Name: want.Name}).OrganizationalUnit
	if diff := cmp.Diff(want, same); diff != "" {
		t.Errorf("with its own name (-want +got):\n%s", diff)
	}

	renamed := must(a.actor, (*service).UpdateOrganizationalUnit,
		orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: made.Id, Name: new("Development")}).OrganizationalUnit
	want.Name = new("Development")
	if diff := cmp.Diff(want, renamed); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, a.describeUnit(*made.Id)); diff != "" {
		t.Errorf("described (-want +got):\n%s", diff)
	}

	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: below.Id})
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: made.Id})
	fails(a.actor, "OrganizationalUnitNotFoundException", (*service).DescribeOrganizationalUnit,
		orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: made.Id})
	// The name is free again, the id is not used again.
	if again := a.unit(a.root, "Development"); again == *made.Id {
		t.Errorf("the id %s was used again", again)
	}
}

func TestWhichNamesOfUnitsDiffer(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	for _, name := range []string{"dev", "Dev ", " Dev", "   ", "Dév", "De\u0301v", strings.Repeat("é", 128)} {
		a.unit(a.root, name)
		fails(a.actor, "DuplicateOrganizationalUnitException", (*service).CreateOrganizationalUnit,
			orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: &name})
	}
	// Names are unique within a parent only.
	a.unit(dev, "Dev")
}

func TestWhatRenamingChanges(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	dev, ops := a.unit(a.root, "Dev"), a.unit(a.root, "Ops")
	nested := a.unit(ops, "Dev")
	for _, c := range []struct {
		unit string
		name *string
		want string
	}{
		{dev, nil, "Dev"},
		{dev, new(" "), "Dev"},
		{dev, new("   "), "Dev"},
		{dev, new("Dev"), "Dev"},
		{dev, new(" Dev"), " Dev"},
		{dev, new("Dev"), "Dev"},
		{nested, new("Ops"), "Ops"},
	} {
		in := orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: &c.unit, Name: c.name}
		if got := must(a.actor, (*service).UpdateOrganizationalUnit, in).OrganizationalUnit; *got.Name != c.want {
			t.Errorf("renaming answers %q, want %q", *got.Name, c.want)
		}
		if got := *a.describeUnit(c.unit).Name; got != c.want {
			t.Errorf("the name is %q, want %q", got, c.want)
		}
	}
	fails(a.actor, "DuplicateOrganizationalUnitException", (*service).UpdateOrganizationalUnit,
		orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: &dev, Name: new("Ops")})
}

func TestUnitsNestFiveLevelsDeep(t *testing.T) {
	for _, depth := range []int{5, 2} {
		t.Run(fmt.Sprint(depth), func(t *testing.T) {
			w := newFixture(t, fmt.Sprint("unit-depth ", depth))
			a := w.as(alice).plant()
			a.member(bob)
			place := a.root
			for level := range depth {
				place = a.unit(place, fmt.Sprint("level ", level+1))
			}
			fails(a.actor, "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED", (*service).CreateOrganizationalUnit,
				orgapi.CreateOrganizationalUnitRequest{ParentId: &place, Name: new("one more")})
			// Accounts do not count.
			a.move(bob, a.root, place)
			if got := a.account(bob).Paths[0]; strings.Count(got, "/ou-") != depth {
				t.Errorf("the path of the account is %s", got)
			}
		})
	}
}

func TestUnitsOfAnOrganizationAreLimited(t *testing.T) {
	w := newFixture(t, "units-per-organization 2")
	a, other := w.as(alice).plant(), w.as(dave).plant()
	dev := a.unit(a.root, "Dev")
	team := a.unit(dev, "Team")
	third := orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("Third")}
	fails(a.actor, "ConstraintViolationException OU_NUMBER_LIMIT_EXCEEDED", (*service).CreateOrganizationalUnit, third)
	other.unit(other.root, "Dev")
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &team})
	must(a.actor, (*service).CreateOrganizationalUnit, third)
}

func TestAUnitThatHoldsSomethingStays(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	removal := orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &dev}
	team := a.unit(dev, "Team")
	fails(a.actor, "OrganizationalUnitNotEmptyException", (*service).DeleteOrganizationalUnit, removal)
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &team})

	made := a.create("Made", "made@example.com")
	a.move(made, a.root, dev)
	fails(a.actor, "OrganizationalUnitNotEmptyException", (*service).DeleteOrganizationalUnit, removal)
	// A closed account counts until it is gone.
	must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &made})
	w.pass(0)
	fails(a.actor, "OrganizationalUnitNotEmptyException", (*service).DeleteOrganizationalUnit, removal)
	w.pass(90 * day)
	must(a.actor, (*service).DeleteOrganizationalUnit, removal)
}

func TestRejectionsOfUnits(t *testing.T) {
	inBothStyles(t, []string{"tags-per-resource 2"}, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		dev, foreign := a.unit(a.root, "Dev"), other.unit(other.root, "Dev")
		create := func(parent, name *string, tags ...orgapi.Tag) *orgapi.CreateOrganizationalUnitRequest {
			return &orgapi.CreateOrganizationalUnitRequest{ParentId: parent, Name: name, Tags: tags}
		}
		rename := func(id, name *string) *orgapi.UpdateOrganizationalUnitRequest {
			return &orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: id, Name: name}
		}
		long := strings.Repeat("日", 129)
		return a.actor, []refusal{
			{"CreateOrganizationalUnit", create(nil, nil), absent, ":PARENT_ID"},
			{"CreateOrganizationalUnit", create(&a.root, nil), absent, ":NAME"},
			{"CreateOrganizationalUnit", create(new(bob), new("x")), malformed, ":PARENT_ID"},
			{"CreateOrganizationalUnit", create(&a.root, new("")), tooShort, ":NAME"},
			{"CreateOrganizationalUnit", create(&a.root, &long), tooLong, ":NAME"},
			{"CreateOrganizationalUnit", create(&a.root, new("x"), tag("k", "v"), tag("k", "w")), "InvalidInputException DUPLICATE_TAG_KEY", ""},
			{"CreateOrganizationalUnit", create(&a.root, new("x"), tag("AWS:k", "v")), "InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER", ""},
			{"CreateOrganizationalUnit", create(new(noUnit), new("x")), "ParentNotFoundException", ""},
			{"CreateOrganizationalUnit", create(&other.root, new("x")), "ParentNotFoundException", ""},
			{"CreateOrganizationalUnit", create(&foreign, new("x")), "ParentNotFoundException", ""},
			{"CreateOrganizationalUnit", create(&a.root, new("Dev")), "DuplicateOrganizationalUnitException", ""},
			// The name is looked at before the tags are counted.
			{"CreateOrganizationalUnit", create(&a.root, new("Dev"), tag("a", ""), tag("b", ""), tag("c", "")), "DuplicateOrganizationalUnitException", ""},
			{"CreateOrganizationalUnit", create(&a.root, new("x"), tag("a", ""), tag("b", ""), tag("c", "")), "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED", ""},

			{"UpdateOrganizationalUnit", rename(nil, nil), absent, ":ORGANIZATIONAL_UNIT_ID"},
			{"UpdateOrganizationalUnit", rename(&a.root, nil), malformed, ":ORGANIZATIONAL_UNIT_ID"},
			{"UpdateOrganizationalUnit", rename(&dev, new("")), tooShort, ":NAME"},
			{"UpdateOrganizationalUnit", rename(&dev, &long), tooLong, ":NAME"},
			{"UpdateOrganizationalUnit", rename(new(noUnit), new("x")), "OrganizationalUnitNotFoundException", ""},
			{"UpdateOrganizationalUnit", rename(&foreign, nil), "OrganizationalUnitNotFoundException", ""},

			{"DeleteOrganizationalUnit", &orgapi.DeleteOrganizationalUnitRequest{}, absent, ":ORGANIZATIONAL_UNIT_ID"},
			{"DeleteOrganizationalUnit", &orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: new("ou-1")}, malformed, ":ORGANIZATIONAL_UNIT_ID"},
			{"DeleteOrganizationalUnit", &orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &foreign}, "OrganizationalUnitNotFoundException", ""},
			{"DescribeOrganizationalUnit", &orgapi.DescribeOrganizationalUnitRequest{}, absent, ":ORGANIZATIONAL_UNIT_ID"},
			{"DescribeOrganizationalUnit", &orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: new(bob)}, malformed, ":ORGANIZATIONAL_UNIT_ID"},
			{"DescribeOrganizationalUnit", &orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: &foreign}, "OrganizationalUnitNotFoundException", ""},
		}
	})
}

func TestTheTreeGoesWithItsOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.unit(a.unit(a.root, "Dev"), "Team")
	must(a.actor, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	again := a.plant()
	if again.root == a.root {
		t.Errorf("the new root has the id of the old one: %s", a.root)
	}
	if units := must(a.actor, (*service).ListOrganizationalUnitsForParent,
		orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &again.root}).OrganizationalUnits; len(units) != 0 {
		t.Errorf("the new organization begins with %v", units)
	}
	again.unit(again.root, "Dev")
}

// race runs the calls at the same time and returns what each was told: "" for a
// success. A caller that lost is told to try again, and does.
func race(t *testing.T, calls ...func() error) []string {
	t.Helper()
	told := make([]string, len(calls))
	begin := make(chan struct{})
	var wait sync.WaitGroup
	for i, call := range calls {
		wait.Go(func() {
			<-begin
			for told[i] = "ConcurrentModificationException"; told[i] == "ConcurrentModificationException"; {
				var failure *api.Error
				err := call()
				if errors.As(err, &failure) {
					told[i] = strings.TrimSpace(failure.Type + " " + failure.Reason)
				} else if told[i] = ""; err != nil {
					told[i] = err.Error()
				}
			}
		})
	}
	close(begin)
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		t.Fatal("the race does not end")
	}
	return told
}

func count(list []string, what string) (n int) {
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

func TestOfTwinsOneIsMade(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	calls := make([]func() error, 6)
	for i := range calls {
		calls[i] = func() error {
			_, err := try(a.actor, (*service).CreateOrganizationalUnit,
				orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("Dev")})
			return err
		}
	}
	told := race(t, calls...)
	if count(told, "") != 1 || count(told, "DuplicateOrganizationalUnitException") != len(calls)-1 {
		t.Errorf("the twins were told %q", told)
	}
}

func TestARaceForTheLastUnits(t *testing.T) {
	w := newFixture(t, "units-per-organization 2")
	a := w.as(alice).plant()
	calls := make([]func() error, 6)
	for i := range calls {
		calls[i] = func() error {
			_, err := try(a.actor, (*service).CreateOrganizationalUnit,
				orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new(fmt.Sprint(i))})
			return err
		}
	}
	told := race(t, calls...)
	if count(told, "") != 2 || count(told, "ConstraintViolationException OU_NUMBER_LIMIT_EXCEEDED") != len(calls)-2 {
		t.Errorf("the racers were told %q", told)
	}
}
