package identity_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

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
		RoleARN: session.RoleARN, SourceIdentity: "jane", SessionCreated: epoch,
	}
	if err != nil || got != want {
		t.Errorf("%v, %+v", err, got)
	}
	if account := o.AccountOf(c.AccessKeyID); account != session.Account {
		t.Errorf("the key belongs to %s", account)
	}
	// Another server of the store, or the same one after a restart.
	other, _, _ := openSandbox("", io.Discard)
	if got, err := other.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch)); err != nil || got != want {
		t.Errorf("on another server: %v, %+v", err, got)
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
