package awsjson_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/protocol"
	"accord/internal/protocol/awsjson"
)

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// account has the members of a row of ListAccounts.
type account struct {
	ID        *string   `json:"Id,omitzero"`
	ARN       *string   `json:"Arn,omitzero"`
	Email     *string   `json:"Email,omitzero"`
	Name      *string   `json:"Name,omitzero"`
	Status    string    `json:"Status,omitzero"`
	State     string    `json:"State,omitzero"`
	Paths     []string  `json:"Paths,omitzero"`
	Method    string    `json:"JoinedMethod,omitzero"`
	Timestamp *api.Time `json:"JoinedTimestamp,omitzero"`
}

func BenchmarkWriteTwentyAccounts(b *testing.B) {
	out := &struct {
		Accounts  []account `json:"Accounts,omitzero"`
		NextToken *string   `json:"NextToken,omitzero"`
	}{NextToken: ptr(strings.Repeat("t", 200))}
	for i := range 20 {
		id := fmt.Sprintf("%012d", i)
		out.Accounts = append(out.Accounts, account{
			ID: &id, ARN: ptr("arn:aws:organizations::111122223333:account/o-exampleorgid/" + id),
			Email: ptr("account-" + id + "@example.com"), Name: ptr("account-" + id), Status: "ACTIVE", State: "ACTIVE",
			Paths: []string{"o-exampleorgid/r-exam/" + id + "/"}, Method: "CREATED", Timestamp: api.At(time.UnixMilli(1789289180272)),
		})
	}
	p, w := awsjson.New(prefix), discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.WriteResult(w, "0a1b2c3d", table["Invite"], out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteHandshake(b *testing.B) {
	out := &inviteResponse{
		Handshake: &handshake{
			ID: ptr("h-0123456789abcdef0123456789abcdef"), Requested: api.At(time.UnixMilli(1789289180272)), Managed: ptr(false),
			Resources: []resource{
				{Value: ptr("o-exampleorgid"), Resources: []resource{{Value: ptr("a@example.com")}, {Value: ptr("name")}, {Value: ptr("ALL")}}},
				{Value: ptr("222233334444")}, {Value: ptr("notes")},
			},
		},
		Parties: []party{{ID: ptr("exampleorgid"), Type: ptr("ORGANIZATION")}, {ID: ptr("222233334444"), Type: ptr("ACCOUNT")}},
	}
	p, w := awsjson.New(prefix), discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.WriteResult(w, "0a1b2c3d", table["Invite"], out); err != nil {
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
		m := protocol.NewMessage(r, 1<<20)
		if err := p.Decode(m, new(inviteRequest)); err != nil {
			b.Fatal(err)
		}
		m.Release()
	}
}
