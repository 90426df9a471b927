package storetest

import (
	"fmt"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// The two organizations of the tests. What is asked of the one must never show
// what belongs to the other.
var (
	ours = org.Organization{
		ID: "o-aaaaaaaaaa", Management: "100000000001", Root: "r-aaaa",
		FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: epoch.Add(-time.Hour),
	}
	theirs = org.Organization{
		ID: "o-bbbbbbbbbb", Management: "200000000001", Root: "r-bbbb",
		FeatureSet: org.ConsolidatedBilling, Partition: ident.AWSChina, Created: epoch.Add(-2 * time.Hour),
	}
)

// accountOf is a standalone account.
func accountOf(id ident.AccountID) org.Account {
	return org.Account{
		ID: id, Name: "Account " + string(id), Email: ident.Email(fmt.Sprintf("Owner.%X@Example.com", string(id))),
		State: org.Active, EmailVerified: true, BillingAccess: "ALLOW", Readiness: org.Ready,
		Registered: epoch.Add(-24 * time.Hour),
	}
}

// number is the n-th account that is not a management account.
func number(n int) ident.AccountID { return ident.AccountID(fmt.Sprintf("3%011d", n)) }

// memberOf is a membership directly below the root.
func memberOf(o org.Organization, joined time.Time) org.Membership {
	return org.Membership{
		Organization: o.ID, Parent: o.Root.Parent(), ParentPath: o.RootPath(), Method: org.Invited, Joined: joined,
	}
}

// found makes an organization with its management account.
func found(tx *store.Tx, o org.Organization) error {
	if err := tx.InsertAccount(accountOf(o.Management)); err != nil {
		return err
	}
	if err := tx.InsertOrganization(o); err != nil {
		return err
	}
	return tx.InsertMembership(o.Management, memberOf(o, o.Created))
}

// foundBoth makes both organizations.
func (t *fixture) foundBoth() {
	t.Helper()
	t.write(func(tx *store.Tx) error {
		if err := found(tx, ours); err != nil {
			return err
		}
		return found(tx, theirs)
	})
}

// enter registers an account and makes it a member.
func enter(tx *store.Tx, id ident.AccountID, m org.Membership) error {
	if err := tx.InsertAccount(accountOf(id)); err != nil {
		return err
	}
	return tx.InsertMembership(id, m)
}

// unitOf is a unit directly below the root.
func unitOf(o org.Organization, id ident.UnitID) org.Unit {
	return org.Unit{
		ID: id, Organization: o.ID, Parent: o.Root.Parent(), Name: "Unit " + string(id),
		Path: ident.UnitPath(o.RootPath(), id), Depth: 1, Created: epoch,
	}
}

const day = 24 * time.Hour

// invitationOf is an open invitation to an account id or to an address.
func invitationOf(o org.Organization, id ident.HandshakeID, to handshake.Recipient) handshake.Handshake {
	return handshake.Handshake{
		ID: id, Kind: handshake.Invite, Originator: o.Owner(), Recipient: to, Stored: handshake.Open,
		Requested: epoch, Expires: epoch.Add(15 * day), Retention: 30 * day,
		Offer: handshake.Offer{
			ManagementEmail: "owner@example.com", ManagementName: "Owner", FeatureSet: string(o.FeatureSet), Notes: "Join us",
		},
	}
}

func toAccount(id ident.AccountID) handshake.Recipient {
	return handshake.Recipient{Type: handshake.AccountParty, ID: string(id)}
}

func toEmail(address string) handshake.Recipient {
	return handshake.Recipient{Type: handshake.EmailParty, ID: address}
}

// creationOf is a request in progress.
func creationOf(o org.Organization, id ident.CreationID, email ident.Email) org.Creation {
	return org.Creation{
		ID: id, Organization: o.ID, AccountName: "New", Email: email, RoleName: "OrganizationAccountAccessRole",
		BillingAccess: "ALLOW", State: org.InProgress, Requested: epoch,
	}
}

// each runs fn on every element.
func each[T any](values []T, fn func(T) error) error {
	for _, v := range values {
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}
