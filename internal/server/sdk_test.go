package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"accord/internal/server"
)

// sdk returns the client of the real SDK for a server, as a judge that shares no
// code with it. It signs with the key and does not try again.
func sdk(b *fixture, key string) *organizations.Client {
	return organizations.New(organizations.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(b.url),
		HTTPClient:   &http.Client{Transport: readBody{client.Transport}, Timeout: client.Timeout},
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: "any"}, nil
		}),
	})
}

// readBody lets net/http read the body of a request where the body would write
// itself. The SDK closes the body as soon as the answer begins; the next WriteTo of a
// closed one fails with EOF, where a Read ends, and net/http closes the connection
// while the answer is read. The retries of the SDK hide that
// (github.com/aws/aws-sdk-go-v2/issues/2737).
type readBody struct{ next http.RoundTripper }

func (t readBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.WithContext(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return t.next.RoundTrip(r)
}

func TestTheSDKUnderstandsAnswers(t *testing.T) {
	l := newListing()
	b := start(t, func(b *fixture, c *server.Config) { awsServices(b, c); c.Services[0].Implementation = l })
	page, err := sdk(b, "111122223333").ListAccounts(t.Context(), &organizations.ListAccountsInput{MaxResults: aws.Int32(20)})
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range page.Accounts {
		want := l.page.Accounts[i]
		if diff := cmp.Diff([]any{want.Id, want.Arn, want.Email, want.Name, string(*want.Status), string(*want.JoinedMethod), want.Paths},
			[]any{got.Id, got.Arn, got.Email, got.Name, string(got.Status), string(got.JoinedMethod), got.Paths}); diff != "" {
			t.Errorf("account %d (-want +got)\n%s", i, diff)
		}
		if !got.JoinedTimestamp.Equal(want.JoinedTimestamp.Time) {
			t.Errorf("account %d joined at %s, want %s", i, got.JoinedTimestamp, want.JoinedTimestamp)
		}
	}
	if len(page.Accounts) != 20 || *page.NextToken != *l.page.NextToken {
		t.Errorf("%d accounts, token %q", len(page.Accounts), *page.NextToken)
	}
	h, err := sdk(b, "111122223333").DescribeHandshake(t.Context(), &organizations.DescribeHandshakeInput{HandshakeId: l.invitation.Handshake.Id})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Handshake.Resources[0].Resources[2]; got.Type != types.HandshakeResourceTypeOrganizationFeatureSet || *got.Value != "ALL" {
		t.Errorf("resource %v %s", got.Type, *got.Value)
	}
}

func TestTheSDKUnderstandsErrors(t *testing.T) {
	b := start(t, awsServices)
	account := "111122223333"
	list := func(key string) error {
		_, err := sdk(b, key).ListAccounts(t.Context(), &organizations.ListAccountsInput{})
		return err
	}
	if _, err := b.faults.Add(ruleOf(`{"account":"111122223333","exception":"TooManyRequestsException"}`)); err != nil {
		t.Fatal(err)
	}
	var busy *types.TooManyRequestsException
	if err := list(account); !errors.As(err, &busy) || busy.ErrorMessage() != "You have sent too many requests in too short a period of time. Try again later." {
		t.Errorf("got %v", err)
	}
	_, err := sdk(b, "222233334444").DescribeHandshake(t.Context(), &organizations.DescribeHandshakeInput{HandshakeId: aws.String("x")})
	var invalid *types.InvalidInputException
	if !errors.As(err, &invalid) || invalid.Reason != types.InvalidInputExceptionReasonInvalidPattern || invalid.ErrorMessage() != "You provided a value that does not match the required pattern." {
		t.Errorf("got %v", err)
	}
	for key, code := range map[string]string{"222233334444": "NotImplementedException", "999999999999": "UnrecognizedClientException"} {
		var coded interface{ ErrorCode() string }
		if err := list(key); !errors.As(err, &coded) || coded.ErrorCode() != code {
			t.Errorf("%s: got %v, want %s", key, err, code)
		}
	}
}
