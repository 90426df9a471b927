package accesskey_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"accord/internal/accesskey"
	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/secret"
	"accord/internal/store"
	"accord/internal/store/identities"
)

const account ident.AccountID = "111122223333"

var issuer = identity.NewIssuer([]byte("secret"))

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "memory", store.Options{
		Clock: clock.NewVirtual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)), Source: ident.NewSeededSource(1), Log: slog.New(slog.DiscardHandler), Rehearse: !testing.Short(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ring is a ring of keys of one digit each, repeated.
func ring(t *testing.T, digits string) *secret.Ring {
	t.Helper()
	lines := make([]string, len(digits))
	for i := range digits {
		lines[i] = strings.Repeat(digits[i:i+1], 2*secret.Size)
	}
	keys, err := secret.ParseKeys(strings.Join(lines, " "))
	if err != nil {
		t.Fatal(err)
	}
	return secret.NewRing(keys)
}

// insert adds a key of a user, or of the root user, and returns its ID and its secret.
func insert(t *testing.T, s *store.Store, k *accesskey.Keys, user string, status iam.KeyStatus) (id, text string) {
	t.Helper()
	id, text, sealed, err := k.New(s.Source(), account)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return identities.InsertAccessKey(tx, iam.AccessKey{ID: id, Account: account, User: user, Sealed: sealed, Status: status, Created: tx.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	return id, text
}

func TestAKeyIsItsUser(t *testing.T) {
	s := open(t)
	k := accesskey.New(s, ring(t, "1"), issuer)
	jane := iam.Identity{Account: account, Kind: iam.User, ID: "AIDAEXAMPLE", Name: "jane", Path: "/ops/"}
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		jane.Created = tx.Now()
		return identities.Insert(tx, jane)
	}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		user, principal, userID string
		kind                    api.PrincipalKind
		status                  iam.KeyStatus
	}{
		{"AIDAEXAMPLE", "arn:aws:iam::111122223333:user/ops/jane", "AIDAEXAMPLE", api.IAMUser, iam.Active},
		{"AIDAEXAMPLE", "arn:aws:iam::111122223333:user/ops/jane", "AIDAEXAMPLE", api.IAMUser, iam.Inactive},
		{"", "arn:aws:iam::111122223333:root", string(account), api.RootUser, iam.Active},
	} {
		id, text := insert(t, s, k, test.user, test.status)
		got, err := k.Key(t.Context(), id)
		want := identity.Key{
			Secret: text, Account: account, Kind: test.kind, Principal: test.principal, UserID: test.userID, Active: test.status == iam.Active,
		}
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", test.user, got.Principal, err)
		}
	}
	if _, err := k.Key(t.Context(), "AKIAIOSFODNN7EXAMPLE"); !errors.Is(err, identity.ErrUnknownKey) {
		t.Errorf("a key that there is not: %v", err)
	}
}

// TestRotationReachesEveryKey: also of a store with more of them than one transaction has.
func TestRotationReachesEveryKey(t *testing.T) {
	s := open(t)
	secrets := map[string]string{}
	old := accesskey.New(s, ring(t, "1"), issuer)
	for range 250 {
		id, text := insert(t, s, old, "AIDAEXAMPLE", iam.Active)
		secrets[id] = text
	}
	both := ring(t, "21")
	k := accesskey.New(s, both, issuer)
	for _, want := range []int{len(secrets), 0} {
		if n, err := k.Reseal(t.Context()); err != nil || n != want {
			t.Errorf("%d of %d keys, %v", n, want, err)
		}
	}
	both.Replace(ring(t, "2").Keys())
	for id, text := range secrets {
		if got, err := k.Key(t.Context(), id); err != nil || got.Secret != text {
			t.Fatalf("%s: %v", id, err)
		}
	}
	if n, err := accesskey.New(s, ring(t, "3"), issuer).Reseal(t.Context()); !errors.Is(err, secret.ErrUnknownKey) || n != 0 || strings.Contains(err.Error(), "v1.") {
		t.Errorf("with another key: %d, %v", n, err)
	}
}

// TestTheKeyInsideGoesOutsideOnce, and never back.
func TestTheKeyInsideGoesOutsideOnce(t *testing.T) {
	s := open(t)
	inside, err := accesskey.RingInside(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := accesskey.RingInside(t.Context(), s); err != nil || again.Keys()[0] != inside.Keys()[0] {
		t.Errorf("the store has another key at the next start: %v", err)
	}
	id, text := insert(t, s, accesskey.New(s, inside, issuer), "", iam.Active)
	k := accesskey.New(s, ring(t, "1"), issuer)
	for _, want := range []int{1, 0} {
		if n, err := k.MoveOutside(t.Context()); err != nil || n != want {
			t.Errorf("%d keys were moved, want %d; %v", n, want, err)
		}
	}
	if got, err := k.Key(t.Context(), id); err != nil || got.Secret != text {
		t.Errorf("after the move: %v", err)
	}
	if _, err := accesskey.RingInside(t.Context(), s); err == nil || !strings.Contains(err.Error(), "--secret-key-file") {
		t.Errorf("the store is opened without the key: %v", err)
	}
}

// TestTheLastUseOfAKeyIsWrittenLater: in the background, and not that of a key that was
// deleted. [AWS: GetAccessKeyLastUsed]
func TestTheLastUseOfAKeyIsWrittenLater(t *testing.T) {
	s := open(t)
	k := accesskey.New(s, ring(t, "1"), issuer)
	id, _ := insert(t, s, k, "AIDAEXAMPLE", iam.Active)
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	k.Used(id, at.Add(-time.Hour), "iam", "us-east-1")
	k.Used(id, at, "sts", "eu-west-1")
	k.Used("AKIAIOSFODNN7EXAMPLE", at, "sts", "eu-west-1")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	k.Run(ctx, slog.New(slog.DiscardHandler))
	if err := s.View(t.Context(), func(v *store.View) error {
		got, err := identities.AccessKey(v, id)
		if want := (iam.LastUse{At: at, Service: "sts", Region: "eu-west-1"}); got.LastUse != want {
			t.Errorf("%+v", got.LastUse)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
