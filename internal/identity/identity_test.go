package identity_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/sigv4"
)

const (
	scope = "/20261121/us-east-1/organizations/aws4_request"
	rest  = ", SignedHeaders=host;x-amz-date, Signature=0123abcd"
)

func signed(authorization ...string) *http.Request {
	r := httptest.NewRequest("POST", "/", nil)
	r.Header["Authorization"] = authorization
	return r
}

func TestReadSignature(t *testing.T) {
	want := sigv4.Signature{
		Algorithm: "AWS4-HMAC-SHA256", AccessKeyID: "111122223333", Date: "20261121", Region: "us-east-1", Service: "organizations",
		SignedHeaders: "host;x-amz-date", Value: "0123abcd",
	}
	with := func(change func(*sigv4.Signature)) sigv4.Signature {
		s := want
		change(&s)
		return s
	}
	query := url.Values{
		"X-Amz-Algorithm": {"AWS4-HMAC-SHA256"}, "X-Amz-Credential": {"111122223333" + scope}, "X-Amz-Date": {"20261121T000000Z"},
		"X-Amz-SignedHeaders": {"host;x-amz-date"}, "X-Amz-Signature": {"0123abcd"}, "X-Amz-Security-Token": {"token+/="},
	}
	session := signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + rest)
	session.Header.Set("X-Amz-Security-Token", "token")
	tests := map[string]struct {
		request *http.Request
		want    sigv4.Signature
	}{
		"header":            {signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + rest), want},
		"other order":       {signed("AWS4-HMAC-SHA256 Signature=0123abcd,SignedHeaders=host;x-amz-date,Credential=111122223333" + scope), want},
		"session":           {session, with(func(s *sigv4.Signature) { s.Token = "token" })},
		"any key, any text": {signed("AWS4-HMAC-SHA256 Credential=test-key.1" + scope + rest), with(func(s *sigv4.Signature) { s.AccessKeyID = "test-key.1" })},
		"without region":    {signed("AWS4-ECDSA-P256-SHA256 Credential=111122223333/20261121/sts/aws4_request" + rest), with(func(s *sigv4.Signature) { s.Algorithm, s.Region, s.Service = "AWS4-ECDSA-P256-SHA256", "", "sts" })},
		"presigned":         {httptest.NewRequest("GET", "/?Action=X&"+query.Encode(), nil), with(func(s *sigv4.Signature) { s.Token, s.Presigned = "token+/=", true })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := identity.ReadSignature(test.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReadSignatureRefuses(t *testing.T) {
	const missing, incomplete = "MissingAuthenticationTokenException", "IncompleteSignatureException"
	whole := "AWS4-HMAC-SHA256 Credential=111122223333" + scope + rest
	both := signed(whole)
	both.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
	credential := func(c string) *http.Request { return signed("AWS4-HMAC-SHA256 Credential=" + c + rest) }
	tests := map[string]struct {
		request *http.Request
		want    string
	}{
		"nothing":                      {signed(), missing},
		"empty header":                 {signed(""), missing},
		"query string of another kind": {httptest.NewRequest("GET", "/?X-Amz-Date=1", nil), missing},
		"two headers":                  {signed(whole, whole), incomplete},
		"header and query string":      {both, incomplete},
		"basic":                        {signed("Basic dGVzdDp0ZXN0"), incomplete},
		"bearer":                       {signed("Bearer token"), incomplete},
		"old algorithm":                {signed("AWS3 AWSAccessKeyId=x"), incomplete},
		"algorithm alone":              {signed("AWS4-HMAC-SHA256"), incomplete},
		"no credential":                {signed("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0"), incomplete},
		"no signed headers":            {signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + ", Signature=0"), incomplete},
		"no signature":                 {signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + ", SignedHeaders=host"), incomplete},
		"empty signature":              {signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + ", SignedHeaders=host, Signature="), incomplete},
		"part twice":                   {signed(whole + ", Signature=1"), incomplete},
		"unknown part":                 {signed(whole + ", More=1"), incomplete},
		"key alone":                    {credential("111122223333"), incomplete},
		"empty key":                    {credential(scope), incomplete},
		"no date":                      {credential("111122223333//us-east-1/organizations/aws4_request"), incomplete},
		"malformed date":               {credential("111122223333/2026112a/us-east-1/organizations/aws4_request"), incomplete},
		"no service":                   {credential("111122223333/20261121/us-east-1//aws4_request"), incomplete},
		"other terminator":             {credential("111122223333/20261121/us-east-1/organizations/aws3_request"), incomplete},
		"scope too long":               {credential("111122223333/20261121/us-east-1/organizations/x/aws4_request"), incomplete},
		"key too long":                 {credential(strings.Repeat("A", 129) + scope), incomplete},
		"presigned without signature":  {httptest.NewRequest("GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=111122223333"+scope+"&X-Amz-SignedHeaders=host", nil), incomplete},
		"presigned without algorithm":  {httptest.NewRequest("GET", "/?X-Amz-Credential=111122223333"+scope+"&X-Amz-SignedHeaders=host&X-Amz-Signature=0", nil), incomplete},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := identity.ReadSignature(test.request)
			var fault *api.Error
			if !errors.As(err, &fault) || fault.Type != test.want || fault.Status != 400 {
				t.Fatalf("got %+v, %v; want %s", got, err, test.want)
			}
			if strings.Contains(fault.Message, "0123abcd") {
				t.Errorf("the text quotes the signature: %s", fault.Message)
			}
		})
	}
}

