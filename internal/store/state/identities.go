package state

import (
	"slices"

	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/store/identities"
)

func readIdentities(r *reader) error {
	all, err := identities.All(r.view, r.only)
	if err != nil {
		return err
	}
	policies, err := identities.AllPolicies(r.view, r.only)
	if err != nil {
		return err
	}
	r.identities = map[ident.AccountID]*identitiesOf{}
	of := func(account ident.AccountID) *identitiesOf {
		if r.identities[account] == nil {
			r.identities[account] = &identitiesOf{names: map[string]string{}}
		}
		return r.identities[account]
	}
	for _, w := range all {
		a := of(w.Account)
		if a.whole = append(a.whole, w); w.Kind == iam.Group {
			a.names[w.ID] = w.Name
		}
	}
	for _, p := range policies {
		a := of(p.Account)
		a.policies, a.names[p.ID] = append(a.policies, p), p.Name
	}
	return nil
}

// addIdentities adds what IAM keeps of an account.
func (r *reader) addIdentities(out *seed.Account, partition ident.Partition, management ident.AccountID, a accountRow) {
	has := r.identities[a.ID]
	if has == nil {
		return
	}
	// name is how a document names a managed policy.
	name := func(id string) string {
		if p := managed.ByID(id); p != nil {
			return p.ARN(partition)
		}
		return has.names[id]
	}
	for _, w := range has.whole {
		i := seed.Identity{ID: w.ID, Name: w.Name, Created: at(w.Created), Inline: inline(w.Inline), Policies: mapped(w.Attached, name)}
		if w.Path != "/" {
			i.Path = w.Path
		}
		switch w.Kind {
		case iam.User:
			out.Users = append(out.Users, seed.User{
				Identity: i, Boundary: name(w.Boundary), Tags: tags(w.Tags),
				Groups: mapped(w.Groups, func(id string) string { return has.names[id] }),
			})
		case iam.Group:
			out.Groups = append(out.Groups, seed.Group{Identity: i})
		case iam.Role:
			if isMade(w, iam.AccessRole(a.ID, management, partition, w.ID, a.AccessRole, w.Created)) {
				continue
			}
			out.Roles = append(out.Roles, seed.Role{
				Identity: i, Description: w.Description, Boundary: name(w.Boundary), Tags: tags(w.Tags),
				Trust: seed.Text{Content: w.TrustPolicy}, MaxSession: w.MaxSession,
			})
		}
	}
	for _, p := range has.policies {
		policy := seed.ManagedPolicy{ID: p.ID, Name: p.Name, Description: p.Description, Text: seed.Text{Content: p.Document}, Tags: tags(p.Tags)}
		if p.Path != "/" {
			policy.Path = p.Path
		}
		out.ManagedPolicies = append(out.ManagedPolicies, policy)
	}
}

// isMade reports whether a role is linked to a service, or the role by which the management
// account enters the account, as it was made.
func isMade(w identities.Whole, access iam.MadeRole) bool {
	if w.ServiceLinked() != "" {
		return true
	}
	as := w.Identity
	as.LastUsed, as.LastUsedRegion = access.LastUsed, access.LastUsedRegion
	return as == access.Identity && len(w.Inline) == 0 && len(w.Tags) == 0 &&
		slices.Equal(w.Attached, []string{managed.ID(access.PolicyPath, access.PolicyName)})
}

func inline(policies []iam.InlinePolicy) []seed.Policy {
	return mapped(policies, func(p iam.InlinePolicy) seed.Policy {
		return seed.Policy{Name: p.Name, Text: seed.Text{Content: p.Document}}
	})
}

func tags(list []org.Tag) seed.Tags {
	return mapped(list, func(t org.Tag) seed.Tag { return seed.Tag(t) })
}

// mapped is a list of what a function makes of each; nil for none.
func mapped[T, U any](list []T, f func(T) U) []U {
	var all []U
	for _, value := range list {
		all = append(all, f(value))
	}
	return all
}
