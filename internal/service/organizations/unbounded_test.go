package organizations_test

import (
	"fmt"
	"testing"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/page"
	"accord/internal/service/organizations"
	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/require"
)

// TestCallsTakeTheSameStatementsForFewAndMany: what one call ends has no bound, and a call has
// 30 seconds. The control ends them one after the other.
func TestCallsTakeTheSameStatementsForFewAndMany(t *testing.T) {
	require.Long(t)
	p := postgres.NewProxy(t, postgres.URL(t))
	w := newFixtureOn(t, p.URL(), "accounts-per-organization 100")
	enable := func(a actor) { must(a, (*organizations.Service).EnableAllFeatures, orgapi.EnableAllFeaturesRequest{}) }
	invite := func(a actor, n int) {
		for i := range n {
			a.invite(fmt.Sprintf("some-%d@example.com", i))
		}
	}
	for i, c := range []struct {
		name    string
		prepare func(a actor, n int)
		call    func(a actor)
		grows   bool
	}{
		{"DeleteOrganization", invite, func(a actor) {
			must(a, (*organizations.Service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		}, false},
		{"EnableAllFeatures", invite, enable, false},
		{"CancelHandshake of the change to all features", func(a actor, n int) {
			for i := range n {
				a.member(fmt.Sprintf("%012d", 500_000_000_000+100*n+i))
			}
			enable(a)
		}, func(a actor) {
			for _, h := range a.sent(orgapi.ActionTypeEnableAllFeatures) {
				a.cancel(&h)
			}
		}, false},
		{"the control", invite, func(a actor) {
			for _, h := range a.sent(orgapi.ActionTypeInvite) {
				a.cancel(&h)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var statements []int
			for _, n := range []int{2, 12} {
				a := w.as(fmt.Sprintf("%012d", 100_000_000_000+100*i+n))
				o := a.organization(orgapi.OrganizationFeatureSetConsolidatedBilling)
				c.prepare(a, n)
				statements = append(statements, p.During(func() { c.call(a) }).Statements)
				open := 0
				if err := w.store.View(t.Context(), func(v *store.View) (err error) {
					sent, err := v.HandshakesSent(ident.OrganizationID(*o.Id), store.HandshakeFilter{Kind: handshake.Invite}, page.Newest, 100)
					for _, h := range sent {
						if !h.Stored.Terminal() {
							open++
						}
					}
					return err
				}); err != nil || open > 0 {
					t.Errorf("%d of %d still wait: %v", open, n, err)
				}
			}
			if grew := statements[1] > statements[0]; grew != c.grows {
				t.Errorf("2 and 12 take %d and %d statements", statements[0], statements[1])
			}
			t.Logf("evidence: %s ends 2 and 12 handshakes with %d and %d statements", c.name, statements[0], statements[1])
		})
	}
}