// FuzzReadSignature holds that no header makes the reader panic, and that what
// it accepts has every part.
func FuzzReadSignature(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=111122223333"+scope+rest, "")
	f.Add("", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a"+scope+"&X-Amz-SignedHeaders=h&X-Amz-Signature=s")
	f.Add("AWS4-HMAC-SHA256 Credential=,Credential=,", "%zz=X-Amz-")
	f.Fuzz(func(t *testing.T, header, query string) {
		r := signed(header)
		r.URL.RawQuery = query
		s, err := identity.ReadSignature(r)
		if err == nil && (s.AccessKeyID == "" || s.Service == "" || s.Value == "" || len(s.Date) != 8 || s.SignedHeaders == "") {
			t.Errorf("%q, %q: accepted %+v", header, query, s)
		}
	})
}

// epoch is the instant of the clock.
var epoch = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// issuer issues the long-lived keys of the tests.
var issuer = identity.NewIssuer([]byte("secret"))

// keys are the long-lived keys of a test.
type keys map[string]identity.Key

func (k keys) Key(_ context.Context, id string) (identity.Key, error) {
	key, ok := k[id]
	if !ok {
		return identity.Key{}, identity.ErrUnknownKey
	}
	return key, nil
}

func (k keys) Used(string, time.Time, string, string) {}

// options are those of an authenticator whose clocks begin at the epoch.
func options(log io.Writer) identity.Options {
	c := clock.NewVirtual(epoch)
	return identity.Options{
		Sessions: identity.NewSessions([]byte("secret")), Issuer: issuer, Keys: keys{}, Clock: c, WallClock: c,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

// openSandbox is an authenticator of the open sandbox. The dates of signatures are judged
// by a clock that stands at the epoch.
func openSandbox(fallback ident.AccountID, log io.Writer) (*identity.Callers, *identity.Sessions, *clock.Virtual) {
	o, c := options(log), clock.NewVirtual(epoch)
	o.Fallback, o.Clock = fallback, c
	return identity.New(o), o.Sessions, c
}

// authenticate authenticates a request with a key whose secret does not matter.
func authenticate(t *testing.T, c *identity.Callers, key, token string) (api.Caller, error) {
	t.Helper()
	return c.Authenticate(t.Context(), sign(t, identity.Credentials{AccessKeyID: key, SecretAccessKey: "any", Token: token}, "us-east-1", epoch))
}

// sign returns a request that is signed with credentials.
func sign(t *testing.T, c identity.Credentials, region string, at time.Time) identity.Request {
	t.Helper()
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	hash := sha256.Sum256([]byte(body))
	credentials := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.Token}
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(hash[:]), "sts", region, at); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	signature, err := identity.ReadSignature(r)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Request{Request: r, Signature: signature, Body: []byte(body)}
}

func TestTwelveDigitsAreTheRootUserOfTheirAccount(t *testing.T) {
	o, _, _ := openSandbox("", io.Discard)
	for key, account := range map[string]string{
		"111122223333":         "111122223333",
		"000000000001":         "000000000001",
		"11112222333a":         "000000000000",
		"١١١١٢٢":               "000000000000",
		"AKIAIOSFODNN7EXAMPLE": "000000000000",
		"ASIA":                 "000000000000",
		"test":                 "000000000000",
	} {
		// A token beside a key that is no temporary one comes from somewhere else.
		got, err := authenticate(t, o, key, "token")
		want := api.Caller{Account: account, Kind: api.RootUser, Principal: "arn:aws:iam::" + account + ":root", UserID: account, Partition: "aws", AccessKeyID: key}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", key, got, err, want)
		}
	}
	o, _, _ = openSandbox("999988887777", io.Discard)
	if got, _ := authenticate(t, o, "test", ""); got.Account != "999988887777" {
		t.Errorf("the default account is %s", got.Account)
	}
}

