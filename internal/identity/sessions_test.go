package identity_test

import (
	"crypto/rand"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/identity"
)

var session = identity.Session{
	Account: "111122223333", Principal: "arn:aws:sts::111122223333:assumed-role/R/S", UserID: "AROAEXAMPLE:S",
	RoleARN: "arn:aws:iam::111122223333:role/R", SourceIdentity: "jane", Issued: epoch, Expires: epoch.Add(time.Hour),
}

func issue(t *testing.T, s *identity.Sessions, session identity.Session) identity.Credentials {
	t.Helper()
	c, err := s.Issue(ident.NewSource(), session)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTemporaryCredentialsAreTheSessionTheyWereIssuedFor(t *testing.T) {
	o, sessions, now := openSandbox("", io.Discard)
	c := issue(t, sessions, session)
	now.Set(epoch.Add(time.Hour - time.Second))
	got, err := o.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch))
	want := api.Caller{
		Account: "111122223333", Kind: api.RoleSession, Principal: session.Principal, UserID: session.UserID, Partition: "aws", AccessKeyID: c.AccessKeyID,
		RoleARN: session.RoleARN, SourceIdentity: "jane", SessionCreated: epoch, Session: &session.Session,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if account := o.AccountOf(c.AccessKeyID); account != session.Account {
		t.Errorf("the key belongs to %s", account)
	}
	// Another server of the store, or the same one after a restart.
	other, _, _ := openSandbox("", io.Discard)
	got, err = other.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("on another server: %v (-want +got):\n%s", err, diff)
	}
}

func TestTemporaryCredentialsExpire(t *testing.T) {
	o, sessions, now := openSandbox("", io.Discard)
	c := issue(t, sessions, session)
	now.Set(session.Expires)
	_, err := o.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch))
	var fault *api.Error
	if !errors.As(err, &fault) || fault.Type != "ExpiredTokenException" || fault.Message != "The security token included in the request is expired" {
		t.Error(err)
	}
}

func TestCredentialsThatWereNotIssuedAreRefused(t *testing.T) {
	o, sessions, _ := openSandbox("", io.Discard)
	c, other := issue(t, sessions, session), issue(t, sessions, session)
	foreign := issue(t, identity.NewSessions([]byte("another secret")), session)
	altered := []byte(c.Token)
	altered[len(altered)/2] ^= 1
	for name, test := range map[string]identity.Credentials{
		"no token":               {AccessKeyID: c.AccessKeyID},
		"token of another key":   {AccessKeyID: other.AccessKeyID, Token: c.Token},
		"token of another store": foreign,
		"altered token":          {AccessKeyID: c.AccessKeyID, Token: string(altered)},
		"line break":             {AccessKeyID: c.AccessKeyID, Token: c.Token[:9] + "\n" + c.Token[9:]},
		"short token":            {AccessKeyID: c.AccessKeyID, Token: "AAAA"},
		"no base64":              {AccessKeyID: c.AccessKeyID, Token: "!"},
		"long token":             {AccessKeyID: c.AccessKeyID, Token: strings.Repeat("A", 10_000)},
	} {
		_, err := authenticate(t, o, test.AccessKeyID, test.Token)
		var fault *api.Error
		if !errors.As(err, &fault) || fault.Type != "UnrecognizedClientException" ||
			!strings.HasPrefix(fault.Message, "The security token included in the request is invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a session has is compressed in its token, and refused if it does not fit. [assumed:
// the limit]
func TestATokenHasALimit(t *testing.T) {
	o, sessions, _ := openSandbox("", io.Discard)
	long := session
	long.Principal, long.RoleARN = session.Principal+strings.Repeat("s", 100), session.RoleARN+strings.Repeat("r", 500)
	long.Session = api.Session{Kind: api.RoleAssumed, IssuerID: "AROAEXAMPLE", Policy: strings.Repeat(`{"Effect":"Allow"}`, 110)}
	for n := range 50 {
		long.Session.Tags = append(long.Session.Tags, api.ContextKey{Name: "key" + strconv.Itoa(n), Value: strings.Repeat("v", 256)})
	}
	c := issue(t, sessions, long)
	got, err := o.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch))
	if diff := cmp.Diff(&long.Session, got.Session); err != nil || diff != "" || len(c.Token) > 4096 {
		t.Errorf("a token of %d: %v (-want +got)\n%s", len(c.Token), err, diff)
	}
	for n := range long.Session.Tags {
		long.Session.Tags[n].Value = rand.Text() + rand.Text() + rand.Text()
	}
	if _, err := sessions.Issue(ident.NewSource(), long); !errors.Is(err, identity.ErrTooLarge) {
		t.Errorf("what cannot be compressed: %v", err)
	}
}

// [seen: tools that read the account from a key]
func TestATemporaryKeyHoldsItsAccount(t *testing.T) {
	o, sessions, _ := openSandbox("", io.Discard)
	for _, account := range []ident.AccountID{"000000000001", "999999999999"} {
		c := issue(t, sessions, identity.Session{Account: account})
		if got := o.AccountOf(c.AccessKeyID); got != account || len(c.AccessKeyID) != 20 || len(c.SecretAccessKey) != 40 {
			t.Errorf("%s: %s", account, got)
		}
	}
}
