package analysis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/app/apptest"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/service/analysis"
	"accord/internal/store"
	"accord/internal/store/identities"
	"accord/test/postgres"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

const (
	management = "111111111111"
	invited    = "222222222222"
	other      = "333333333333"
	alone      = "444444444444"
	document1  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	document2  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`
	content    = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`
)

func TestTheStateIsADocument(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testState(t, "memory") })
	t.Run("PostgreSQL", func(t *testing.T) { testState(t, postgres.URL(t)) })
}

// must is the answer of a call that has to succeed.
func must[T any](answer T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func testState(t *testing.T, url string) {
	s := apptest.OpenService(t, apptest.ServiceOptions{
		Store: url, Start: start, Seed: 1, Behavior: map[string]string{"create-account": "synchronous"},
	})
	s.Ensure(t, management, invited, other, alone)
	ctx := apptest.As(t.Context(), management)
	made := must(s.CreateOrganization(ctx, &orgapi.CreateOrganizationRequest{}))(t).Organization
	root := *must(s.ListRoots(ctx, &orgapi.ListRootsRequest{}))(t).Roots[0].Id
	must(s.EnablePolicyType(ctx, &orgapi.EnablePolicyTypeRequest{RootId: &root, PolicyType: new(orgapi.PolicyType("SERVICE_CONTROL_POLICY"))}))(t)
	unit := func(parent, name string) string {
		t.Helper()
		return *must(s.CreateOrganizationalUnit(ctx, &orgapi.CreateOrganizationalUnitRequest{ParentId: &parent, Name: &name}))(t).OrganizationalUnit.Id
	}
	workloads := unit(root, "Workloads")
	production := unit(workloads, "Production")
	s.Clock.Set(s.Clock.Now().Add(time.Hour))
	tag := func(key string) []orgapi.Tag { return []orgapi.Tag{{Key: &key, Value: new("x")}} }
	created := *must(s.CreateAccount(ctx, &orgapi.CreateAccountRequest{
		AccountName: new("Payments"), Email: new("payments@example.com"), Tags: tag("team"),
	}))(t).CreateAccountStatus
	account := *created.AccountId
	must(s.MoveAccount(ctx, &orgapi.MoveAccountRequest{AccountId: &account, SourceParentId: &root, DestinationParentId: &production}))(t)
	must(s.MoveAccount(ctx, &orgapi.MoveAccountRequest{AccountId: new(management), SourceParentId: &root, DestinationParentId: &workloads}))(t)
	policy := *must(s.CreatePolicy(ctx, &orgapi.CreatePolicyRequest{
		Name: new("guard"), Description: new("keeps"), Type: new(orgapi.PolicyType("SERVICE_CONTROL_POLICY")), Content: new(content), Tags: tag("p"),
	}))(t).Policy.PolicySummary.Id
	must(s.AttachPolicy(ctx, &orgapi.AttachPolicyRequest{PolicyId: &policy, TargetId: &production}))(t)
	must(s.DetachPolicy(ctx, &orgapi.DetachPolicyRequest{PolicyId: new("p-FullAWSAccess"), TargetId: &production}))(t)
	must(s.EnableAWSServiceAccess(ctx, &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new("guardduty.amazonaws.com")}))(t)
	must(s.RegisterDelegatedAdministrator(ctx, &orgapi.RegisterDelegatedAdministratorRequest{AccountId: &account, ServicePrincipal: new("guardduty.amazonaws.com")}))(t)
	invite := func(to string) string {
		t.Helper()
		return *must(s.InviteAccountToOrganization(ctx, &orgapi.InviteAccountToOrganizationRequest{
			Target: &orgapi.HandshakeParty{Id: &to, Type: new(orgapi.HandshakePartyType("ACCOUNT"))}, Notes: new("hello"),
		}))(t).Handshake.Id
	}
	first := invite(invited)
	must(s.AcceptHandshake(apptest.As(t.Context(), invited), &orgapi.AcceptHandshakeRequest{HandshakeId: &first}))(t)
	second := invite(other)
	delegation := *must(s.PutResourcePolicy(ctx, &orgapi.PutResourcePolicyRequest{Content: new(
		`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"organizations:ListAccounts","Resource":"*"}]}`,
	)}))(t).ResourcePolicy
	secondOrganization := must(s.CreateOrganization(apptest.As(t.Context(), other), &orgapi.CreateOrganizationRequest{
		FeatureSet: new(orgapi.OrganizationFeatureSet("CONSOLIDATED_BILLING")),
	}))(t).Organization
	addIdentities(t, s.Store)

	later := start.Add(time.Hour)
	at := func(i time.Time) *seed.When { return &seed.When{At: i} }
	want := &seed.Document{
		Version: seed.Version, Clock: &later,
		Accounts: []seed.Account{{ID: alone, Name: "account-" + alone, Email: "account-" + alone + "@example.com"}},
		Organizations: []seed.Organization{
			{
				ID: *made.Id, FeatureSet: "ALL", Created: at(start),
				Management: seed.Account{
					ID: management, Name: "account-" + management, Email: "account-" + management + "@example.com", Unit: seed.Ref(workloads),
					JoinedMethod: "INVITED", Joined: at(start),
				},
				Root: seed.Unit{
					ID: root,
					Units: []seed.Unit{{
						ID: workloads, Name: "Workloads", Created: at(start),
						Units: []seed.Unit{{
							ID: production, Name: "Production", Created: at(start),
							Target: seed.Target{Policies: []seed.Ref{seed.Ref(policy)}, WithoutDefault: []string{"SERVICE_CONTROL_POLICY"}},
							Accounts: []seed.Account{{
								ID: account, Name: "Payments", Email: "payments@example.com", JoinedMethod: "CREATED", Joined: at(later),
								RoleName: "OrganizationAccountAccessRole", Target: seed.Target{Tags: seed.Tags{{Key: "team", Value: "x"}}},
							}},
						}},
					}},
					Accounts: []seed.Account{{
						ID: invited, Name: "account-" + invited, Email: "account-" + invited + "@example.com", JoinedMethod: "INVITED", Joined: at(later),
						Groups: []seed.Group{{Identity: seed.Identity{ID: "AGPA1", Name: "staff", Created: at(start)}}},
						Users: []seed.User{{
							Identity: seed.Identity{
								ID: "AIDA1", Name: "eva", Path: "/team/", Created: at(start), Policies: []string{"limit", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
								Inline: []seed.Policy{{Name: "own", Text: seed.Text{Content: document1}}},
							},
							Groups: []string{"staff"}, Tags: seed.Tags{{Key: "Team", Value: "a"}},
						}},
						ManagedPolicies: []seed.ManagedPolicy{{ID: "ANPA1", Name: "limit", Text: seed.Text{Content: document2}}},
					}},
				},
				PolicyTypes: []string{"SERVICE_CONTROL_POLICY"},
				Policies: []seed.Policy{{
					ID: policy, Type: "SERVICE_CONTROL_POLICY", Name: "guard", Description: "keeps", Text: seed.Text{Content: content},
					Tags: seed.Tags{{Key: "p", Value: "x"}},
				}},
				TrustedServices:         []seed.TrustedService{{Service: "guardduty.amazonaws.com", Enabled: at(later)}},
				DelegatedAdministrators: []seed.DelegatedAdministrator{{Account: seed.Ref(account), Service: "guardduty.amazonaws.com", Enabled: at(later)}},
				DelegationPolicy:        &seed.Policy{ID: *delegation.ResourcePolicySummary.Id, Text: seed.Text{Content: *delegation.Content}},
				Handshakes: []seed.Handshake{
					{ID: first, Kind: "INVITE", To: invited, State: "ACCEPTED", Requested: at(later), Expires: at(later.Add(15 * 24 * time.Hour)), Answered: at(later), Notes: "hello"},
					{ID: second, Kind: "INVITE", To: other, Requested: at(later), Expires: at(later.Add(15 * 24 * time.Hour)), Notes: "hello"},
				},
				AccountCreations: []seed.Creation{{
					ID: *created.Id, Name: "Payments", Email: "payments@example.com", State: "SUCCEEDED", Account: seed.Ref(account),
					Requested: at(later), Completed: at(later),
				}},
			},
			{
				ID: *secondOrganization.Id, FeatureSet: "CONSOLIDATED_BILLING", Created: at(later),
				Management: seed.Account{
					ID: other, Name: "account-" + other, Email: "account-" + other + "@example.com", JoinedMethod: "INVITED", Joined: at(later),
				},
				Root: seed.Unit{ID: *must(s.ListRoots(apptest.As(t.Context(), other), &orgapi.ListRootsRequest{}))(t).Roots[0].Id},
			},
		},
	}
	analyzer, id := analysis.New(s.Store), ident.OrganizationID(*made.Id)
	if diff := cmp.Diff(want, must(analyzer.State(t.Context(), ""))(t)); diff != "" {
		t.Error(diff)
	}
	wantReadAgain(t, want)
	want.Accounts, want.Organizations = nil, want.Organizations[:1]
	if diff := cmp.Diff(want, must(analyzer.State(t.Context(), id))(t)); diff != "" {
		t.Errorf("one organization:\n%s", diff)
	}
	if _, err := analyzer.State(t.Context(), "o-none"); err == nil || err.Error() != `there is no organization "o-none"` {
		t.Errorf("of an organization that is not there: %v", err)
	}

	// What has expired is no longer open, whether a job has recorded it or not, and ends.
	s.Clock.Set(s.Clock.Now().Add(20 * 24 * time.Hour))
	if h := must(analyzer.State(t.Context(), id))(t).Organizations[0].Handshakes; len(h) != 2 || h[1].State != "EXPIRED" {
		t.Errorf("after 20 days: %+v", h)
	}
	s.Clock.Set(s.Clock.Now().Add(60 * 24 * time.Hour))
	if h := must(analyzer.State(t.Context(), id))(t).Organizations[0].Handshakes; len(h) != 0 {
		t.Errorf("after 80 days: %+v", h)
	}
}

// wantReadAgain writes a document and reads it.
func wantReadAgain(t *testing.T, d *seed.Document) {
	t.Helper()
	for name, write := range map[string]func() ([]byte, error){"JSON": d.JSON, "YAML": d.YAML} {
		text, err := write()
		if err != nil {
			t.Fatal(err)
		}
		read, err := seed.Parse(text, seed.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(d, &read.Document); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// addIdentities gives an account a user with all that belongs to one.
func addIdentities(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		eva := iam.Identity{Account: invited, Kind: iam.User, ID: "AIDA1", Name: "eva", Path: "/team/", Created: start}
		staff := iam.Identity{Account: invited, Kind: iam.Group, ID: "AGPA1", Name: "staff", Path: "/", Created: start}
		limit := iam.ManagedPolicy{Account: invited, ID: "ANPA1", Name: "limit", Path: "/", DefaultVersion: 2, LastVersion: 2, Created: start, Updated: start}
		for _, err := range []error{
			identities.Insert(tx, staff), identities.Insert(tx, eva), identities.AddMember(tx, staff, eva),
			identities.PutInlinePolicy(tx, eva, iam.InlinePolicy{Name: "own", Document: document1}),
			identities.InsertPolicy(tx, limit),
			identities.InsertVersion(tx, limit, iam.Version{Number: 1, Document: "{old}", Created: start}),
			identities.InsertVersion(tx, limit, iam.Version{Number: 2, Document: document2, Created: start}),
			identities.Attach(tx, eva, "ANPA1", "limit"), identities.Attach(tx, eva, managed.ID("/", "ReadOnlyAccess"), "ReadOnlyAccess"),
			identities.PutTags(tx, invited, "AIDA1", []org.Tag{{Key: "Team", Value: "a"}}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
