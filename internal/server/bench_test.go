package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/server"
)

// listing answers ListAccounts and DescribeHandshake with constants, so that the
// benchmarks measure the server and no operation.
type listing struct {
	orgapi.Unimplemented
	page       *orgapi.ListAccountsResponse
	invitation *orgapi.DescribeHandshakeResponse
}

func (l listing) ListAccounts(context.Context, *orgapi.ListAccountsRequest) (*orgapi.ListAccountsResponse, error) {
	return l.page, nil
}

func (l listing) DescribeHandshake(context.Context, *orgapi.DescribeHandshakeRequest) (*orgapi.DescribeHandshakeResponse, error) {
	return l.invitation, nil
}

func ptr[T any](v T) *T { return &v }

func newListing() listing {
	at := api.At(time.UnixMilli(1789289180272))
	l := listing{page: &orgapi.ListAccountsResponse{NextToken: ptr(strings.Repeat("t", 200))}}
	for i := range 20 {
		id := fmt.Sprintf("%012d", i+1)
		l.page.Accounts = append(l.page.Accounts, orgapi.Account{
			Id: &id, Arn: ptr("arn:aws:organizations::111122223333:account/o-exampleorgid/" + id), Email: ptr("account-" + id + "@example.com"),
			Name: ptr("account-" + id), Status: ptr(orgapi.AccountStatus("ACTIVE")), State: ptr(orgapi.AccountState("ACTIVE")),
			Paths: []string{"o-exampleorgid/r-exam/" + id + "/"}, JoinedMethod: ptr(orgapi.AccountJoinedMethod("CREATED")), JoinedTimestamp: at,
		})
	}
	resource := func(kind, value string, inner ...orgapi.HandshakeResource) orgapi.HandshakeResource {
		return orgapi.HandshakeResource{Type: ptr(orgapi.HandshakeResourceType(kind)), Value: &value, Resources: inner}
	}
	l.invitation = &orgapi.DescribeHandshakeResponse{Handshake: &orgapi.Handshake{
		Id: ptr("h-0123456789abcdef0123456789abcdef"), Arn: ptr("arn:aws:organizations::111122223333:handshake/o-exampleorgid/invite/h-0123456789abcdef0123456789abcdef"),
		State: ptr(orgapi.HandshakeState("OPEN")), Action: ptr(orgapi.ActionType("INVITE")), RequestedTimestamp: at, ExpirationTimestamp: at,
		Resources: []orgapi.HandshakeResource{
			resource("ORGANIZATION", "o-exampleorgid", resource("MASTER_EMAIL", "a@example.com"), resource("MASTER_NAME", "management"), resource("ORGANIZATION_FEATURE_SET", "ALL")),
			resource("ACCOUNT", "222233334444"), resource("NOTES", "Please join us."),
		},
	}}
	return l
}

// BenchmarkServer compares calls with a bare net/http handler that sends as many
// bytes.
func BenchmarkServer(b *testing.B) {
	l := newListing()
	calls := map[string]struct {
		body string
		out  any
	}{
		"ListAccounts":      {`{"MaxResults":20}`, l.page},
		"DescribeHandshake": {`{"HandshakeId":"h-0123456789abcdef0123456789abcdef"}`, l.invitation},
	}
	accord := start(b, func(t *fixture, c *server.Config) {
		awsServices(t, c)
		c.Services[0].Implementation = l
		c.Recorder = nil
	})
	for name, call := range calls {
		text, err := json.Marshal(call.out)
		if err != nil {
			b.Fatal(err)
		}
		bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = w.Write(text)
		}))
		for _, of := range []struct{ name, url string }{{"bare", bare.URL}, {"accord", accord.url}} {
			b.Run(name+"/"+of.name, func(b *testing.B) {
				keep := &http.Client{Transport: &http.Transport{}}
				defer keep.CloseIdleConnections()
				c := look()
				c.target, c.scope, c.body = "AWSOrganizationsV20161128."+name, "organizations", call.body
				r := c.request(&fixture{t: b, url: of.url})
				b.ReportAllocs()
				for b.Loop() {
					r.Body = io.NopCloser(strings.NewReader(c.body))
					w, err := keep.Do(r)
					if err != nil {
						b.Fatal(err)
					}
					if n, _ := io.Copy(io.Discard, w.Body); w.StatusCode != 200 || n < 500 {
						b.Fatalf("%d with %d bytes", w.StatusCode, n)
					}
					w.Body.Close()
				}
			})
		}
		bare.Close()
	}
}

// BenchmarkHandler measures a call without a connection.
func BenchmarkHandler(b *testing.B) {
	var handler http.Handler
	accord := start(b, func(t *fixture, c *server.Config) {
		awsServices(t, c)
		c.Services[0].Implementation = newListing()
		c.Recorder = nil
		var err error
		if handler, err = server.New(*c); err != nil {
			b.Fatal(err)
		}
	})
	for name, body := range map[string]string{"ListAccounts": `{"MaxResults":20}`, "DescribeHandshake": `{"HandshakeId":"h-0123456789abcdef0123456789abcdef"}`} {
		b.Run(name, func(b *testing.B) {
			c := look()
			c.target, c.scope, c.body = "AWSOrganizationsV20161128."+name, "organizations", body
			r := c.request(accord)
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(strings.NewReader(body))
				w := &nowhere{header: http.Header{}}
				handler.ServeHTTP(w, r)
				if w.status != 200 {
					b.Fatal(w.status)
				}
			}
		})
	}
}

type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }
