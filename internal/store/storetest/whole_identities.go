package storetest

import (
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/identities"
)

var wholeIdentityCases = []testCase{
	{"identities are read whole, of an organization or of all accounts", func(t *fixture) {
		t.foundBoth()
		alone := number(1)
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(accountOf(alone)) })
		organizationOf := map[ident.AccountID]ident.OrganizationID{ours.Management: ours.ID, theirs.Management: theirs.ID}
		var all, policies []string
		for _, account := range []ident.AccountID{ours.Management, theirs.Management, alone} {
			user, role := identityOf(account, iam.User, "Ann"), identityOf(account, iam.Role, "Deploy")
			groups := []iam.Identity{identityOf(account, iam.Group, "a"), identityOf(account, iam.Group, "B")}
			p := managedOf(account, "P")
			p.DefaultVersion, p.LastVersion = 2, 2
			t.insert(role, user, groups[1], groups[0], identityOf(account, iam.InstanceProfile, "none"))
			t.write(func(tx *store.Tx) error {
				for _, err := range []error{
					identities.AddMember(tx, groups[1], user), identities.AddMember(tx, groups[0], user),
					identities.PutInlinePolicy(tx, user, iam.InlinePolicy{Name: "Z", Document: "{}"}),
					identities.PutInlinePolicy(tx, user, iam.InlinePolicy{Name: "b", Document: hard[0]}),
					identities.PutTags(tx, account, user.ID, []org.Tag{{Key: "z", Value: "1"}, {Key: "a", Value: "2"}}),
					identities.InsertPolicy(tx, p), identities.InsertVersion(tx, p, iam.Version{Number: 1, Document: "{old}", Created: epoch}),
					identities.InsertVersion(tx, p, iam.Version{Number: 2, Document: "{}", Created: epoch}),
					identities.PutTags(tx, account, p.ID, []org.Tag{{Key: "k", Value: "v"}}), identities.Attach(tx, user, p.ID, p.Name),
				} {
					if err != nil {
						return err
					}
				}
				return nil
			})
			wholeAnn := identities.Whole{
				Identity: user, Attached: []string{p.ID}, Groups: []string{groups[0].ID, groups[1].ID}, Tags: []org.Tag{{Key: "z", Value: "1"}, {Key: "a", Value: "2"}},
				Inline: []iam.InlinePolicy{{Name: "b", Document: hard[0]}, {Name: "Z", Document: "{}"}},
			}
			if of, in := organizationOf[account]; in {
				want := []identities.Whole{{Identity: groups[0]}, {Identity: groups[1]}, {Identity: role}, wholeAnn}
				wants(t, "identities of "+string(of), want, func(v *store.View) ([]identities.Whole, error) { return identities.All(v, of) })
				// Its dates, and which versions there were, are left out.
				inForce := iam.ManagedPolicy{Account: account, ID: p.ID, Name: p.Name, Path: p.Path, Description: p.Description, DefaultVersion: 2}
				whole := identities.WholePolicy{ManagedPolicy: inForce, Document: "{}", Tags: []org.Tag{{Key: "k", Value: "v"}}}
				wants(t, "policies of "+string(of), []identities.WholePolicy{whole}, func(v *store.View) ([]identities.WholePolicy, error) { return identities.AllPolicies(v, of) })
				wants(t, "identities of "+string(account), want, func(v *store.View) ([]identities.Whole, error) { return identities.Of(v, account) })
				wants(t, "policies of "+string(account), []identities.WholePolicy{whole}, func(v *store.View) ([]identities.WholePolicy, error) { return identities.PoliciesOf(v, account) })
			}
			all, policies = append(all, groups[0].ID, groups[1].ID, role.ID, user.ID), append(policies, p.ID)
		}
		wants(t, "all", all, func(v *store.View) (ids []string, err error) {
			found, err := identities.All(v, "")
			for _, w := range found {
				ids = append(ids, w.ID)
			}
			return ids, err
		})
		wants(t, "all policies", policies, func(v *store.View) (ids []string, err error) {
			found, err := identities.AllPolicies(v, "")
			for _, w := range found {
				ids = append(ids, w.ID)
			}
			return ids, err
		})
	}},
}
