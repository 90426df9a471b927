package sts_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/jobs"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/service/sts"
	"accord/internal/store"
)

type keys map[string]ident.AccountID

func (k keys) AccountOf(id string) ident.AccountID { return k[id] }

// fixture is the service on a store of its own.
type fixture struct {
	*sts.Service
	*provider.Provider
	sessions *identity.Sessions
	clock    *clock.Virtual
}

// open makes a fixture that calls the functions after each change.
func open(t *testing.T, committed ...func(*provider.Provider)) fixture {
	t.Helper()
	c, source, log := clock.NewVirtual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)), ident.NewSeededSource(1), slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), "memory", store.Options{Clock: c, Source: source, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	limits, err := quota.New(quota.Profile2026, nil)
	if err != nil {
		t.Fatal(err)
	}
	behaviors, err := behavior.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	var accounts *provider.Provider
	r, err := operation.New(t.Context(), operation.Options{
		Store: s, Jobs: jobs.New(s, c, log), IDs: s.Source(), Behavior: behaviors, Quotas: limits, Log: log,
		Committed: func() {
			for _, fn := range committed {
				fn(accounts)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	accounts = provider.New(r)
	sessions := identity.NewSessions([]byte("secret"))
	return fixture{sts.New(keys{"AKIAIOSFODNN7EXAMPLE": "111122223333"}, sessions, r), accounts, sessions, c}
}

func (f fixture) call(ctx context.Context, in api.Request) (any, error) {
	if violation := in.Validate(); violation != nil {
		return nil, violation
	}
	return in.Operation().Invoke(ctx, f.Service, in)
}

var requests = []api.Request{
	&stsapi.GetCallerIdentityRequest{},
	&stsapi.GetAccessKeyInfoRequest{AccessKeyId: new("AKIAIOSFODNN7EXAMPLE")},
}

func TestGetCallerIdentityNamesTheCaller(t *testing.T) {
	f := open(t)
	for name, caller := range map[string]api.Caller{
		"root user":    {Account: "111122223333", Principal: "arn:aws:iam::111122223333:root", UserID: "111122223333"},
		"role session": {Account: "444455556666", Principal: "arn:aws:sts::444455556666:assumed-role/R/S", UserID: "AROAEXAMPLE:S"},
	} {
		got, err := f.call(api.WithCaller(t.Context(), caller), requests[0])
		want := &stsapi.GetCallerIdentityResponse{UserId: &caller.UserID, Account: &caller.Account, Arn: &caller.Principal}
		if diff := cmp.Diff(any(want), got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func TestGetAccessKeyInfoNamesTheAccountOfTheKey(t *testing.T) {
	f := open(t)
	got, err := f.call(api.WithCaller(t.Context(), api.Caller{Account: "444455556666"}), requests[1])
	if diff := cmp.Diff(any(&stsapi.GetAccessKeyInfoResponse{Account: new("111122223333")}), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for _, in := range []*stsapi.GetAccessKeyInfoRequest{{}, {AccessKeyId: new("short")}} {
		_, err := f.call(t.Context(), in)
		var answer *api.Error
		if !errors.As(err, &answer) || answer.Type != "ValidationError" {
			t.Errorf("got %v, want ValidationError", err)
		}
	}
}

// No denial here has an encoded message. [AWS: DecodeAuthorizationMessage]
func TestNoMessageOfADenialIsEncoded(t *testing.T) {
	f := open(t)
	in := &stsapi.DecodeAuthorizationMessageRequest{EncodedMessage: new("x")}
	_, err := f.call(t.Context(), in)
	var answer *api.Error
	if !errors.As(err, &answer) || answer.Type != "InvalidAuthorizationMessageException" {
		t.Error(err)
	}
}

func TestACallRegistersTheAccountOfTheCaller(t *testing.T) {
	for _, in := range requests {
		f := open(t)
		if _, err := f.call(api.WithCaller(t.Context(), api.Caller{Account: "444455556666"}), in); err != nil {
			t.Fatal(err)
		}
		if a, err := f.Account(t.Context(), "444455556666"); err != nil || a.State != org.Active {
			t.Errorf("%s: %v, %v", in.Operation().Name, a, err)
		}
	}
}

// A reset can come between the registration of an account and the call that asked for it.
func TestACallRegistersItsAccountAgainAfterAReset(t *testing.T) {
	resets, resetting := 0, false
	f := open(t, func(accounts *provider.Provider) {
		if resetting || resets == 3 {
			return
		}
		resetting = true
		if err := accounts.Reset(t.Context()); err != nil {
			t.Error(err)
		}
		resets, resetting = resets+1, false
	})
	if _, err := f.call(api.WithCaller(t.Context(), api.Caller{Account: "444455556666"}), &stsapi.GetCallerIdentityRequest{}); err != nil || resets != 3 {
		t.Errorf("after %d resets: %v", resets, err)
	}
}

func TestAnAccountThatMayNotSignIsRejected(t *testing.T) {
	f := open(t)
	if _, err := f.Register(t.Context(), "444455556666", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := f.UpdateAccount(t.Context(), "444455556666", provider.AccountUpdate{State: new(org.Suspended)}); err != nil {
		t.Fatal(err)
	}
	for _, in := range requests {
		_, err := f.call(api.WithCaller(t.Context(), api.Caller{Account: "444455556666"}), in)
		var answer *api.Error
		if !errors.As(err, &answer) || answer.Type != api.UnrecognizedClient().Type {
			t.Errorf("%s: %v", in.Operation().Name, err)
		}
	}
}