func TestTheRegionOfTheScopeNamesThePartition(t *testing.T) {
	for _, test := range []struct {
		region string
		fixed  ident.Partition
		want   string
	}{
		{"us-east-1", "", "aws"},
		{"cn-north-1", "", "aws-cn"},
		{"us-gov-west-1", "", "aws-us-gov"},
		{"us-east-1", ident.AWSISO, "aws-iso"},
		{"cn-north-1", ident.AWS, "aws"},
	} {
		settings := options(io.Discard)
		settings.Partition = test.fixed
		o, sessions := identity.New(settings), settings.Sessions
		credentials, err := sessions.Issue(ident.NewSeededSource(1), identity.Session{
			Account: "111122223333", Principal: "arn:aws:sts::111122223333:assumed-role/R/S",
			RoleARN: "arn:aws:iam::111122223333:role/R", Expires: epoch.Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, signed := range []struct {
			identity.Credentials
			principal, role string
		}{
			{identity.Credentials{AccessKeyID: "111122223333", SecretAccessKey: "any"}, "iam::111122223333:root", ""},
			{credentials, "sts::111122223333:assumed-role/R/S", "iam::111122223333:role/R"},
		} {
			r := sign(t, signed.Credentials, test.region, epoch)
			caller, err := o.Authenticate(t.Context(), r)
			begin := "arn:" + test.want + ":"
			if err != nil || caller.Partition != test.want || caller.Principal != begin+signed.principal ||
				signed.role != "" && caller.RoleARN != begin+signed.role {
				t.Errorf("%q with %q: %+v, %v; want %s", test.region, test.fixed, caller, err, test.want)
			}
		}
	}
}

func TestDigitsOfAnotherNumberAreRefused(t *testing.T) {
	o, _, _ := openSandbox("", io.Discard)
	for _, key := range []string{"1", "11112222333", "1111222233334"} {
		_, err := authenticate(t, o, key, "")
		var fault *api.Error
		want := fmt.Sprintf("The security token included in the request is invalid: the access key has %d digits, and the ID of an account has 12.", len(key))
		if !errors.As(err, &fault) || fault.Type != "UnrecognizedClientException" || fault.Message != want {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestAKeyThatIsNoAccountIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	o, _, _ := openSandbox("", &log)
	for range 3 {
		for _, key := range []string{"test", "111122223333", "other"} {
			if _, err := authenticate(t, o, key, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 2 || !strings.Contains(log.String(), `access key \"test\" is not an account ID, taken as account 000000000000`) {
		t.Errorf("%d lines: %s", n, log.String())
	}
	log.Reset()
	for i := range 3000 {
		if _, err := authenticate(t, o, fmt.Sprintf("key-%d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 998 {
		t.Errorf("%d further keys were logged", n)
	}
}

func BenchmarkReadSignature(b *testing.B) {
	r := signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + rest)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := identity.ReadSignature(r); err != nil {
			b.Fatal(err)
		}
	}
}
