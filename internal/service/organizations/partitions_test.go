package organizations_test

import (
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
)

// [AWS: AWS Organizations in the AWS GovCloud (US) User Guide;
// HandshakeConstraintViolationException; the exceptions are assumed]
func TestErrorsOfPartitions(t *testing.T) {
	const (
		noEndpoint = "UnsupportedAPIEndpointException"
		noSeller   = "HandshakeConstraintViolationException ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD"
	)
	w := newFixture(t, "partition-features on", "direct-transfer on")
	a, b, c := w.as(alice), w.as(bob), w.registered(carol, "carol@example.com")
	c.organization(all)
	w.partition = ident.AWSUSGov
	fails(a, "ConstraintViolationException CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION",
		(*service).CreateOrganization, orgapi.CreateOrganizationRequest{FeatureSet: new(billing)})
	a.organization(all)
	email, name := new("new@example.com"), new("New")
	fails(a, noEndpoint, (*service).CreateAccount, orgapi.CreateAccountRequest{Email: email, AccountName: name})
	fails(a, noEndpoint, (*service).CreateGovCloudAccount, orgapi.CreateGovCloudAccountRequest{Email: email, AccountName: name})
	h := a.invite(bob)
	w.partition = ident.AWS
	b.failsToAccept(h, noSeller)
	b.accept(c.invite(bob))
	fails(a, noSeller, (*service).InviteAccountToOrganization, invitation(bob))
}

// The record of a call that changed nothing needs the partition of its caller, which the
// call has read: no second transaction reads it.
func TestACallNotesItsCallerInTheOwnPartition(t *testing.T) {
	w := newFixture(t)
	w.partition = ident.AWSUSGov
	w.as(alice).organization(all)
	ctx := api.WithCaller(t.Context(), api.Caller{
		Account: alice, Partition: string(ident.AWS), Principal: ident.AWS.RootUserARN(alice),
	})
	if _, noted := api.NotedCaller(ctx); noted {
		t.Error("the caller is noted before the call")
	}
	if _, err := w.service.ListRoots(ctx, &orgapi.ListRootsRequest{}); err != nil {
		t.Fatal(err)
	}
	own, noted := api.NotedCaller(ctx)
	if !noted || own.Partition != string(ident.AWSUSGov) || own.Principal != ident.AWSUSGov.RootUserARN(alice) {
		t.Errorf("noted %t, %+v", noted, own)
	}
}
