package models_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/clock"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/store/identities"
	"accord/internal/store/models"
	"accord/internal/whatif/model"
	"accord/test/postgres"
)

const (
	account ident.AccountID      = "111111111111"
	id      ident.OrganizationID = "o-exampleorgid"
)

// TestAnOrganizationIsReadWhole, on each engine: an attachment of a type that is not enabled
// any more is left out, and so are the identities of others.
func TestAnOrganizationIsReadWhole(t *testing.T) {
	for name, url := range map[string]string{"SQLite": "memory", "PostgreSQL": postgres.URL(t)} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), url, store.Options{Clock: &clock.System{}, Source: ident.NewSeededSource(1)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if err := s.Update(t.Context(), fill); err != nil {
				t.Fatal(err)
			}
			err = s.View(t.Context(), func(v *store.View) error {
				got, err := models.Read(v, id)
				if err != nil {
					return err
				}
				got.At = time.Time{}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if ids, err := models.Organizations(v, 2); err != nil || len(ids) != 1 || ids[0] != id {
					t.Errorf("%v, %v", ids, err)
				}
				_, err = models.Read(v, "o-none")
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("of an organization that is not there: %v", err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

var want = &model.Organization{
	ID: id, Management: account, Root: "r-ab12", Partition: ident.AWS, Enabled: []org.PolicyType{policy.ServiceControl},
	Units:       []model.Unit{{ID: "ou-ab12-00000001", Parent: "r-ab12", Name: "Unit"}},
	Accounts:    []model.Account{{ID: account, Parent: "r-ab12", Name: "Alice"}},
	Policies:    []model.Policy{{ID: "p-00000001", Type: policy.ServiceControl, Name: "guard", Content: "{}"}},
	Attachments: []model.Attachment{{Target: "r-ab12", Policy: "p-00000001"}},
	Detached:    []model.Attachment{{Target: "ou-ab12-00000001", Policy: policy.FullAWSAccess}},
	Identities: []model.Identity{
		{Account: account, Kind: iam.Group, ID: "AGPA1", Name: "staff", Path: "/"},
		{
			Account: account, Kind: iam.User, ID: "AIDA1", Name: "eva", Path: "/team/", Policies: []string{"ANPA1"},
			Inline: []iam.InlinePolicy{{Name: "own", Document: "{1}"}}, Groups: []string{"AGPA1"}, Tags: []org.Tag{{Key: "Team", Value: "a"}},
		},
	},
	Managed: []model.ManagedPolicy{{ID: "ANPA1", Account: account, Name: "limit", Path: "/", Document: "{2}"}},
}

func fill(tx *store.Tx) error {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	eva := iam.Identity{Account: account, Kind: iam.User, ID: "AIDA1", Name: "eva", Path: "/team/", Created: now}
	staff := iam.Identity{Account: account, Kind: iam.Group, ID: "AGPA1", Name: "staff", Path: "/", Created: now}
	managed := iam.ManagedPolicy{Account: account, ID: "ANPA1", Name: "limit", Path: "/", DefaultVersion: 2, LastVersion: 2, Created: now, Updated: now}
	return errors.Join(
		tx.InsertAccount(org.Account{ID: account, Name: "Alice", Email: "alice@example.com", State: org.Active, Registered: now}),
		tx.InsertAccount(org.Account{ID: "222222222222", Name: "Bob", Email: "bob@example.com", State: org.Active, Registered: now}),
		tx.InsertOrganization(org.Organization{ID: id, Management: account, Root: "r-ab12", FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: now}),
		tx.InsertMembership(account, org.Membership{Organization: id, Parent: "r-ab12", ParentPath: string(id) + "/r-ab12/", Method: org.Invited, Joined: now}),
		tx.InsertUnit(org.Unit{Organization: id, ID: "ou-ab12-00000001", Parent: "r-ab12", Name: "Unit", Path: string(id) + "/r-ab12/ou-ab12-00000001/", Depth: 1, Created: now}),
		tx.InsertPolicy(org.Policy{Organization: id, ID: "p-00000001", Type: policy.ServiceControl, Name: "guard", Content: "{}", Digest: "d", Position: 1}),
		tx.InsertEnabledPolicyType(id, org.EnabledPolicyType{Type: policy.ServiceControl, EnablementID: 7, Since: now}),
		tx.UpsertAttachment(id, 7, org.Attachment{Target: "r-ab12", Policy: "p-00000001", Position: 1}),
		tx.UpsertAttachment(id, 7, org.Attachment{Target: "ou-ab12-00000001", Policy: policy.FullAWSAccess, Detached: true, Position: 2}),
		tx.UpsertAttachment(id, 6, org.Attachment{Target: "ou-ab12-00000001", Policy: "p-00000001", Position: 3}),
		identities.Insert(tx, staff), identities.Insert(tx, eva),
		identities.Insert(tx, iam.Identity{Account: "222222222222", Kind: iam.User, ID: "AIDA2", Name: "bob", Path: "/", Created: now}),
		identities.AddMember(tx, staff, eva),
		identities.PutInlinePolicy(tx, eva, iam.InlinePolicy{Name: "own", Document: "{1}"}),
		identities.InsertPolicy(tx, managed),
		identities.InsertVersion(tx, managed, iam.Version{Number: 1, Document: "{old}", Created: now}),
		identities.InsertVersion(tx, managed, iam.Version{Number: 2, Document: "{2}", Created: now}),
		identities.Attach(tx, eva, "ANPA1", "limit"),
		identities.PutTags(tx, account, "AIDA1", []org.Tag{{Key: "Team", Value: "a"}}),
	)
}
