package store_test

import (
	"fmt"
	"testing"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// benchmarkStore has an organization with twenty accounts.
func benchmarkStore(b *testing.B) (*store.Store, org.Organization) {
	b.Helper()
	s, err := store.Open(b.Context(), "memory", defaultOptions())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	o := org.Organization{ID: organization, Management: "100000000000", Root: "r-aaaa", FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: now}
	if err := s.Update(b.Context(), func(tx *store.Tx) error {
		if err := tx.InsertOrganization(o); err != nil {
			return err
		}
		for i := range 20 {
			a := org.Account{
				ID: ident.AccountID(fmt.Sprint(100000000000 + i)), Name: fmt.Sprintf("Account %d", i),
				Email: ident.Email(fmt.Sprintf("account%d@example.com", i)), State: org.Active, Registered: now,
			}
			if err := tx.InsertAccount(a); err != nil {
				return err
			}
			m := org.Membership{Organization: o.ID, Parent: ident.ParentID(o.Root), ParentPath: o.RootPath(), Method: org.Invited, Joined: now}
			if err := tx.InsertMembership(a.ID, m); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return s, o
}

func BenchmarkAccountWithOrganization(b *testing.B) {
	s, o := benchmarkStore(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.View(b.Context(), func(v *store.View) error {
			_, err := v.AccountWithOrganization(o.Management)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMembers(b *testing.B) {
	s, o := benchmarkStore(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.View(b.Context(), func(v *store.View) error {
			members, err := v.Members(o.ID, page.First, 20)
			if err == nil && len(members) != 20 {
				err = fmt.Errorf("%d members", len(members))
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}
