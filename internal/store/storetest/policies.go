package storetest

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// The two types and the enablements of these tests. What is asked of the one must
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

var policies = []testCase{
	{"a policy is kept whole, in one organization", func(t *fixture) {
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
	{"no two policies of a type have the same name", func(t *fixture) {
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
	{"policies of a type are listed in the order of creation", func(t *fixture) {
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
	{"policy types are enabled and disabled, independent of each other", func(t *fixture) {
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
}
