package identity_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/identity"
)

// newKey issues a long-lived key.
func newKey(t *testing.T, account ident.AccountID) identity.Credentials {
	t.Helper()
	id, secret, err := issuer.New(ident.NewSource(), account)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Credentials{AccessKeyID: id, SecretAccessKey: secret}
}

// user is what a key of a user stands for.
func user(c identity.Credentials) identity.Key {
	return identity.Key{
		Secret: c.SecretAccessKey, Account: "111122223333", Kind: api.IAMUser, Active: true,
		Principal: "arn:aws:iam::111122223333:user/ops/jane", UserID: "AIDAEXAMPLE",
	}
}

// modes are both of an authenticator; the control of each attack is the same request
// without it.
var modes = map[string]bool{"open": false, "strict": true}

func TestAnAccessKeyIsItsUser(t *testing.T) {
	for mode, strict := range modes {
		c := newKey(t, "111122223333")
		o := options(io.Discard)
		o.Strict, o.Keys = strict, keys{c.AccessKeyID: user(c)}
		got, err := identity.New(o).Authenticate(t.Context(), sign(t, c, "eu-central-1", epoch))
		want := api.Caller{
			Account: "111122223333", Kind: api.IAMUser, Principal: "arn:aws:iam::111122223333:user/ops/jane", UserID: "AIDAEXAMPLE",
			Partition: "aws", AccessKeyID: c.AccessKeyID,
		}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", mode, got, err)
		}
		if account := identity.New(o).AccountOf(c.AccessKeyID); account != "111122223333" || len(c.AccessKeyID) != 20 || len(c.SecretAccessKey) != 40 {
			t.Errorf("%s: %s", account, c.AccessKeyID)
		}
	}
}

// TestAttacksOnKeysThatTheServerIssued: in both modes.
func TestAttacksOnKeysThatTheServerIssued(t *testing.T) {
	const unrecognized, wrong = "UnrecognizedClientException", "InvalidSignatureException"
	key, inactive, deleted := newKey(t, "111122223333"), newKey(t, "111122223333"), newKey(t, "111122223333")
	refusals, controls := 0, 0
	for mode, strict := range modes {
		o := options(io.Discard)
		paused := user(inactive)
		paused.Active = false
		o.Strict, o.Keys = strict, keys{key.AccessKeyID: user(key), inactive.AccessKeyID: paused}
		one, other := issue(t, o.Sessions, session), issue(t, o.Sessions, session)
		with := func(c identity.Credentials, change func(*identity.Credentials)) identity.Credentials {
			change(&c)
			return c
		}
		for name, attack := range map[string]struct {
			credentials identity.Credentials
			change      func(*identity.Request)
			now         time.Duration
			want        string
		}{
			"control: a key":             {credentials: key},
			"control: a session":         {credentials: one},
			"control: 15 minutes later":  {credentials: key, now: 15 * time.Minute},
			"wrong secret":               {credentials: with(key, func(c *identity.Credentials) { c.SecretAccessKey += "x" }), want: wrong},
			"wrong secret of a session":  {credentials: with(one, func(c *identity.Credentials) { c.SecretAccessKey = "x" }), want: wrong},
			"tampered body":              {credentials: key, change: func(r *identity.Request) { r.Body = []byte("Action=AssumeRole") }, want: wrong},
			"tampered header":            {credentials: key, change: func(r *identity.Request) { r.Header.Set("X-Amz-Date", "20261102T080001Z") }, want: wrong},
			"unsigned header smuggling":  {credentials: key, change: func(r *identity.Request) { r.Header.Set("X-Amz-Target", "x") }, want: wrong},
			"unsigned host smuggling":    {credentials: key, change: func(r *identity.Request) { r.Host = "evil" }, want: wrong},
			"smuggled parameter":         {credentials: key, change: func(r *identity.Request) { r.URL.RawQuery = "Action=AssumeRole" }, want: wrong},
			"replay after 15 minutes":    {credentials: key, now: 15*time.Minute + time.Second, want: wrong},
			"inactive key":               {credentials: inactive, want: unrecognized},
			"deleted key":                {credentials: deleted, want: unrecognized},
			"key with a session token":   {credentials: with(key, func(c *identity.Credentials) { c.Token = one.Token }), want: unrecognized},
			"session without its token":  {credentials: with(one, func(c *identity.Credentials) { c.Token = "" }), want: unrecognized},
			"token of another session":   {credentials: with(one, func(c *identity.Credentials) { c.Token = other.Token }), want: unrecognized},
			"key of another session":     {credentials: with(one, func(c *identity.Credentials) { c.AccessKeyID = other.AccessKeyID }), want: unrecognized},
			"secret of another session":  {credentials: with(one, func(c *identity.Credentials) { c.SecretAccessKey = other.SecretAccessKey }), want: wrong},
			"session of another server":  {credentials: issue(t, identity.NewSessions([]byte("another")), session), want: unrecognized},
			"secret as that of a key ID": {credentials: with(key, func(c *identity.Credentials) { c.SecretAccessKey = c.AccessKeyID }), want: wrong},
		} {
			o.WallClock = clock.NewVirtual(epoch.Add(attack.now))
			r := sign(t, attack.credentials, "us-east-1", epoch)
			if attack.change != nil {
				attack.change(&r)
			}
			_, err := identity.New(o).Authenticate(t.Context(), r)
			var refused *api.Error
			if errors.As(err, &refused) != (attack.want != "") || refused != nil && (refused.Type != attack.want || refused.Status != 400) {
				t.Errorf("%s, %s: %v, want %s", mode, name, err, attack.want)
			}
			if refused != nil {
				refusals++
			} else if err == nil {
				controls++
			}
			if refused != nil && (strings.Contains(refused.Message, attack.credentials.SecretAccessKey) || attack.credentials.Token != "" && strings.Contains(refused.Message, attack.credentials.Token)) {
				t.Errorf("%s, %s: the text shows a secret: %s", mode, name, refused.Message)
			}
		}
	}
	t.Logf("evidence: %d attacks refused in two modes; the control, requests without one: %d accepted", refusals, controls)
}

