package identity_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/identity"
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
	want := identity.Signature{
		Algorithm: "AWS4-HMAC-SHA256", AccessKeyID: "111122223333", Date: "20261121", Region: "us-east-1", Service: "organizations",
		SignedHeaders: []string{"host", "x-amz-date"}, Value: "0123abcd",
	}
	with := func(change func(*identity.Signature)) identity.Signature {
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
		want    identity.Signature
	}{
		"header":            {signed("AWS4-HMAC-SHA256 Credential=111122223333" + scope + rest), want},
		"other order":       {signed("AWS4-HMAC-SHA256 Signature=0123abcd,SignedHeaders=host;x-amz-date,Credential=111122223333" + scope), want},
		"session":           {session, with(func(s *identity.Signature) { s.Token = "token" })},
		"any key, any text": {signed("AWS4-HMAC-SHA256 Credential=test-key.1" + scope + rest), with(func(s *identity.Signature) { s.AccessKeyID = "test-key.1" })},
		"without region":    {signed("AWS4-ECDSA-P256-SHA256 Credential=111122223333/20261121/sts/aws4_request" + rest), with(func(s *identity.Signature) { s.Algorithm, s.Region, s.Service = "AWS4-ECDSA-P256-SHA256", "", "sts" })},
		"presigned":         {httptest.NewRequest("GET", "/?Action=X&"+query.Encode(), nil), with(func(s *identity.Signature) { s.Token, s.Presigned = "token+/=", true })},
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
		if err == nil && (s.AccessKeyID == "" || s.Service == "" || s.Value == "" || len(s.Date) != 8 || len(s.SignedHeaders) == 0) {
			t.Errorf("%q, %q: accepted %+v", header, query, s)
		}
	})
}

// still is the clock of tests in which no time passes.
var still = clock.NewVirtual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))

// registry knows the state of accounts and counts how often it is asked.
type registry struct {
	mu     sync.Mutex
	states map[ident.AccountID]string
	asked  map[ident.AccountID]int
	during func() // runs between the look and the answer
	err    error
}

func (r *registry) EnsureAccount(_ context.Context, id ident.AccountID) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == nil {
		r.asked = map[ident.AccountID]int{}
	}
	r.asked[id]++
	state, ok := r.states[id]
	if !ok {
		state = "ACTIVE"
	}
	if r.during != nil {
		r.during()
	}
	return state, r.err
}

func authenticate(t *testing.T, o *identity.Open, key string) (api.Caller, error) {
	t.Helper()
	return o.Authenticate(t.Context(), identity.Request{Signature: identity.Signature{AccessKeyID: key}})
}

func TestTwelveDigitsAreTheRootUserOfTheirAccount(t *testing.T) {
	for key, account := range map[string]string{
		"111122223333":         "111122223333",
		"000000000001":         "000000000001",
		"11112222333":          "000000000000",
		"1111222233334":        "000000000000",
		"11112222333a":         "000000000000",
		"١١١١٢٢":               "000000000000",
		"AKIAIOSFODNN7EXAMPLE": "000000000000",
		"test":                 "000000000000",
	} {
		got, err := authenticate(t, identity.NewOpen(&registry{}, still, ""), key)
		want := api.Caller{Account: account, Principal: "arn:aws:iam::" + account + ":root", UserID: account, AccessKeyID: key}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", key, got, err, want)
		}
	}
	if got, _ := authenticate(t, identity.NewOpen(&registry{}, still, "999988887777"), "test"); got.Account != "999988887777" {
		t.Errorf("the default account is %s", got.Account)
	}
}

func TestStateDecidesWhoMaySign(t *testing.T) {
	for state, may := range map[string]bool{
		"ACTIVE": true, "PENDING_CLOSURE": true, "PENDING_ACTIVATION": true,
		"SUSPENDED": false, "CLOSED": false, "": false, "SOMETHING_NEW": false,
	} {
		r := &registry{states: map[ident.AccountID]string{"111122223333": state}}
		_, err := authenticate(t, identity.NewOpen(r, still, ""), "111122223333")
		var fault *api.Error
		refused := errors.As(err, &fault) && fault.Type == "UnrecognizedClientException" && fault.Message == "The security token included in the request is invalid."
		if may && err != nil || !may && !refused {
			t.Errorf("state %q: %v", state, err)
		}
	}
}

