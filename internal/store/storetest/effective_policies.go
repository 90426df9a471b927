package storetest

import (
	"fmt"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// effectiveOf is an effective policy that is kept for a target.
func effectiveOf(target ident.TargetID, path string) org.EffectivePolicy {
	return org.EffectivePolicy{
		Target: target, Path: path, Applies: true, Document: `{"of":"` + string(target) + `"}`,
		Errors: "[]", Computed: epoch.Add(-time.Microsecond),
	}
}

var effectivePolicies = []testCase{
	{"an effective policy is kept whole, and for one target of one enablement", func(t *fixture) {
		t.foundBoth()
		e := effectiveOf("ou-aaaa-1", "o-aaaaaaaaaa/r-aaaa/ou-aaaa-1/")
		kept := func(o org.Organization, enablement int64, target ident.TargetID) func(v *store.View) (org.EffectivePolicy, error) {
			return func(v *store.View) (org.EffectivePolicy, error) { return v.EffectivePolicy(o.ID, enablement, target) }
		}
		t.write(func(tx *store.Tx) error { return tx.UpsertEffectivePolicy(ours.ID, current, e) })
		wants(t, "the effective policy", e, kept(ours, current, e.Target))
		misses(t, "of another enablement", kept(ours, former, e.Target))
		misses(t, "of the other organization", kept(theirs, current, e.Target))
		misses(t, "of another target", kept(ours, current, "r-aaaa"))

		e.Path, e.Applies, e.Document, e.Valid, e.Errors, e.Computed = "o-aaaaaaaaaa/r-aaaa/x/ou-aaaa-1/", false, "{}", true, "", epoch
		t.write(func(tx *store.Tx) error { return tx.UpsertEffectivePolicy(ours.ID, current, e) })
		wants(t, "once computed again", e, kept(ours, current, e.Target))
		t.write(func(tx *store.Tx) error { return tx.DeleteEffectivePolicy(ours.ID, current, e.Target) })
		misses(t, "once dropped", kept(ours, current, e.Target))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteEffectivePolicy(ours.ID, current, e.Target) })
	}},
	{"the deepest effective policy on a path counts, however long the path is", func(t *fixture) {
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
	{"effective policies at and below a path are listed by path", func(t *fixture) {
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
	{"effective policies of the targets of a policy are listed in the order of attachment", func(t *fixture) {
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
	{"accounts below a path are listed with their validity, by the path of their parent", func(t *fixture) {
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
	{"invalid accounts are listed in the order of joining", func(t *fixture) {
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
				a, err := tx.EvaluatedAccount(ours.ID, current, number(n))
				if err != nil {
					return err
				}
				if err := tx.InsertInvalidAccount(ours.ID, current, a); err != nil {
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
