package apptest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
	"accord/internal/service/seeding"
	"accord/internal/store"
)

// Service is the operations of Organizations on a store of their own, without
// listeners and without a loop of jobs: a test runs jobs when it moves the clock.
type Service struct {
	*organizations.Service
	*provider.Provider
	*seeding.Seeder
	Store *store.Store
	Clock *clock.Virtual
	Jobs  *jobs.Loop
}

// ServiceOptions say how a Service is opened.
type ServiceOptions struct {
	// Store is its URL, Start where its clock begins, Seed what its ids come from.
	Store string
	Start time.Time
	Seed  uint64
	// Behavior and Quotas are values by name; others have their defaults.
	Behavior, Quotas map[string]string
	// BeforeCommit is that of store.Options.
	BeforeCommit func() error
	// Committed is that of operation.Options.
	Committed func()
}

// OpenService opens the operations; the store is closed at the end of the test.
func OpenService(t testing.TB, o ServiceOptions) *Service {
	t.Helper()
	ctx, log, source := context.Background(), slog.New(slog.DiscardHandler), ident.NewSeededSource(o.Seed)
	s := &Service{Clock: clock.NewVirtual(o.Start)}
	behaviors, err := behavior.Parse(o.Behavior)
	if err != nil {
		t.Fatal(err)
	}
	quotas, err := quota.New(behaviors.QuotaProfile, o.Quotas)
	if err != nil {
		t.Fatal(err)
	}
	s.Store, err = store.Open(ctx, o.Store, store.Options{Clock: s.Clock, Source: source, Log: log, BeforeCommit: o.BeforeCommit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Jobs = jobs.New(s.Store, s.Clock, log)
	runner, err := operation.New(ctx, operation.Options{
		Store: s.Store, Jobs: s.Jobs, IDs: s.Store.Source(), Behavior: behaviors, Quotas: quotas, Log: log,
		Committed: o.Committed,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Service, s.Provider, s.Seeder = organizations.New(runner, nil), provider.New(runner), seeding.New(runner)
	return s
}

// As is the context of a call by an account, as the pipeline makes it.
func As(ctx context.Context, account string) context.Context {
	return api.WithCaller(ctx, api.Caller{
		Account: account, Principal: ident.AWS.RootUserARN(ident.AccountID(account)), Partition: string(ident.AWS), AccessKeyID: account,
	})
}

// Ensure makes accounts exist, as their first calls do.
func (s *Service) Ensure(t testing.TB, accounts ...string) {
	t.Helper()
	for _, id := range accounts {
		if err := s.RequireAccount(As(context.Background(), id)); err != nil {
			t.Fatal(err)
		}
	}
}
