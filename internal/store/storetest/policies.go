package storetest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// The two types and the enablings of these tests. What is asked of the one must
// never show what belongs to the other.
const (
	backup  org.PolicyType = "BACKUP_POLICY"
	tagging org.PolicyType = "TAG_POLICY"

	current, former int64 = 7, 3
)

// policyOf is a policy; position is its place in the order of creation.
func policyOf(o org.Organization, id ident.PolicyID, position int64) org.Policy {
	return org.Policy{
		ID: id, Organization: o.ID, Type: backup, Name: "Name of " + string(id), Description: "Ö\n" + string(id),
		Content: `{"plans":{}} ` + string(id), Digest: "digest of " + string(id), Position: position,
	}
}

// listed is a policy as lists have it.
func listed(p org.Policy) org.Policy {
	p.Content, p.Digest = "", ""
	return p
}

func policy(o org.Organization, id ident.PolicyID) func(v *store.View) (org.Policy, error) {
	return func(v *store.View) (org.Policy, error) { return v.Policy(o.ID, id) }
}

var policies = []check{
	{"a policy is kept whole, in one organization", func(t *trial) {
		t.foundBoth()
		p := policyOf(ours, "p-aaaaaaaa", 1)
		t.write(func(tx *store.Tx) error { return tx.InsertPolicy(p) })
		wants(t, "the policy", p, policy(ours, p.ID))
		wants(t, "by its name", p, func(v *store.View) (org.Policy, error) { return v.PolicyByName(ours.ID, p.Type, p.Name) })
		misses(t, "in the other organization", policy(theirs, p.ID))
		misses(t, "by a name in another case", func(v *store.View) (org.Policy, error) { return v.PolicyByName(ours.ID, p.Type, "name of p-aaaaaaaa") })
		misses(t, "by its name in another type", func(v *store.View) (org.Policy, error) { return v.PolicyByName(ours.ID, tagging, p.Name) })

		p.Name, p.Description, p.Content, p.Digest = "Other", "", "{ }", "x"
		t.write(func(tx *store.Tx) error { return tx.UpdatePolicy(p) })
		wants(t, "once saved", p, policy(ours, p.ID))
		t.write(func(tx *store.Tx) error { return tx.DeletePolicy(ours.ID, p.ID) })
		misses(t, "once removed", policy(ours, p.ID))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeletePolicy(ours.ID, p.ID) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdatePolicy(p) })
	}},
	{"no two policies of a type have the same name", func(t *trial) {
		t.foundBoth()
		p := policyOf(ours, "p-aaaaaaaa", 1)
		t.write(func(tx *store.Tx) error { return tx.InsertPolicy(p) })
		same := p
		same.ID = "p-bbbbbbbb"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertPolicy(same) })
		same.Type = tagging
		t.write(func(tx *store.Tx) error { return tx.InsertPolicy(same) })
		same.Organization = theirs.ID
		t.write(func(tx *store.Tx) error { return tx.InsertPolicy(same) })
		same.Name = "Another"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertPolicy(same) })
	}},
	{"policies of a type are listed in the order of creation", func(t *trial) {
		t.foundBoth()
		var want []org.Policy
		for i, id := range unordered {
			want = append(want, policyOf(ours, ident.PolicyID("p-"+id), int64(i+1)))
		}
		t.write(func(tx *store.Tx) error {
			other := policyOf(ours, "p-tagging", 99)
			other.Type = tagging
			for _, p := range []org.Policy{policyOf(theirs, "p-theirs", 1), other} {
				if err := tx.InsertPolicy(p); err != nil {
					return err
				}
			}
			return each(mixed(want), tx.InsertPolicy)
		})
		for i := range want {
			want[i] = listed(want[i])
		}
		paged(t, "the policies", want, page.First, store.AfterPolicy,
			func(v *store.View, after page.Cursor, limit int) ([]org.Policy, error) {
				return v.Policies(ours.ID, backup, after, limit)
			})
	}},
	{"policy types are enabled and disabled, each for itself", func(t *trial) {
		t.foundBoth()
		enabled := func(o org.Organization, kind org.PolicyType) func(v *store.View) (org.EnabledPolicyType, error) {
			return func(v *store.View) (org.EnabledPolicyType, error) { return v.EnabledPolicyType(o.ID, kind) }
		}
		all := func(v *store.View) ([]org.EnabledPolicyType, error) { return v.EnabledPolicyTypes(ours.ID) }
		wants(t, "without any", []org.EnabledPolicyType{}, all)
		first := org.EnabledPolicyType{Type: tagging, EnablementID: 1, Since: epoch.Add(-time.Microsecond)}
		second := org.EnabledPolicyType{Type: backup, EnablementID: 2, Since: epoch}
		t.write(func(tx *store.Tx) error {
			return each([]org.EnabledPolicyType{first, second}, func(e org.EnabledPolicyType) error { return tx.InsertEnabledPolicyType(ours.ID, e) })
		})
		wants(t, "by name", []org.EnabledPolicyType{second, first}, all)
		wants(t, "one", first, enabled(ours, tagging))
		misses(t, "in the other organization", enabled(theirs, tagging))
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertEnabledPolicyType(ours.ID, first) })
		t.write(func(tx *store.Tx) error { return tx.DeleteEnabledPolicyType(ours.ID, tagging) })
		misses(t, "once disabled", enabled(ours, tagging))
		wants(t, "the other type", second, enabled(ours, backup))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteEnabledPolicyType(ours.ID, tagging) })
	}},
	{"what is attached is read from both sides, in the order of attachment", func(t *trial) {
		t.foundWithMembers(3)
		unit := unitOf(ours, "ou-aaaa-11111111")
		p, managed := policyOf(ours, "p-aaaaaaaa", 1), ident.PolicyID("p-AWS")
		places := []struct {
			target ident.TargetID
			name   string
		}{
			{number(1).Target(), "Account " + string(number(1))},
			{ours.Root.Target(), ""},
			{unit.ID.Target(), unit.Name},
			{number(0).Target(), "Account " + string(number(0))},
		}
		var ofPolicy []store.PolicyTarget
		t.write(func(tx *store.Tx) error {
			for _, err := range []error{tx.InsertUnit(unit), tx.InsertPolicy(p), tx.InsertPolicy(policyOf(theirs, p.ID, 1))} {
				if err != nil {
					return err
				}
			}
			ofPolicy = nil
			for i, place := range places {
				position := int64(10 + i)
				ofPolicy = append(ofPolicy, store.PolicyTarget{Target: place.target, Name: place.name, Attached: position})
				for enabling, at := range map[int64]int64{current: position, former: 1} {
					if err := tx.UpsertAttachment(ours.ID, enabling, org.Attachment{Target: place.target, Policy: p.ID, Position: at}); err != nil {
						return err
					}
				}
			}
			if err := tx.UpsertAttachment(theirs.ID, current, org.Attachment{Target: theirs.Root.Target(), Policy: p.ID, Position: 11}); err != nil {
				return err
			}
			root := ours.Root.Target()
			return each([]org.Attachment{
				{Target: root, Policy: managed, Position: 20}, {Target: root, Policy: "p-off", Detached: true, Position: 21},
			}, func(a org.Attachment) error { return tx.UpsertAttachment(ours.ID, current, a) })
		})
		paged(t, "the targets", ofPolicy, 0, func(t store.PolicyTarget) int64 { return t.Attached },
			func(v *store.View, after int64, limit int) ([]store.PolicyTarget, error) {
				return v.TargetsOf(ours.ID, current, p.ID, after, limit)
			})
		shown := listed(p)
		shown.Position = 0
		onRoot := []store.AttachedPolicy{
			{Policy: shown, Attached: 11}, {Policy: org.Policy{ID: managed}, Attached: 20},
		}
		paged(t, "the policies", onRoot, page.First, store.AfterAttachedPolicy,
			func(v *store.View, after page.Cursor, limit int) ([]store.AttachedPolicy, error) {
				return v.PoliciesOn(ours.ID, current, ours.Root.Target(), after, limit)
			})
		written := []org.Attachment{
			{Target: ours.Root.Target(), Policy: p.ID, Position: 11},
			{Target: ours.Root.Target(), Policy: managed, Position: 20},
			{Target: ours.Root.Target(), Policy: "p-off", Detached: true, Position: 21},
		}
		wants(t, "all that is written down", written, func(v *store.View) ([]org.Attachment, error) {
			return v.Attachments(ours.ID, current, ours.Root.Target())
		})
		wants(t, "one that was taken off", written[2], attachment(ours, ours.Root.Target(), "p-off"))
		misses(t, "on another target", attachment(ours, number(2).Target(), p.ID))

		again := org.Attachment{Target: ours.Root.Target(), Policy: "p-off", Position: 30}
		t.write(func(tx *store.Tx) error { return tx.UpsertAttachment(ours.ID, current, again) })
		wants(t, "once put on again", again, attachment(ours, ours.Root.Target(), "p-off"))
		t.write(func(tx *store.Tx) error { return tx.DeleteAttachment(ours.ID, current, ours.Root.Target(), p.ID) })
		misses(t, "once removed", attachment(ours, ours.Root.Target(), p.ID))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteAttachment(ours.ID, current, ours.Root.Target(), p.ID) })
	}},
	{"units and accounts without a row about a policy are listed oldest first", func(t *trial) {
		const members = 4
		t.foundBoth()
		var units []org.Unit
		t.write(func(tx *store.Tx) error {
			units = nil
			for n := range members {
				if err := enter(tx, number(n), memberOf(ours, epoch.Add(-time.Duration(n/2)*time.Second))); err != nil {
					return err
				}
				u := unitOf(ours, ident.UnitID(fmt.Sprint("ou-aaaa-", n)))
				u.Created = epoch.Add(-time.Duration(n/2) * time.Second)
				if err := tx.InsertUnit(u); err != nil {
					return err
				}
				units = append(units, u)
			}
			if err := tx.InsertUnit(unitOf(theirs, "ou-bbbb-0")); err != nil {
				return err
			}
			for _, a := range []org.Attachment{
				{Target: units[1].ID.Target(), Policy: "p-default", Detached: true}, {Target: number(1).Target(), Policy: "p-default", Position: 4},
				{Target: units[0].ID.Target(), Policy: "p-other", Position: 5}, {Target: number(0).Target(), Policy: "p-other", Position: 6},
			} {
				if err := tx.UpsertAttachment(ours.ID, current, a); err != nil {
					return err
				}
			}
			return tx.UpsertAttachment(ours.ID, former, org.Attachment{Target: units[2].ID.Target(), Policy: "p-default"})
		})
		paged(t, "the units", []org.Unit{units[2], units[3], units[0]}, page.First, store.AfterUnit,
			func(v *store.View, after page.Cursor, limit int) ([]org.Unit, error) {
				return v.UnitsWithout(ours.ID, current, "p-default", after, limit)
			})
		var accounts []org.Account
		for _, id := range []ident.AccountID{ours.Management, number(2), number(3), number(0)} {
			accounts = append(accounts, read(t, func(v *store.View) (org.Account, error) { return v.Account(id) }))
		}
		paged(t, "the accounts", accounts, page.First, store.AfterAccount,
			func(v *store.View, after page.Cursor, limit int) ([]org.Account, error) {
				return v.AccountsWithout(ours.ID, current, "p-default", after, limit)
			})
	}},
	{"the policies on many targets are read together", func(t *trial) {
		t.foundBoth()
		p := policyOf(ours, "p-aaaaaaaa", 1)
		var targets []ident.TargetID
		want := map[store.AttachmentLink]bool{}
		t.write(func(tx *store.Tx) error {
			targets = nil
			if err := tx.InsertPolicy(p); err != nil {
				return err
			}
			for n := range 40 {
				target := ident.TargetID(fmt.Sprint("target", n))
				targets = append(targets, target)
				if n%3 == 0 {
					continue
				}
				a := org.Attachment{Target: target, Policy: p.ID, Position: int64(n), Detached: n%3 == 1}
				if err := tx.UpsertAttachment(ours.ID, current, a); err != nil {
					return err
				}
				if !a.Detached {
					want[store.AttachmentLink{Target: target, Policy: p.ID, Digest: p.Digest, Position: a.Position}] = true
				}
			}
			return tx.UpsertAttachment(ours.ID, former, org.Attachment{Target: targets[0], Policy: p.ID})
		})
		for _, n := range []int{0, 1, 15, 16, 17, 40} {
			some := map[store.AttachmentLink]bool{}
			for l := range want {
				if l.Position < int64(n) {
					some[l] = true
				}
			}
			got := map[store.AttachmentLink]bool{}
			for _, l := range read(t, func(v *store.View) ([]store.AttachmentLink, error) {
				return v.AttachmentLinks(ours.ID, current, targets[:n])
			}) {
				got[l] = true
			}
			if diff := cmp.Diff(some, got); diff != "" {
				t.Errorf("on %d targets (-want +got):\n%s", n, diff)
			}
		}
	}},
	{"what belongs to an ended enabling goes a few targets at a time", func(t *trial) {
		t.foundWithMembers(5)
		t.write(func(tx *store.Tx) error {
			for n := range 5 {
				if err := belong(tx, ours, current, number(n), n < 2); err != nil {
					return err
				}
			}
			for _, err := range []error{belong(tx, ours, former, number(0), true), belong(tx, theirs, current, theirs.Management, true)} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		runs := 0
		for done := false; !done; runs++ {
			t.write(func(tx *store.Tx) (err error) {
				done, err = tx.DeleteEnablement(ours.ID, current, 2)
				return err
			})
		}
		// Three runs for five targets' attachments, three for their effective
		// policies, one for two invalid accounts, and one that finds nothing.
		if runs != 8 {
			t.Errorf("took %d runs, want 8", runs)
		}
		wants(t, "of the ended enabling", 0, belongings(ours, current))
		wants(t, "of another enabling", 3, belongings(ours, former))
		wants(t, "of the other organization", 3, belongings(theirs, current))
	}},
	{"a target takes along what is written down about it", func(t *trial) {
		t.foundWithMembers(2)
		t.write(func(tx *store.Tx) error {
			for n := range 2 {
				for _, enabling := range []int64{current, former} {
					if err := belong(tx, ours, enabling, number(n), true); err != nil {
						return err
					}
				}
			}
			return tx.DeleteTargetPolicies(ours.ID, number(0).Target())
		})
		wants(t, "in the one enabling", 3, belongings(ours, current))
		wants(t, "in the other", 3, belongings(ours, former))
		misses(t, "the attachment", attachment(ours, number(0).Target(), "p-aaaaaaaa"))
	}},
	{"an organization takes its policies along", func(t *trial) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error {
			return each([]org.Organization{ours, theirs}, func(o org.Organization) error {
				for _, err := range []error{
					tx.InsertPolicy(policyOf(o, "p-aaaaaaaa", 1)),
					tx.InsertEnabledPolicyType(o.ID, org.EnabledPolicyType{Type: backup, EnablementID: current, Since: epoch}),
					belong(tx, o, current, o.Management, true),
				} {
					if err != nil {
						return err
					}
				}
				return nil
			})
		})
		t.write(func(tx *store.Tx) error {
			if err := tx.DeleteMembership(ours.Management, tx.Now()); err != nil {
				return err
			}
			return tx.DeleteOrganization(ours.ID)
		})
		misses(t, "the policy", policy(ours, "p-aaaaaaaa"))
		misses(t, "the type", func(v *store.View) (org.EnabledPolicyType, error) { return v.EnabledPolicyType(ours.ID, backup) })
		wants(t, "what belonged to it", 0, belongings(ours, current))
		wants(t, "what belongs to the other one", 3, belongings(theirs, current))
		wants(t, "the policy of the other one", policyOf(theirs, "p-aaaaaaaa", 1), policy(theirs, "p-aaaaaaaa"))
	}},
}

