package storetest

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var organizations = []testCase{
	{"an organization is kept whole", func(t *fixture) {
		t.foundBoth()
		for _, o := range []org.Organization{ours, theirs} {
			wants(t, "the organization", o, func(v *store.View) (org.Organization, error) { return v.Organization(o.ID) })
		}
	}},
	{"an unknown organization is not found", func(t *fixture) {
		t.foundBoth()
		list := func(after ident.OrganizationID, limit int) func(v *store.View) ([]org.Organization, error) {
			return func(v *store.View) ([]org.Organization, error) { return v.Organizations(after, limit) }
		}
		wants(t, "all", []org.Organization{ours, theirs}, list("", 3))
		wants(t, "the first", []org.Organization{ours}, list("", 1))
		wants(t, "those after it", []org.Organization{theirs}, list(ours.ID, 3))
		const unknown = ident.OrganizationID("o-cccccccccc")
		misses(t, "reading", func(v *store.View) (org.Organization, error) { return v.Organization(unknown) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateFeatureSet(unknown, org.AllFeatures) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteOrganization(unknown) })
	}},
	{"no id and no management account is used twice", func(t *fixture) {
		t.foundBoth()
		same := ours
		same.Management = theirs.Management
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertOrganization(same) })
		same = ours
		same.ID = "o-cccccccccc"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertOrganization(same) })
	}},
	{"the feature set changes for one organization", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error { return tx.UpdateFeatureSet(theirs.ID, org.AllFeatures) })
		changed := theirs
		changed.FeatureSet = org.AllFeatures
		wants(t, "the changed one", changed, func(v *store.View) (org.Organization, error) { return v.Organization(theirs.ID) })
		t.write(func(tx *store.Tx) error { return tx.UpdateFeatureSet(ours.ID, org.ConsolidatedBilling) })
		wants(t, "the changed one after the other", changed, func(v *store.View) (org.Organization, error) { return v.Organization(theirs.ID) })
	}},
	{"an unknown feature set is refused", func(t *fixture) {
		t.foundBoth()
		t.fails(func(tx *store.Tx) error { return tx.UpdateFeatureSet(ours.ID, "SOME") })
	}},
	{"an organization with accounts is not deleted", func(t *fixture) {
		t.foundBoth()
		t.fails(func(tx *store.Tx) error { return tx.DeleteOrganization(ours.ID) })
		wants(t, "the organization", ours, func(v *store.View) (org.Organization, error) { return v.Organization(ours.ID) })
	}},
	{"an organization is deleted with its rows, except its handshakes", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error {
			return each([]org.Organization{ours, theirs}, func(o org.Organization) error { return furnish(tx, o) })
		})
		t.write(func(tx *store.Tx) error {
			if err := tx.DeleteMembership(ours.Management, tx.Now()); err != nil {
				return err
			}
			return tx.DeleteOrganization(ours.ID)
		})
		want := furniture{handshakes: 1}
		if got := furnitureOf(t, ours); got != want {
			t.Errorf("of the organization that is gone there are %+v, want %+v", got, want)
		}
		want = furniture{organization: 1, accounts: 1, units: 1, handshakes: 1, creations: 1, tags: 1, count: 1, quotas: 1, due: 1, delegations: 1, services: 1}
		if got := furnitureOf(t, theirs); got != want {
			t.Errorf("of the other one there are %+v, want %+v", got, want)
		}
		wants(t, "the account that managed it", nil, func(v *store.View) (*org.Membership, error) {
			a, err := v.Account(ours.Management)
			return a.Membership, err
		})
	}},
}

// furniture counts what there is of an organization.
type furniture struct {
	organization, accounts, units, handshakes, creations, tags, count, quotas, due, delegations, services int
}

// furnish gives an organization one of everything.
func furnish(tx *store.Tx, o org.Organization) error {
	suffix := string(o.ID[2:])
	for _, err := range []error{
		tx.InsertUnit(unitOf(o, ident.UnitID("ou-"+suffix))),
		tx.InsertHandshake(invitationOf(o, ident.HandshakeID("h-"+suffix), toEmail(suffix+"@example.com"))),
		tx.InsertCreation(creationOf(o, ident.CreationID("car-"+suffix), ident.Email(suffix+"@example.com"))),
		tx.UpsertTags(o.ID, string(o.Management), []org.Tag{{Key: "k", Value: "v"}}),
		tx.AddToCounter(o.ID, "accounts", 1),
		tx.UpsertQuota(o.ID, "accounts", 3),
		tx.InsertJob(store.Job{Organization: o.ID, At: tx.Now(), Kind: "k", Subject: "s"}),
		tx.InsertDelegation(o.ID, org.Delegation{Account: o.Management, Service: "ram.amazonaws.com", Since: tx.Now()}),
		tx.UpsertServiceAccess(o.ID, "ram.amazonaws.com", tx.Now()),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func furnitureOf(t *fixture, o org.Organization) furniture {
	t.Helper()
	t.pass(time.Second)
	return read(t, func(v *store.View) (f furniture, err error) {
		if _, err := v.Organization(o.ID); err == nil {
			f.organization = 1
		}
		accounts, err := v.Accounts(o.ID, page.First, 10)
		if err != nil {
			return f, err
		}
		units, err := v.UnitsIn(o.ID, o.Root.Parent(), page.First, 10)
		if err != nil {
			return f, err
		}
		handshakes, err := v.HandshakesSent(o.ID, store.HandshakeFilter{}, page.Newest, 10)
		if err != nil {
			return f, err
		}
		creations, err := v.Creations(o.ID, nil, page.Newest, 10)
		if err != nil {
			return f, err
		}
		tags, err := v.Tags(o.ID, string(o.Management))
		if err != nil {
			return f, err
		}
		count, err := v.Counter(o.ID, "accounts")
		if err != nil {
			return f, err
		}
		quotas, err := v.Quotas(o.ID)
		if err != nil {
			return f, err
		}
		due, err := v.PendingJobs(o.ID, 100)
		if err != nil {
			return f, err
		}
		delegations, err := v.Delegations(o.ID, o.Management, page.First, 10)
		if err != nil {
			return f, err
		}
		services, err := v.ServiceAccesses(o.ID, page.First, 10)
		f.accounts, f.units, f.handshakes, f.creations = len(accounts), len(units), len(handshakes), len(creations)
		f.tags, f.count, f.quotas, f.due = len(tags), int(count), len(quotas), len(due)
		f.delegations, f.services = len(delegations), len(services)
		return f, err
	})
}