// TestDoubledQueryParameters: the first and the last of two parameters are different
// requests to different readers.
func TestDoubledQueryParameters(t *testing.T) {
	const whole = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=111122223333" + scope + "&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Date=20261102T080000Z&X-Amz-Security-Token=t&X-Amz-Expires=60"
	if _, err := identity.ReadSignature(httptest.NewRequest("GET", whole, nil)); err != nil {
		t.Errorf("control: %v", err)
	}
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Expires"} {
		for _, again := range []string{name, strings.Replace(name, "-", "%2D", 1)} {
			_, err := identity.ReadSignature(httptest.NewRequest("GET", whole+"&"+again+"=x", nil))
			var refused *api.Error
			if !errors.As(err, &refused) || refused.Type != "IncompleteSignatureException" {
				t.Errorf("%s: %v", again, err)
			}
		}
	}
	t.Log("evidence: 14 requests with a parameter of the signature twice refused; the control, each once: accepted")
}

// TestStrictModeAcceptsNoOtherKey: with the convenience of the open sandbox as the
// control.
func TestStrictModeAcceptsNoOtherKey(t *testing.T) {
	for _, key := range []string{"111122223333", "000000000000", "test", "AKIAIOSFODNN7EXAMPLE"} {
		o := options(io.Discard)
		if _, err := authenticate(t, identity.New(o), key, ""); err != nil {
			t.Errorf("open: %s: %v", key, err)
		}
		o.Strict = true
		_, err := authenticate(t, identity.New(o), key, "")
		var refused *api.Error
		if !errors.As(err, &refused) || refused.Type != "UnrecognizedClientException" || refused.Message != "The security token included in the request is invalid." {
			t.Errorf("strict: %s: %v", key, err)
		}
	}
}

// counted counts how often a key is looked up.
type counted struct {
	keys
	times int
}

func (c *counted) Key(ctx context.Context, id string) (identity.Key, error) {
	c.times++
	return c.keys.Key(ctx, id)
}

