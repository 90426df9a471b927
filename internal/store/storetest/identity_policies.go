package storetest

import (
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/identities"
)

var accessKeyCases = []testCase{
	{"an access key is kept whole, with its user", func(t *fixture) {
		u := identityOf(own, iam.User, "Ann")
		t.insert(u)
		root, first, second := keyOf(own, "", "AKIA1"), keyOf(own, u.ID, "AKIA3"), keyOf(own, u.ID, "AKIA2")
		for _, k := range []iam.AccessKey{root, first, second} {
			t.moves("a key", func(tx *store.Tx) error { return identities.InsertAccessKey(tx, k) })
		}
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return identities.InsertAccessKey(tx, keyOf(other, "", "AKIA1")) })
		key := func(id string) func(v *store.View) (identities.OwnedKey, error) {
			return func(v *store.View) (identities.OwnedKey, error) { return identities.AccessKey(v, id) }
		}
		wants(t, "of the user", identities.OwnedKey{AccessKey: first, UserPath: u.Path, UserName: u.Name}, key("AKIA3"))
		wants(t, "of the root user", identities.OwnedKey{AccessKey: root}, key("AKIA1"))
		misses(t, "an unknown one", key("AKIA9"))
		keys := func(account ident.AccountID, user string) func(v *store.View) ([]iam.AccessKey, error) {
			return func(v *store.View) ([]iam.AccessKey, error) { return identities.AccessKeys(v, account, user) }
		}
		wants(t, "keys in the order of creation", []iam.AccessKey{first, second}, keys(own, u.ID))
		wants(t, "keys of the root user", []iam.AccessKey{root}, keys(own, ""))
		wants(t, "of another account", []iam.AccessKey{}, keys(other, ""))
		wants(t, "keys of all by their ids", []iam.AccessKey{second, first}, func(v *store.View) ([]iam.AccessKey, error) {
			return identities.AccessKeysAfter(v, "AKIA1", 9)
		})

		t.moves("a status", func(tx *store.Tx) error { return identities.SetKeyStatus(tx, first, iam.Inactive) })
		first.Status, first.Sealed = iam.Inactive, "v1.other"
		first.LastUse = iam.LastUse{At: epoch.Add(time.Hour), Service: "sts", Region: "us-east-1"}
		t.write(func(tx *store.Tx) error { return identities.SetSealed(tx, first.ID, first.Sealed) })
		t.write(func(tx *store.Tx) error { return identities.SetKeyLastUse(tx, first.ID, first.LastUse) })
		wants(t, "changed", identities.OwnedKey{AccessKey: first, UserPath: u.Path, UserName: u.Name}, key("AKIA3"))
		t.whole()
		t.moves("no key", func(tx *store.Tx) error { return identities.DeleteAccessKey(tx, first) })
		misses(t, "deleted", key("AKIA3"))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.DeleteAccessKey(tx, first) })
	}},
}

