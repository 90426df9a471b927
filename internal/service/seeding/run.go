package seeding

import (
	"context"
	"strconv"
	"time"

	"accord/internal/api"
	"accord/internal/behavior"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/quota"
	"accord/internal/seed"
	"accord/internal/service/iam"
	"accord/internal/service/operation"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// Options say how a document is applied.
type Options struct {
	// DryRun changes nothing, and reports what would be changed.
	DryRun bool
	// Prune takes away what the organizations of the document have and the document has
	// not.
	Prune bool
	// Replace deletes the organizations of the document that there are, with their accounts,
	// before it is applied.
	Replace bool
	// At is when the document is applied, if that is later than now: a virtual clock is moved
	// there.
	At time.Time
	// Once is the digest of a document that is applied once: where the store has it noted,
	// nothing is done, whatever has changed since.
	Once string
}

// run is the application of one document in one transaction.
type run struct {
	Options
	ctx    context.Context
	tx     *store.Tx
	file   *seed.File
	index  *seed.Index
	runner *operation.Runner
	// now is the instant of the transaction, and clock that from which ages count back.
	now, clock time.Time

	behavior      behavior.Set
	quotas        *quota.Set
	organizations *organizations.Service
	iam           *iam.Service
	provider      *provider.Provider
	// failure is why the next creation of an account fails; empty if it does not.
	failure string
	// source is that of this application alone.
	source *ident.Source
	// steps counts the calls, which have IDs of their own.
	steps int

	// accounts, units and policies are what members, branches and policies of the document
	// are in the store.
	accounts map[*seed.Member]ident.AccountID
	units    map[*seed.Branch]ident.ParentID
	policies map[*seed.Policy]ident.PolicyID
	report   Report
}

// withoutWaits is what the behaviors of a server are for states that are made: nothing waits,
// and what would end later ends at once. What they allow stays as it is.
func withoutWaits(b behavior.Set) behavior.Set {
	b.CreateAccountSynchronous, b.CreatedAccountPendingActivation = true, false
	b.AccountClosureDelay, b.FinalizingTime = 0, 0
	b.CreatedAccountWait, b.DestinationOrganizationWait, b.MembershipChangeWait = 0, 0, 0
	b.StandaloneReadinessStrict, b.EmailVerification, b.EnforcePolicies = false, false, false
	b.InviteDuringEnableAllFeatures = true
	return b
}

// service is the operations with behaviors that one call needs.
func (r *run) service(change func(*behavior.Set)) *organizations.Service {
	b := r.behavior
	if change != nil {
		change(&b)
	}
	return organizations.New(r.runner.Adapted(b, r.quotas), func(string, string) (string, bool) { return r.failure, r.failure != "" })
}

// view reads the state of now.
func (r *run) view() *store.View {
	r.tx.SetNow(r.now)
	return &r.tx.View
}

// context is that of a call at an instant, which is given IDs.
func (r *run) context(at time.Time, ids ...string) context.Context {
	r.tx.SetNow(at)
	r.steps++
	source := r.source.For(strconv.Itoa(r.steps))
	if ids = given(ids); len(ids) > 0 {
		source = source.HandingOut(ids...)
	}
	return operation.Within(r.ctx, operation.Work{Tx: r.tx, Source: source})
}

// given leaves out IDs that are empty.
func given(ids []string) (all []string) {
	for _, id := range ids {
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}

// caller is who calls, and when.
type caller struct {
	account   ident.AccountID
	partition ident.Partition
	at        time.Time
}

// call validates a request and carries it out as the root user of an account.
func call[I api.Request, O any](r *run, by caller, do func(context.Context, I) (O, error), in I, ids ...string) (O, error) {
	if err := in.Validate(); err != nil {
		var none O
		return none, err
	}
	partition := by.partition
	if partition == "" {
		partition = ident.AWS
	}
	return do(api.WithCaller(r.context(by.at, ids...), api.Caller{
		Account: string(by.account), Kind: api.RootUser, Principal: partition.RootUserARN(by.account), UserID: string(by.account),
		Partition: string(partition), UserAgent: "accord seed", SourceIP: "accord.internal",
	}), in)
}

// at is the instant of something that happened. One that lies ahead is a failure.
func (r *run) at(when *seed.When, otherwise time.Time, path string) (time.Time, error) {
	if when == nil {
		return otherwise, nil
	}
	at := when.Instant(r.clock)
	if at.After(r.now) {
		return at, failed(path, "%s lies ahead of the clock, which shows %s; a virtual clock gets there by accord clock set %s, or by clock: in the document",
			at.Format(time.RFC3339), r.now.Format(time.RFC3339), at.Format(time.RFC3339))
	}
	return at, nil
}

// lifetime is how long invitations wait for an answer.
func (r *run) lifetime(kind handshake.Kind) time.Duration {
	return map[handshake.Lifetime]time.Duration{
		handshake.InvitationLifetime:  r.behavior.InvitationLifetime,
		handshake.AllFeaturesLifetime: r.behavior.AllFeaturesLifetime,
	}[handshake.Rules[kind].Lifetime]
}

// rates are the quotas of how much may happen in a time, which is not what a state can
// violate.
var rates = []quota.Name{
	quota.InvitationsPerDay, quota.AccountCreationsPerDay, quota.AccountCreationsInProgress,
	quota.AccountClosuresPer30Days, quota.AccountClosuresInProgress,
}

func (r *run) changed(action Action, kind, name, id, path, detail string) {
	r.report.Changes = append(r.report.Changes, Change{Action: action, Kind: kind, Name: name, ID: id, Path: path, Detail: detail})
}

func (r *run) skip(path, reason string) {
	r.report.Skipped = append(r.report.Skipped, Skipped{path, reason})
}