func TestRegistryIsAskedOncePerActiveAccount(t *testing.T) {
	r := &registry{states: map[ident.AccountID]string{"222222222222": "SUSPENDED"}}
	o := identity.NewOpen(r, still, "")
	for range 3 {
		_, _ = authenticate(t, o, "111111111111")
		_, _ = authenticate(t, o, "222222222222")
	}
	want := map[ident.AccountID]int{"111111111111": 1, "222222222222": 3}
	if diff := cmp.Diff(want, r.asked); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	r.states["111111111111"] = "CLOSED"
	if _, err := authenticate(t, o, "111111111111"); err != nil {
		t.Errorf("the cache was not used: %v", err)
	}
	o.Forget("111111111111")
	if _, err := authenticate(t, o, "111111111111"); err == nil {
		t.Error("a forgotten account that was closed may sign")
	}
}

// The state may have been changed through another server, which forgets only what
// it remembers itself.
func TestAnAccountIsTrustedForAMinute(t *testing.T) {
	r := &registry{}
	c := clock.NewVirtual(still.Now())
	o := identity.NewOpen(r, c, "")
	for _, test := range []struct {
		passed time.Duration
		asked  int
	}{{0, 1}, {59 * time.Second, 1}, {time.Second, 2}, {30 * time.Second, 2}, {time.Hour, 3}, {0, 3}} {
		c.Set(c.Now().Add(test.passed))
		if _, err := authenticate(t, o, "111111111111"); err != nil || r.asked["111111111111"] != test.asked {
			t.Errorf("after %v more: %v, the registry was asked %d times, want %d", test.passed, err, r.asked["111111111111"], test.asked)
		}
	}
}

func TestForgetAllForgetsEveryAccount(t *testing.T) {
	r := &registry{}
	o := identity.NewOpen(r, still, "")
	for range 2 {
		_, _ = authenticate(t, o, "111111111111")
		_, _ = authenticate(t, o, "222222222222")
		o.ForgetAll()
	}
	if r.asked["111111111111"] != 2 || r.asked["222222222222"] != 2 {
		t.Errorf("asked %v", r.asked)
	}
}

func TestAnAnswerFromBeforeForgettingIsNotRemembered(t *testing.T) {
	for name, forget := range map[string]func(*identity.Open){
		"one": func(o *identity.Open) { o.Forget("111111111111") },
		"all": (*identity.Open).ForgetAll,
	} {
		r := &registry{}
		o := identity.NewOpen(r, still, "")
		r.during = func() { forget(o) }
		_, _ = authenticate(t, o, "111111111111")
		r.during = nil
		_, _ = authenticate(t, o, "111111111111")
		if r.asked["111111111111"] != 2 {
			t.Errorf("%s: the registry was asked %d times, want 2", name, r.asked["111111111111"])
		}
	}
}

func TestMemoryOfAccountsIsBounded(t *testing.T) {
	r := &registry{}
	o := identity.NewOpen(r, still, "")
	const n = 25_000
	for range 2 {
		for i := range n {
			_, _ = authenticate(t, o, fmt.Sprintf("%012d", i))
		}
	}
	again := 0
	for _, times := range r.asked {
		again += times - 1
	}
	if again < n-20_000 {
		t.Errorf("%d of %d accounts were asked for again: more than 20000 are remembered", again, n)
	}
}

func TestFailureOfTheRegistryIsOurs(t *testing.T) {
	cause := errors.New("disk")
	_, err := authenticate(t, identity.NewOpen(&registry{err: cause}, still, ""), "111111111111")
	var fault *api.Error
	if !errors.Is(err, cause) || errors.As(err, &fault) {
		t.Errorf("got %v", err)
	}
}

func TestManyGoroutines(t *testing.T) {
	o := identity.NewOpen(&registry{}, still, "")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				_, _ = authenticate(t, o, fmt.Sprintf("%012d", j%7))
				if (i+j)%50 == 0 {
					o.ForgetAll()
				}
			}
		})
	}
	wg.Wait()
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
