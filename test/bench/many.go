package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"accord/internal/clock"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// How large a large installation is.
const (
	manyOrganizations     = 10_000
	accountsOrganizations = 100
)

// many compares an installation with very many organizations to one with one.
func (b *bench) many() error {
	small, err := b.seeded("small", 1)
	if err != nil {
		return err
	}
	began := time.Now()
	large, err := b.seeded("large", manyOrganizations)
	if err != nil {
		return err
	}
	took := time.Since(began)
	operations := []struct {
		name  string
		input func(organization, account int) string
	}{
		{"DescribeAccount", func(o, a int) string { return object("AccountId", memberOf(o, a)) }},
		{"DescribeHandshake", func(o, _ int) string { return describing(handshakeOf(o)) }},
		{"ListAccounts", func(int, int) string { return inPage }},
	}
	var rows [][]string
	for _, o := range operations {
		// Signed before: to sign costs more than to answer.
		random := rand.New(rand.NewPCG(1, 2))
		drawn := func(organizations int) (steps []step, err error) {
			for range draws {
				i := random.IntN(organizations)
				s := by(managerOf(i), o.name, o.input(i, 1+random.IntN(accountsOrganizations-1)))
				if _, _, err = signatures.of(s.account, s.operation, s.input(nil)); err != nil {
					return nil, err
				}
				steps = append(steps, s)
			}
			return steps, nil
		}
		one, err := drawn(1)
		if err != nil {
			return err
		}
		every, err := drawn(manyOrganizations)
		if err != nil {
			return err
		}
		var all [3][]measurement
		var same, others []float64
		for range *rounds {
			var m [3]measurement
			for i, on := range []struct {
				server *process
				steps  []step
			}{{small, one}, {large, one}, {large, every}} {
				if m[i], err = load(on.server, *clients, *length, inTurn(on.steps)); err != nil {
					return err
				}
				all[i] = append(all[i], m[i])
			}
			same, others = append(same, float64(m[1].cost)/float64(m[0].cost)), append(others, float64(m[2].cost)/float64(m[0].cost))
		}
		s, r := median(same), median(others)
		rows = append(rows, []string{
			o.name, show(middle(all[0])), fmt.Sprintf("%.2f", s), fmt.Sprintf("%.2f", r),
			b.target(fmt.Sprintf("%s among very many organizations at most 1.2 and 2 times: %.2f and %.2f", o.name, s, r), s <= 1.2 && r <= 2),
		})
	}
	size, err := os.Stat(strings.TrimPrefix(b.file("large"), "sqlite:"))
	if err != nil {
		return err
	}
	b.table(fmt.Sprintf("%d organizations of %d accounts (%.0f MB, made in %.0f s) beside one", manyOrganizations, accountsOrganizations,
		float64(size.Size())/1e6, took.Seconds()),
		[]string{"operation", "in the small store", "same objects, times", "random objects, times", "target"}, rows)
	return nil
}

// draws is how many objects are drawn.
const draws = 20_000

// inTurn does steps one after the other, each client from another place on.
func inTurn(steps []step) func(client int) loop {
	return func(client int) loop {
		first := client * len(steps) / *clients
		return func(c *caller, turn int) (int, error) { return 1, steps[(first+turn)%len(steps)].do(c) }
	}
}

// seeded serves a store with so many organizations.
func (b *bench) seeded(name string, organizations int) (*process, error) {
	if err := seed(b.file(name), organizations); err != nil {
		return nil, fmt.Errorf("filling a store: %w", err)
	}
	p, err := b.serve(b.file(name))
	if err != nil {
		return nil, err
	}
	// A server that has seen its callers is the usual one.
	c, err := dial(p.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.conn.Close() }()
	for i := range organizations {
		if err := c.call(managerOf(i), "DescribeOrganization", `{}`); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func handshakeOf(organization int) string { return fmt.Sprintf("h-%032x", organization) }

// together is how many organizations are written in one transaction.
const together = 50

// seed fills a store past the service: rows as it would have written them.
func seed(url string, organizations int) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for first := 0; first < organizations; first += together {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for i := first; i < min(first+together, organizations); i++ {
				if err := seedOne(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// seedOne writes one organization with its accounts and an open invitation.
func seedOne(tx *store.Tx, number int) error {
	o := org.Organization{
		ID:         ident.OrganizationID(fmt.Sprintf("o-%010d", number)),
		Management: ident.AccountID(managerOf(number)),
		Root:       ident.RootID(fmt.Sprintf("r-%04d", number%10_000)),
		FeatureSet: org.AllFeatures,
		Created:    tx.Now(),
	}
	if err := tx.InsertOrganization(o); err != nil {
		return err
	}
	for i := range accountsOrganizations {
		id := ident.AccountID(memberOf(number, i))
		if i == 0 {
			id = o.Management
		}
		err := tx.InsertAccount(org.Account{
			ID: id, Name: "account-" + string(id), Email: ident.Email("account-" + string(id) + "@example.com"), State: org.Active,
			EmailVerified: true, ServiceLinkedRole: true, Readiness: org.Ready, Registered: o.Created,
		})
		if err != nil {
			return err
		}
		if err := tx.InsertMembership(id, org.Membership{
			Organization: o.ID, Parent: o.Root.Parent(), ParentPath: o.RootPath(), Method: org.Invited,
			Joined: o.Created.Add(time.Duration(i) * time.Microsecond),
		}); err != nil {
			return err
		}
	}
	for counter, n := range map[store.CounterName]int64{"accounts": accountsOrganizations, "places": accountsOrganizations + 1, "invitations-sent": 1} {
		if err := tx.AddToCounter(o.ID, counter, n); err != nil {
			return err
		}
	}
	h := handshake.Handshake{
		ID: ident.HandshakeID(handshakeOf(number)), Kind: handshake.Invite, Originator: o.Owner(), Stored: handshake.Open,
		Recipient: handshake.Recipient{Type: handshake.AccountParty, ID: "999999999999"},
		Requested: o.Created, Expires: o.Created.AddDate(0, 0, 15), Retention: 30 * 24 * time.Hour,
		Offer: handshake.Offer{ManagementEmail: "account-" + managerOf(number) + "@example.com", ManagementName: "account", FeatureSet: "ALL"},
	}
	if err := tx.InsertHandshake(h); err != nil {
		return err
	}
	return tx.InsertJob(store.Job{Organization: o.ID, At: h.Expires, Kind: "handshake expires", Subject: string(h.ID)})
}