var managedPolicyCases = []testCase{
	{"an inline policy is kept under its name", func(t *fixture) {
		u, g := identityOf(own, iam.User, "u"), identityOf(own, iam.Group, "u")
		t.insert(u, g)
		for n, name := range []string{"b", "A", "c"} {
			t.moves("a policy", func(tx *store.Tx) error {
				return identities.PutInlinePolicy(tx, u, iam.InlinePolicy{Name: name, Document: hard[n]})
			})
		}
		t.write(func(tx *store.Tx) error {
			return identities.PutInlinePolicy(tx, u, iam.InlinePolicy{Name: "B", Document: "{}"})
		})
		all := func(v *store.View) ([]iam.InlinePolicy, error) { return identities.InlinePolicies(v, u.ID) }
		wants(t, "all by name", []iam.InlinePolicy{{Name: "A", Document: hard[1]}, {Name: "b", Document: "{}"}, {Name: "c", Document: hard[2]}}, all)
		inline := func(owner, name string) func(v *store.View) (iam.InlinePolicy, error) {
			return func(v *store.View) (iam.InlinePolicy, error) { return identities.InlinePolicy(v, owner, name) }
		}
		wants(t, "one", iam.InlinePolicy{Name: "A", Document: hard[1]}, inline(u.ID, "a"))
		misses(t, "of another owner", inline(g.ID, "a"))
		t.moves("no policy", func(tx *store.Tx) error { return identities.DeleteInlinePolicy(tx, u, "a") })
		misses(t, "deleted", inline(u.ID, "a"))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.DeleteInlinePolicy(tx, u, "a") })
	}},
	{"a managed policy is kept whole, with its versions", func(t *fixture) {
		p, b := managedOf(own, "Policy"), managedOf(own, "b")
		b.Path = "/x/"
		for _, policy := range []iam.ManagedPolicy{p, b, managedOf(other, "Policy")} {
			t.write(func(tx *store.Tx) error { return identities.InsertPolicy(tx, policy) })
			t.write(func(tx *store.Tx) error {
				return identities.InsertVersion(tx, policy, iam.Version{Number: 1, Document: hard[0], Created: epoch})
			})
		}
		t.whole()
		byName := func(name string) func(v *store.View) (iam.ManagedPolicy, error) {
			return func(v *store.View) (iam.ManagedPolicy, error) { return identities.Policy(v, own, name) }
		}
		wants(t, "by name", p, byName("POLICY"))
		wants(t, "by id", p, func(v *store.View) (iam.ManagedPolicy, error) { return identities.PolicyByID(v, p.ID) })
		list := func(prefix, after string, limit int) func(v *store.View) ([]iam.ManagedPolicy, error) {
			return func(v *store.View) ([]iam.ManagedPolicy, error) {
				return identities.Policies(v, own, prefix, after, limit)
			}
		}
		wants(t, "all", []iam.ManagedPolicy{b, p}, list("/", "", 9))
		wants(t, "below a path", []iam.ManagedPolicy{b}, list("/x", "", 9))
		wants(t, "the second page", []iam.ManagedPolicy{p}, list("/", "b", 1))
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error {
			twin := managedOf(own, "policy")
			twin.ID = "ANPAtwin"
			return identities.InsertPolicy(tx, twin)
		})

		p.DefaultVersion, p.LastVersion, p.Updated = 2, 2, epoch.Add(time.Hour)
		second := iam.Version{Number: 2, Document: "{}", Created: p.Updated}
		t.moves("a version", func(tx *store.Tx) error { return identities.InsertVersion(tx, p, second) })
		t.moves("the default", func(tx *store.Tx) error { return identities.UpdatePolicy(tx, p) })
		wants(t, "updated", p, byName("Policy"))
		version := func(number int64) func(v *store.View) (iam.Version, error) {
			return func(v *store.View) (iam.Version, error) { return identities.PolicyVersion(v, p.ID, number) }
		}
		wants(t, "the newest first", []iam.Version{second, {Number: 1, Document: hard[0], Created: epoch}},
			func(v *store.View) ([]iam.Version, error) { return identities.Versions(v, p.ID) })
		wants(t, "a version", second, version(2))
		wants(t, "the versions of all policies", int64(3), func(v *store.View) (int64, error) { return identities.VersionsInUse(v, own) })
		t.moves("a version less", func(tx *store.Tx) error { return identities.DeleteVersion(tx, p, 1) })
		misses(t, "deleted", version(1))
		t.whole()
		t.moves("no policy", func(tx *store.Tx) error { return identities.DeletePolicy(tx, p) })
		misses(t, "with its versions", version(2))
		misses(t, "the policy", byName("Policy"))
		t.whole()
	}},
	{"a role that AWS makes has its policy, and goes with it", func(t *fixture) {
		made := iam.AccessRole(own, other, ident.AWSChina, "AROA1", "Access", epoch.Truncate(time.Second))
		t.moves("a role", func(tx *store.Tx) error { return identities.InsertMade(tx, made, "ANPA1") })
		wants(t, "the role", made.Identity, named(own, iam.Role, "access"))
		wants(t, "its policy", []string{"ANPA1"}, func(v *store.View) ([]string, error) { return identities.Attached(v, "AROA1") })
		t.whole()
		t.moves("no role", func(tx *store.Tx) error { return identities.DeleteMade(tx, made.Identity) })
		misses(t, "deleted", named(own, iam.Role, "access"))
		wants(t, "uses", iam.Uses{}, func(v *store.View) (iam.Uses, error) { return identities.PolicyUses(v, own, "ANPA1") })
		t.whole()
	}},
	{"attachments and boundaries are counted", func(t *fixture) {
		u, r := identityOf(own, iam.User, "u"), identityOf(own, iam.Role, "r")
		t.insert(u, r, identityOf(other, iam.User, "u"))
		uses := func(policy string) func(v *store.View) (iam.Uses, error) {
			return func(v *store.View) (iam.Uses, error) { return identities.PolicyUses(v, own, policy) }
		}
		attached := func(v *store.View) ([]string, error) { return identities.Attached(v, u.ID) }
		for _, a := range []struct{ id, name string }{{"ANPA2", "b"}, {"ANPA1", "Z"}, {"ANPA3", "A"}} {
			t.moves("an attachment", func(tx *store.Tx) error { return identities.Attach(tx, u, a.id, a.name) })
		}
		t.write(func(tx *store.Tx) error { return identities.Attach(tx, r, "ANPA1", "Z") })
		t.write(func(tx *store.Tx) error { return identities.Attach(tx, identityOf(other, iam.User, "u"), "ANPA1", "Z") })
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return identities.Attach(tx, u, "ANPA1", "Z") })
		wants(t, "by the names of the policies", []string{"ANPA3", "ANPA2", "ANPA1"}, attached)
		wants(t, "uses", iam.Uses{Attachments: 2}, uses("ANPA1"))
		wants(t, "no uses", iam.Uses{}, uses("ANPA9"))
		wants(t, "those that have it", []iam.Identity{r, u}, func(v *store.View) ([]iam.Identity, error) { return identities.AttachedTo(v, own, "ANPA1") })

		bounded := u
		bounded.Boundary = "ANPA1"
		t.moves("a boundary", func(tx *store.Tx) error { return identities.Save(tx, bounded, "") })
		wants(t, "uses", iam.Uses{Attachments: 2, Boundaries: 1}, uses("ANPA1"))
		wants(t, "those that are bounded", []iam.Identity{bounded}, func(v *store.View) ([]iam.Identity, error) { return identities.Bounded(v, own, "ANPA1") })
		wants(t, "by none", []iam.Identity{}, func(v *store.View) ([]iam.Identity, error) { return identities.Bounded(v, own, "") })
		t.whole()
		for _, id := range []string{"ANPA1", "ANPA2", "ANPA3"} {
			t.moves("an attachment less", func(tx *store.Tx) error { return identities.Detach(tx, u, id) })
		}
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.Detach(tx, u, "ANPA1") })
		t.write(func(tx *store.Tx) error { return identities.Delete(tx, bounded) })
		wants(t, "what is used", map[string]iam.Uses{"ANPA1": {Attachments: 1}}, func(v *store.View) (map[string]iam.Uses, error) { return identities.UsedPolicies(v, own) })
		wants(t, "uses of what is left", iam.Uses{Attachments: 1}, uses("ANPA1"))
		t.whole()
	}},
}
