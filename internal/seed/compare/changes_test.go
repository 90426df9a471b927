package compare_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"accord/internal/seed"
)

// change is a single change of a document; it reports false if the document has nothing to
// change in this way. want is what has to be found.
type change struct {
	name string
	make func(t *rapid.T, o *seed.Organization) (want string, done bool)
}

func anAccount(t *rapid.T, o *seed.Organization) *seed.Account {
	all := append(accounts(&o.Root), &o.Management)
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "account")]
}

func aUnit(t *rapid.T, o *seed.Organization) *seed.Unit {
	all := units(&o.Root)
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "unit")]
}

var changes = []change{
	{"rename an account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		a.Name += "x"
		return "changed account " + a.ID + " name", true
	}},
	{"other address", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		a.Email = "x" + a.Email
		return "changed account " + a.ID + " email", true
	}},
	{"suspend or reopen", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		if a.State == "" {
			a.State = "SUSPENDED"
		} else {
			a.State = "ACTIVE"
		}
		return "changed account " + a.ID + " state", true
	}},
	{"another instant", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		a.Joined = &seed.When{At: epoch.Add(time.Millisecond)}
		return "changed account " + a.ID + " joined", true
	}},
	{"tag an account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		a.Tags = append(a.Tags, seed.Tag{Key: "new", Value: "value"})
		return "changed account " + a.ID + " tag new", true
	}},
	{"tag the root", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.Root.Tags = append(o.Root.Tags, seed.Tag{Key: "new"})
		return "changed root r-ab12 tag new", true
	}},
	{"untag a policy", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		for i := range o.Policies {
			if p := &o.Policies[i]; len(p.Tags) > 0 {
				p.Tags = p.Tags[1:]
				return "changed policy " + p.ID + " tag key0", true
			}
		}
		return "", false
	}},
	{"remove an account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		if len(u.Accounts) == 0 {
			return "", false
		}
		id := u.Accounts[0].ID
		u.Accounts = u.Accounts[1:]
		o.DelegatedAdministrators = slices.DeleteFunc(o.DelegatedAdministrators, func(a seed.DelegatedAdministrator) bool { return string(a.Account) == id })
		return "removed account " + id, true
	}},
	{"add an account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		u.Accounts = append(u.Accounts, seed.Account{ID: "888888888888", Name: "new"})
		return "added account 888888888888", true
	}},
	{"move an account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		from, to := aUnit(t, o), aUnit(t, o)
		if from == to || len(from.Accounts) == 0 {
			return "", false
		}
		a := from.Accounts[0]
		from.Accounts, to.Accounts = from.Accounts[1:], append(to.Accounts, a)
		return "moved account " + a.ID + " parent", true
	}},
	{"move the management account", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		if u == &o.Root {
			return "", false
		}
		o.Management.Unit = seed.Ref(u.ID)
		return "moved account " + o.Management.ID + " parent", true
	}},
	{"add a unit", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		u.Units = append(u.Units, seed.Unit{ID: "ou-ab12-newnewne", Name: "new"})
		return "added unit ou-ab12-newnewne", true
	}},
	{"rename a unit", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		if u == &o.Root {
			return "", false
		}
		u.Name += "x"
		return "changed unit " + u.ID + " name", true
	}},
	{"remove an empty unit", func(t *rapid.T, o *seed.Organization) (string, bool) {
		for _, u := range units(&o.Root) {
			for i, below := range u.Units {
				if len(below.Units)+len(below.Accounts) == 0 {
					u.Units = slices.Delete(u.Units, i, i+1)
					return "removed unit " + below.ID, true
				}
			}
		}
		return "", false
	}},
	{"attach", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		for _, p := range o.Policies {
			if !slices.Contains(a.Policies, seed.Ref(p.ID)) {
				a.Policies = append(a.Policies, seed.Ref(p.ID))
				return "added attachment  " + p.Name + " at " + a.Name, true
			}
		}
		return "", false
	}},
	{"detach", func(t *rapid.T, o *seed.Organization) (string, bool) {
		u := aUnit(t, o)
		if len(u.Policies) == 0 {
			return "", false
		}
		id := string(u.Policies[0])
		u.Policies = u.Policies[1:]
		for _, p := range o.Policies {
			if p.ID == id {
				return "removed attachment  " + p.Name, true
			}
		}
		return "", false
	}},
	{"order of attachment", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		if len(a.Policies) < 2 {
			return "", false
		}
		a.Policies[0], a.Policies[1] = a.Policies[1], a.Policies[0]
		return "changed account " + a.ID + " order of policies", true
	}},
	{"detach or attach the default", func(t *rapid.T, o *seed.Organization) (string, bool) {
		a := anAccount(t, o)
		if len(a.WithoutDefault) > 0 {
			a.WithoutDefault = nil
		} else {
			a.WithoutDefault = []string{"SERVICE_CONTROL_POLICY"}
		}
		return "changed account " + a.ID + " default SERVICE_CONTROL_POLICY", true
	}},
	{"content of a policy", func(t *rapid.T, o *seed.Organization) (string, bool) {
		if len(o.Policies) == 0 {
			return "", false
		}
		o.Policies[0].Content = `{"n": 2}`
		return "changed policy " + o.Policies[0].ID + " content", true
	}},
	{"a policy", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.Policies = append(o.Policies, seed.Policy{ID: "p-newnewne", Type: "TAG_POLICY", Name: "new", Text: seed.Text{Content: "{}"}})
		return "added policy p-newnewne", true
	}},
	{"enable a type", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.PolicyTypes = append(o.PolicyTypes, "TAG_POLICY")
		return "added policy type  TAG_POLICY", true
	}},
	{"feature set", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.FeatureSet = "CONSOLIDATED_BILLING"
		return "changed organization o-exampleorg featureSet", true
	}},
	{"trust a service", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.TrustedServices = append(o.TrustedServices, seed.TrustedService{Service: "new.amazonaws.com"})
		return "added trusted service  new.amazonaws.com", true
	}},
	{"delegate", func(t *rapid.T, o *seed.Organization) (string, bool) {
		all := accounts(&o.Root)
		if len(all) == 0 {
			return "", false
		}
		o.DelegatedAdministrators = append(o.DelegatedAdministrators, seed.DelegatedAdministrator{Account: seed.Ref(all[0].ID), Service: "new.amazonaws.com"})
		return "added delegated administrator  " + all[0].Name + " for new.amazonaws.com", true
	}},
	{"delegation policy", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		o.DelegationPolicy = &seed.Policy{Text: seed.Text{Content: "{}"}}
		return "added delegation policy", true
	}},
	{"a handshake is accepted", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		if len(o.Handshakes) == 0 {
			return "", false
		}
		o.Handshakes[0].State = "ACCEPTED"
		return "changed handshake " + o.Handshakes[0].ID + " state", true
	}},
	{"a creation is forgotten", func(_ *rapid.T, o *seed.Organization) (string, bool) {
		if len(o.AccountCreations) == 0 {
			return "", false
		}
		id := o.AccountCreations[0].ID
		o.AccountCreations = o.AccountCreations[1:]
		return "removed account creation " + id, true
	}},
}
