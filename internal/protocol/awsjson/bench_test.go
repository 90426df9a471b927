package awsjson_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/protocol"
	"accord/internal/protocol/awsjson"
)

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkWriteTwentyAccounts(b *testing.B) {
	out := &orgapi.ListAccountsResponse{NextToken: new(strings.Repeat("t", 200))}
	for i := range 20 {
		id := fmt.Sprintf("%012d", i)
		out.Accounts = append(out.Accounts, orgapi.Account{
			Id: &id, Arn: new("arn:aws:organizations::111122223333:account/o-exampleorgid/" + id),
			Email: new("account-" + id + "@example.com"), Name: new("account-" + id),
			Status: new(orgapi.AccountStatusActive), State: new(orgapi.AccountStateActive),
			Paths: []string{"o-exampleorgid/r-exam/" + id + "/"}, JoinedMethod: new(orgapi.AccountJoinedMethodCreated),
			JoinedTimestamp: api.At(time.UnixMilli(1789289180272)),
		})
	}
	write(b, out)
}

func BenchmarkWriteHandshake(b *testing.B) {
	resource := func(kind orgapi.HandshakeResourceType, value string, inner ...orgapi.HandshakeResource) orgapi.HandshakeResource {
		return orgapi.HandshakeResource{Type: &kind, Value: &value, Resources: inner}
	}
	write(b, &orgapi.DescribeHandshakeResponse{Handshake: &orgapi.Handshake{
		Id:                 new("h-0123456789abcdef0123456789abcdef"),
		Arn:                new("arn:aws:organizations::111122223333:handshake/o-exampleorgid/invite/h-0123456789abcdef0123456789abcdef"),
		RequestedTimestamp: api.At(time.UnixMilli(1789289180272)), ExpirationTimestamp: api.At(time.UnixMilli(1790585180272)),
		State: new(orgapi.HandshakeStateOpen), Action: new(orgapi.ActionTypeInvite),
		Resources: []orgapi.HandshakeResource{
			resource(orgapi.HandshakeResourceTypeOrganization, "o-exampleorgid",
				resource(orgapi.HandshakeResourceTypeMasterEmail, "a@example.com"),
				resource(orgapi.HandshakeResourceTypeMasterName, "name"),
				resource(orgapi.HandshakeResourceTypeOrganizationFeatureSet, "ALL")),
			resource(orgapi.HandshakeResourceTypeAccount, "222233334444"),
			resource(orgapi.HandshakeResourceTypeNotes, "notes"),
		},
		Parties: []orgapi.HandshakeParty{
			{Id: new("exampleorgid"), Type: new(orgapi.HandshakePartyTypeOrganization)},
			{Id: new("222233334444"), Type: new(orgapi.HandshakePartyTypeAccount)},
		},
	}})
}

// write measures an answer, with its headers.
func write(b *testing.B, out any) {
	p, w := awsjson.New(prefix), discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.WriteResult(w, "0a1b2c3d", new(api.Operation), out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeInvitation(b *testing.B) {
	const body = `{"Target":{"Id":"222233334444","Type":"ACCOUNT"},"Notes":"Please join us.","Tags":[{"Key":"team","Value":"blue"}]}`
	p := awsjson.New(prefix)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		m := protocol.NewMessage(r, 1<<20, nil)
		if err := p.Decode(m, new(inviteRequest)); err != nil {
			b.Fatal(err)
		}
		m.Release()
	}
}
