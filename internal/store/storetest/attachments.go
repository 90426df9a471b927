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

var attachments = []testCase{
	{"attachments are read from both sides, in the order of attachment", func(t *fixture) {
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
				for enablement, at := range map[int64]int64{current: position, former: 1} {
					if err := tx.UpsertAttachment(ours.ID, enablement, org.Attachment{Target: place.target, Policy: p.ID, Position: at}); err != nil {
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
	{"units and accounts without a row for a policy are listed oldest first", func(t *fixture) {
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
	{"the policies on many targets are read together", func(t *fixture) {
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
			// A policy of AWS has no row of its own, and is known where it was detached as well.
			for n, detached := range []bool{true, false} {
				a := org.Attachment{Target: targets[n], Policy: "p-default", Position: int64(n), Detached: detached}
				if err := tx.UpsertAttachment(ours.ID, current, a); err != nil {
					return err
				}
				want[store.AttachmentLink{Target: a.Target, Policy: a.Policy, Detached: detached, Position: a.Position}] = true
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
	{"what can change the meaning of policies gives their organization another version", func(t *fixture) {
		t.foundBoth()
		p := policyOf(ours, "p-aaaaaaaa", 1)
		t.write(func(tx *store.Tx) error { return tx.InsertPolicy(p) })
		version := func() int64 {
			found := read(t, func(v *store.View) (store.AccountWithOrganization, error) {
				return v.AccountWithOrganization(ours.Management)
			})
			alone := read(t, func(v *store.View) (org.Organization, error) { return v.Organization(ours.ID) })
			if found.Organization.PolicyVersion != alone.PolicyVersion {
				t.Errorf("two versions: %d and %d", found.Organization.PolicyVersion, alone.PolicyVersion)
			}
			return alone.PolicyVersion
		}
		seen := map[int64]bool{version(): true}
		others := read(t, func(v *store.View) (org.Organization, error) { return v.Organization(theirs.ID) }).PolicyVersion
		a := org.Attachment{Target: "target", Policy: p.ID}
		for _, change := range []func(tx *store.Tx) error{
			func(tx *store.Tx) error {
				return tx.InsertEnabledPolicyType(ours.ID, org.EnabledPolicyType{Type: p.Type, EnablementID: current, Since: t.clock.Now()})
			},
			func(tx *store.Tx) error { return tx.UpsertAttachment(ours.ID, current, a) },
			func(tx *store.Tx) error { return tx.UpdatePolicy(p) },
			func(tx *store.Tx) error { return tx.DeleteAttachment(ours.ID, current, a.Target, a.Policy) },
			func(tx *store.Tx) error { return tx.UpsertAttachment(ours.ID, current, a) },
			func(tx *store.Tx) error { return tx.DeleteTargetPolicies(ours.ID, a.Target) },
			func(tx *store.Tx) error { return tx.DeleteEnabledPolicyType(ours.ID, p.Type) },
			func(tx *store.Tx) error {
				return tx.UpsertResourcePolicy(ours.ID, org.ResourcePolicy{ID: "rp-aaaaaaaa", Content: "{}"})
			},
			func(tx *store.Tx) error { return tx.DeleteResourcePolicy(ours.ID) },
		} {
			var within int64
			t.write(func(tx *store.Tx) error {
				if _, err := tx.AccountWithOrganization(ours.Management); err != nil {
					return err
				}
				if err := change(tx); err != nil {
					return err
				}
				found, err := tx.AccountWithOrganization(ours.Management)
				if err == nil {
					within = found.Organization.PolicyVersion
				}
				return err
			})
			if got := version(); seen[got] || within != got {
				t.Errorf("version %d, within the transaction %d; before: %v", got, within, seen)
			}
			seen[version()] = true
		}
		before := version()
		t.write(func(tx *store.Tx) error { return tx.DeleteTargetPolicies(ours.ID, a.Target) })
		if got := version(); got != before {
			t.Errorf("without attachments of the target the version went from %d to %d", before, got)
		}
		if got := read(t, func(v *store.View) (org.Organization, error) { return v.Organization(theirs.ID) }).PolicyVersion; got != others {
			t.Errorf("another organization has version %d, had %d", got, others)
		}
	}},
	{"the rows of an ended enablement are deleted in batches of targets", func(t *fixture) {
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
		wants(t, "of the ended enablement", 0, belongings(ours, current))
		wants(t, "of another enablement", 3, belongings(ours, former))
		wants(t, "of the other organization", 3, belongings(theirs, current))
	}},
	{"a target is deleted with its attachments and effective policies", func(t *fixture) {
		t.foundWithMembers(2)
		t.write(func(tx *store.Tx) error {
			for n := range 2 {
				for _, enablement := range []int64{current, former} {
					if err := belong(tx, ours, enablement, number(n), true); err != nil {
						return err
					}
				}
			}
			return tx.DeleteTargetPolicies(ours.ID, number(0).Target())
		})
		wants(t, "in the one enablement", 3, belongings(ours, current))
		wants(t, "in the other", 3, belongings(ours, former))
		misses(t, "the attachment", attachment(ours, number(0).Target(), "p-aaaaaaaa"))
	}},
	{"an organization is deleted with its policies", func(t *fixture) {
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
func belong(tx *store.Tx, o org.Organization, enablement int64, id ident.AccountID, invalid bool) error {
	a := org.Attachment{Target: id.Target(), Policy: "p-aaaaaaaa", Position: 1}
	if err := tx.UpsertAttachment(o.ID, enablement, a); err != nil {
		return err
	}
	e := effectiveOf(id.Target(), ident.AccountPath(o.RootPath(), id))
	if err := tx.UpsertEffectivePolicy(o.ID, enablement, e); err != nil || !invalid {
		return err
	}
	return tx.InsertInvalidAccount(o.ID, enablement, store.EvaluatedAccount{ID: id, Joined: epoch})
}

// belongings counts what there is of an enablement.
func belongings(o org.Organization, enablement int64) func(v *store.View) (int, error) {
	return func(v *store.View) (int, error) {
		targets, err := v.TargetsOf(o.ID, enablement, "p-aaaaaaaa", 0, 100)
		if err != nil {
			return 0, err
		}
		kept, err := v.EffectivePoliciesBelow(o.ID, enablement, o.RootPath(), "", 100)
		if err != nil {
			return 0, err
		}
		invalid, err := v.InvalidAccounts(o.ID, enablement, page.First, 100)
		return len(targets) + len(kept) + len(invalid), err
	}
}