func attachment(o org.Organization, target ident.TargetID, id ident.PolicyID) func(v *store.View) (org.Attachment, error) {
	return func(v *store.View) (org.Attachment, error) { return v.Attachment(o.ID, current, target, id) }
}

// belong gives an account an attachment, an effective policy and, if invalid, a
// place among the invalid accounts.
func belong(tx *store.Tx, o org.Organization, enabling int64, id ident.AccountID, invalid bool) error {
	a := org.Attachment{Target: id.Target(), Policy: "p-aaaaaaaa", Position: 1}
	if err := tx.UpsertAttachment(o.ID, enabling, a); err != nil {
		return err
	}
	e := effectiveOf(id.Target(), ident.AccountPath(o.RootPath(), id))
	if err := tx.UpsertEffectivePolicy(o.ID, enabling, e); err != nil || !invalid {
		return err
	}
	return tx.InsertInvalidAccount(o.ID, enabling, store.EvaluatedAccount{ID: id, Joined: epoch})
}

// belongings counts what there is of an enabling.
func belongings(o org.Organization, enabling int64) func(v *store.View) (int, error) {
	return func(v *store.View) (int, error) {
		targets, err := v.TargetsOf(o.ID, enabling, "p-aaaaaaaa", 0, 100)
		if err != nil {
			return 0, err
		}
		kept, err := v.EffectivePoliciesBelow(o.ID, enabling, o.RootPath(), "", 100)
		if err != nil {
			return 0, err
		}
		invalid, err := v.InvalidAccounts(o.ID, enabling, page.First, 100)
		return len(targets) + len(kept) + len(invalid), err
	}
}