// TestAFloodOfBadKeysTakesNoMemory: and does not reach the store.
func TestAFloodOfBadKeysTakesNoMemory(t *testing.T) {
	o := options(io.Discard)
	o.Strict = true
	lookups := &counted{}
	o.Keys = lookups
	c := identity.New(o)
	r := sign(t, newKey(t, "111122223333"), "us-east-1", epoch)
	foreign := identity.NewIssuer([]byte("another store"))
	flood := func(n int) uint64 {
		for range n {
			id, _, err := foreign.New(ident.NewSource(), "111122223333")
			if err != nil {
				t.Fatal(err)
			}
			r.Signature.AccessKeyID = id
			if _, err := c.Authenticate(t.Context(), r); err == nil {
				t.Fatal("accepted")
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := flood(1000)
	if after := flood(10_000); after > before+1<<20 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	// One in 65,536 has the mark of this store by chance.
	asked := lookups.times
	if asked > 5 {
		t.Errorf("the store was asked for %d of 11,000 keys", asked)
	}
	// The control: keys of this store that were deleted.
	for range 100 {
		r.Signature.AccessKeyID = newKey(t, "111122223333").AccessKeyID
		if _, err := c.Authenticate(t.Context(), r); err == nil {
			t.Fatal("accepted")
		}
	}
	if lookups.times != asked+100 {
		t.Errorf("control: the store was asked for %d of 100 keys of its own", lookups.times-asked)
	}
	t.Logf("evidence: the store was asked for %d of 11,000 bad keys, and no account was registered; for the control, 100 deleted keys of its own, each time", asked)
}

// TestAKeyOfAnotherStoreIsKnownWithoutALook: its account is none of ours.
func TestAKeyOfAnotherStoreIsKnownWithoutALook(t *testing.T) {
	o := options(io.Discard)
	for _, test := range []struct {
		*identity.Issuer
		issued bool
	}{{issuer, true}, {identity.NewIssuer([]byte("another store")), false}} {
		id, _, err := test.New(ident.NewSeededSource(1), "111122223333")
		if err != nil {
			t.Fatal(err)
		}
		if issuer.Issued(id) != test.issued || (identity.New(o).AccountOf(id) == "111122223333") != test.issued {
			t.Errorf("%s: issued %v", id, !test.issued)
		}
	}
	for _, id := range []string{"", "AKIA", "AKIAIOSFODNN7EXAMPLE", "AKIA!!!!!!!!!!!!!!!!", "ASIA" + newKey(t, "111122223333").AccessKeyID[4:]} {
		if issuer.Issued(id) {
			t.Errorf("%q is issued", id)
		}
	}
	if _, _, err := issuer.New(ident.NewSource(), "x"); err == nil {
		t.Error("a key was issued for an account that is none")
	}
}

// TestSessionsOutliveTheRotationOfTheirKey: while the key that made them is there.
func TestSessionsOutliveTheRotationOfTheirKey(t *testing.T) {
	held := [][]byte{[]byte("old")}
	sessions := identity.NewSessions([]byte("secret")).Under(func() [][]byte { return held })
	o := options(io.Discard)
	o.Sessions = sessions
	before := issue(t, sessions, session)
	for _, test := range []struct {
		keys []string
		ok   bool
	}{{[]string{"old"}, true}, {[]string{"new", "old"}, true}, {[]string{"new"}, false}} {
		held = nil
		for _, key := range test.keys {
			held = append(held, []byte(key))
		}
		if _, err := identity.New(o).Authenticate(t.Context(), sign(t, before, "us-east-1", epoch)); (err == nil) != test.ok {
			t.Errorf("%v: %v", test.keys, err)
		}
		if _, err := identity.New(o).Authenticate(t.Context(), sign(t, issue(t, sessions, session), "us-east-1", epoch)); err != nil {
			t.Errorf("%v, a new session: %v", test.keys, err)
		}
	}
	// The secret of the store alone makes no session.
	forged := issue(t, identity.NewSessions([]byte("secret")), session)
	if _, err := identity.New(o).Authenticate(t.Context(), sign(t, forged, "us-east-1", epoch)); err == nil {
		t.Error("a session of the secret of the store is accepted")
	}
}

// BenchmarkAuthenticate is what the caller of the open sandbox costs.
func BenchmarkAuthenticate(b *testing.B) {
	c := identity.New(options(io.Discard))
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=111122223333%s%s", scope, rest))
	signature, err := identity.ReadSignature(r)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Authenticate(b.Context(), identity.Request{Request: r, Signature: signature}); err != nil {
			b.Fatal(err)
		}
	}
}
