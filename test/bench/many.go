//go:build linux

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

// The size of the large store.
const (
	manyOrganizations     = 10_000
	accountsOrganizations = 100
)

// How many calls per CPU-second remain among very many organizations, as a part of
// those in a small store: for the same objects again and again, and for random ones.
const (
	sameTarget   = 0.83
	randomTarget = 0.8
)

// many compares a store with very many organizations to one with one.
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
	var rows [][]string
	for _, o := range []drawing{
		{"DescribeAccount", func(o, a int) string { return object("AccountId", memberOf(o, a)) }},
		{"DescribeHandshake", func(o, _ int) string { return describing(handshakeOf(o)) }},
		{"ListAccounts", func(int, int) string { return pageOf20 }},
	} {
		row, err := b.manyOne(small, large, o)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	size, err := os.Stat(strings.TrimPrefix(b.file("large"), "sqlite:"))
	if err != nil {
		return err
	}
	memory, err := large.resident()
	if err != nil {
		return err
	}
	b.table(fmt.Sprintf("%d organizations of %d accounts (%.0f MB, made in %.0f s; %.0f MB resident afterwards) beside one",
		manyOrganizations, accountsOrganizations, float64(size.Size())/1e6, took.Seconds(), float64(memory)/1e6),
		[]string{"operation", "in the small store", "ratio of calls per CPU-second, same objects", "random objects", "random objects, first round", "target"}, rows)
	return nil
}

// drawing is an operation on an object that is drawn: an organization, and an
// account in it.
type drawing struct {
	operation string
	input     func(organization, account int) string
}

// draw makes steps about objects of so many organizations.
func (d drawing) draw(organizations int) (steps []step, err error) {
	random := rand.New(rand.NewPCG(1, 2))
	for range draws {
		i := random.IntN(organizations)
		s := callBy(managerOf(i), d.operation, d.input(i, 1+random.IntN(accountsOrganizations-1)))
		// Signed before: to sign costs more than to answer.
		if _, err = signatures.of(s.account, s.operation, s.input(nil)); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// manyOne compares one operation in two stores.
func (b *bench) manyOne(small, large *process, d drawing) ([]string, error) {
	one, err := d.draw(1)
	if err != nil {
		return nil, err
	}
	every, err := d.draw(manyOrganizations)
	if err != nil {
		return nil, err
	}
	var inSmall []measurement
	var same, random []float64
	for range *rounds {
		var m [3]measurement
		for i, on := range []struct {
			server *process
			steps  []step
		}{{small, one}, {large, one}, {large, every}} {
			if m[i], err = load(on.server, *clients, *length, inTurn(on.steps)); err != nil {
				return nil, err
			}
		}
		inSmall, same, random = append(inSmall, m[0]), append(same, share(m[0], m[1])), append(random, share(m[0], m[2]))
	}
	s, r := median(same), median(random)
	return []string{
		d.operation, show(typical(inSmall)), fmt.Sprintf("%.2f", s), fmt.Sprintf("%.2f", r), fmt.Sprintf("%.2f", random[0]),
		b.target(fmt.Sprintf("%s among very many organizations at %.2f of one, at random %.2f: %.2f and %.2f",
			d.operation, sameTarget, randomTarget, s, r), s >= sameTarget && r >= randomTarget),
	}, nil
}

// draws is how many random objects are used. The first round reads most of them from
// the file; the later ones find what the cache of the store holds.
const draws = 20_000

// seeded serves a store with so many organizations.
func (b *bench) seeded(name string, organizations int) (*process, error) {
	if err := seed(b.file(name), organizations); err != nil {
		return nil, fmt.Errorf("filling a store: %w", err)
	}
	p, err := b.serve(b.file(name))
	if err != nil {
		return nil, err
	}
	// A server that has seen its connections is the usual one.
	c, err := dial(p.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	for i := range organizations {
		if err := c.call(managerOf(i), "DescribeOrganization", `{}`); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func handshakeOf(organization int) string { return fmt.Sprintf("h-%032x", organization) }

// seedBatch is how many organizations one transaction writes.
const seedBatch = 50

// seed fills a store without the service, with the rows that it would have written.
func seed(url string, organizations int) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for first := 0; first < organizations; first += seedBatch {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for i := first; i < min(first+seedBatch, organizations); i++ {
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
		Partition:  ident.AWS,
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