// effectiveOf is an effective policy that is kept for a target.
func effectiveOf(target ident.TargetID, path string) org.EffectivePolicy {
	return org.EffectivePolicy{
		Target: target, Path: path, Applies: true, Document: `{"of":"` + string(target) + `"}`,
		Errors: "[]", Computed: epoch.Add(-time.Microsecond),
	}
}

var effectivePolicies = []check{
	{"an effective policy is kept whole, and for one target of one enabling", func(t *trial) {
		t.foundBoth()
		e := effectiveOf("ou-aaaa-1", "o-aaaaaaaaaa/r-aaaa/ou-aaaa-1/")
		kept := func(o org.Organization, enabling int64, target ident.TargetID) func(v *store.View) (org.EffectivePolicy, error) {
			return func(v *store.View) (org.EffectivePolicy, error) { return v.EffectivePolicy(o.ID, enabling, target) }
		}
		t.write(func(tx *store.Tx) error { return tx.UpsertEffectivePolicy(ours.ID, current, e) })
		wants(t, "the effective policy", e, kept(ours, current, e.Target))
		misses(t, "of another enabling", kept(ours, former, e.Target))
		misses(t, "of the other organization", kept(theirs, current, e.Target))
		misses(t, "of another target", kept(ours, current, "r-aaaa"))

		e.Path, e.Applies, e.Document, e.Valid, e.Errors, e.Computed = "o-aaaaaaaaaa/r-aaaa/x/ou-aaaa-1/", false, "{}", true, "", epoch
		t.write(func(tx *store.Tx) error { return tx.UpsertEffectivePolicy(ours.ID, current, e) })
		wants(t, "once computed again", e, kept(ours, current, e.Target))
		t.write(func(tx *store.Tx) error { return tx.DeleteEffectivePolicy(ours.ID, current, e.Target) })
		misses(t, "once dropped", kept(ours, current, e.Target))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteEffectivePolicy(ours.ID, current, e.Target) })
	}},
	{"the deepest one on a way counts, however long the way is", func(t *trial) {
		t.foundBoth()
		const depth = 40
		path, paths := ours.RootPath(), []string{ours.RootPath()}
		for n := range depth {
			path = ident.UnitPath(path, ident.UnitID(fmt.Sprint("ou-", depth-n)))
			paths = append(paths, path)
		}
		on := func(way string) func(v *store.View) (org.EffectivePolicy, error) {
			return func(v *store.View) (org.EffectivePolicy, error) {
				return v.EffectivePolicyOn(ours.ID, current, ident.OnPath(way))
			}
		}
		misses(t, "with none", on(path))
		for _, at := range []int{0, 3, 20, depth} {
			steps := ident.OnPath(paths[at])
			e := effectiveOf(steps[len(steps)-1], paths[at])
			t.write(func(tx *store.Tx) error {
				if err := tx.UpsertEffectivePolicy(ours.ID, former, effectiveOf("ou-1", path)); err != nil {
					return err
				}
				return tx.UpsertEffectivePolicy(ours.ID, current, e)
			})
			wants(t, fmt.Sprint("from the end, kept at ", at), e, on(path))
			wants(t, fmt.Sprint("from there, kept at ", at), e, on(paths[at]))
		}
		steps := ident.OnPath(paths[3])
		wants(t, "above what was kept later", effectiveOf(steps[3], paths[3]), on(paths[10]))
	}},
	{"what is kept at and below a path is listed by path", func(t *trial) {
		t.foundBoth()
		root := ours.RootPath()
		var want, all []org.EffectivePolicy
		for _, path := range []string{"u1/", "u1/111111111111/", "u1/u3/", "u1/u3/u4/"} {
			steps := ident.OnPath(root + path)
			want = append(want, effectiveOf(steps[len(steps)-1], root+path))
		}
		all = append(all, want...)
		for _, path := range []string{"", "u0/", "u/", "u10/", "u1-/", "u2/u1/"} {
			all = append(all, effectiveOf(ident.TargetID("x"+path), root+path))
		}
		t.write(func(tx *store.Tx) error {
			if err := tx.UpsertEffectivePolicy(ours.ID, former, effectiveOf("f", root+"u1/f/")); err != nil {
				return err
			}
			return each(mixed(all), func(e org.EffectivePolicy) error { return tx.UpsertEffectivePolicy(ours.ID, current, e) })
		})
		paged(t, "what is kept", want, "", func(e org.EffectivePolicy) string { return e.Path },
			func(v *store.View, after string, limit int) ([]org.EffectivePolicy, error) {
				return v.EffectivePoliciesBelow(ours.ID, current, root+"u1/", after, limit)
			})
	}},
	{"what is kept for the targets of a policy is listed in the order of attachment", func(t *trial) {
		t.foundBoth()
		var want []store.EffectivePolicyOf
		t.write(func(tx *store.Tx) error {
			want = nil
			for i, id := range unordered {
				target := ident.TargetID(id)
				e := effectiveOf(target, ours.RootPath()+id+"/")
				want = append(want, store.EffectivePolicyOf{EffectivePolicy: e, Attached: int64(i + 1)})
				for _, err := range []error{
					tx.UpsertEffectivePolicy(ours.ID, current, e),
					tx.UpsertEffectivePolicy(ours.ID, former, e),
					tx.UpsertAttachment(ours.ID, current, org.Attachment{Target: target, Policy: "p-aaaaaaaa", Position: int64(i + 1)}),
					tx.UpsertAttachment(ours.ID, current, org.Attachment{Target: target, Policy: "p-bbbbbbbb", Position: int64(i + 9)}),
				} {
					if err != nil {
						return err
					}
				}
			}
			return tx.UpsertAttachment(ours.ID, current, org.Attachment{Target: "without", Policy: "p-aaaaaaaa", Position: 99})
		})
		paged(t, "what is kept", want, 0, func(e store.EffectivePolicyOf) int64 { return e.Attached },
			func(v *store.View, after int64, limit int) ([]store.EffectivePolicyOf, error) {
				return v.EffectivePoliciesOf(ours.ID, current, "p-aaaaaaaa", after, limit)
			})
	}},
	{"accounts are judged below a path, by the path of their parent", func(t *trial) {
		t.foundWithMembers(5)
		u1, u2 := ours.RootPath()+"u1/", ours.RootPath()+"u1/u2/"
		var want []store.EvaluatedAccount
		t.write(func(tx *store.Tx) error {
			for n, path := range map[int]string{0: u2, 1: u1, 2: u2, 3: ours.RootPath() + "u10/"} {
				if err := tx.UpdateAccountParent(number(n), "any", path); err != nil {
					return err
				}
			}
			want = []store.EvaluatedAccount{
				{ID: number(1), ParentPath: u1, Joined: epoch, Invalid: true},
				{ID: number(0), ParentPath: u2, Joined: epoch, Own: true},
				{ID: number(2), ParentPath: u2, Joined: epoch, Invalid: true, Own: true, OwnValid: true},
			}
			valid := effectiveOf(number(2).Target(), u2+string(number(2))+"/")
			valid.Valid = true
			for _, err := range []error{
				tx.InsertInvalidAccount(ours.ID, current, want[0]), tx.InsertInvalidAccount(ours.ID, current, want[2]), tx.InsertInvalidAccount(ours.ID, former, want[1]),
				tx.UpsertEffectivePolicy(ours.ID, current, effectiveOf(number(0).Target(), u2+string(number(0))+"/")),
				tx.UpsertEffectivePolicy(ours.ID, current, valid),
				tx.UpsertEffectivePolicy(ours.ID, former, effectiveOf(number(1).Target(), u1+string(number(1))+"/")),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		paged(t, "the accounts", want, "", store.EvaluatedAccount.Path,
			func(v *store.View, after string, limit int) ([]store.EvaluatedAccount, error) {
				return v.EvaluatedAccountsBelow(ours.ID, current, u1, after, limit)
			})
		one := func(o org.Organization, id ident.AccountID) func(v *store.View) (store.EvaluatedAccount, error) {
			return func(v *store.View) (store.EvaluatedAccount, error) { return v.EvaluatedAccount(o.ID, current, id) }
		}
		for _, a := range want {
			wants(t, "one of them", a, one(ours, a.ID))
		}
		misses(t, "in the other organization", one(theirs, number(0)))

		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertInvalidAccount(ours.ID, current, want[0]) })
		t.write(func(tx *store.Tx) error { return tx.DeleteInvalidAccount(ours.ID, current, want[0]) })
		want[0].Invalid = false
		wants(t, "once valid", want[0], one(ours, want[0].ID))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteInvalidAccount(ours.ID, current, want[0]) })
	}},
	{"invalid accounts are listed in the order of joining", func(t *trial) {
		t.foundBoth()
		var want []org.Account
		t.write(func(tx *store.Tx) error {
			for n := range 4 {
				joined := epoch.Add(-time.Duration(n/2) * time.Second)
				if err := enter(tx, number(n), memberOf(ours, joined)); err != nil {
					return err
				}
				if n == 3 {
					continue
				}
				if err := tx.InsertInvalidAccount(ours.ID, current, store.EvaluatedAccount{ID: number(n), Joined: joined}); err != nil {
					return err
				}
			}
			return tx.InsertInvalidAccount(ours.ID, former, store.EvaluatedAccount{ID: number(3), Joined: epoch})
		})
		for _, n := range []int{2, 0, 1} {
			want = append(want, read(t, accountNumber(n)))
		}
		paged(t, "the accounts", want, page.First, store.AfterAccount,
			func(v *store.View, after page.Cursor, limit int) ([]org.Account, error) {
				return v.InvalidAccounts(ours.ID, current, after, limit)
			})
	}},
}
