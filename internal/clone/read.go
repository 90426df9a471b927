package clone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"accord/internal/quota"
	"accord/internal/seed"
)

// Options say how an organization is read.
type Options struct {
	// Parallel is how many calls are made at a time; 0 is DefaultParallel.
	Parallel int
	// Progress is told how many calls have been answered, and of how many that are known by
	// then; nil if nobody watches. It is called by one goroutine at a time.
	Progress func(done, of int)
	// Now is the instant of the reading, for the clock of the document.
	Now time.Time
}

// DefaultParallel is how many calls are made at a time. AWS answers so many calls of one
// account without throttling most of them.
const DefaultParallel = 8

// usualAccounts is how many accounts an organization may have that has asked for no more.
// [AWS: quotas]
const usualAccounts = 10

// reader is one reading.
type reader struct {
	*caller
	organization organization
	root         root
	tree         tree
	policies     policies
	tags         tags
	agreements   agreements
	access       access
}

// Read reads the organization of the caller of a source. What the caller may not read is in
// Unread of the document; without the organization itself there is no document.
func Read(ctx context.Context, source Source, options Options) (*seed.Document, error) {
	parallel := options.Parallel
	if parallel <= 0 {
		parallel = DefaultParallel
	}
	r := &reader{caller: newCaller(source, parallel, options.Progress)}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	err := together(ctx,
		func(ctx context.Context) error { return r.tree.read(ctx, r.caller, r.root.Id) },
		func(ctx context.Context) error { return r.policies.list(ctx, r.caller, r.enabledTypes()) },
		func(ctx context.Context) error { return r.access.read(ctx, r.caller) },
		func(ctx context.Context) error { return r.agreements.read(ctx, r.caller, r.organization.Id) })
	if err != nil {
		return nil, err
	}
	err = together(ctx,
		func(ctx context.Context) error { return r.tags.read(ctx, r.caller, r.taggable()) },
		func(ctx context.Context) error { return r.policies.describe(ctx, r.caller) },
		func(ctx context.Context) error { return r.policies.attachments(ctx, r.caller, r.tree.targets()) })
	if err != nil {
		return nil, err
	}
	return r.document(options.Now), nil
}

// begin reads what everything else hangs on.
func (r *reader) begin(ctx context.Context) error {
	var caller string
	if _, err := describe(ctx, r.caller, "GetCallerIdentity", Input{}, &caller); err != nil {
		return err
	}
	// Who calls is good to know, and nothing hangs on it.
	r.unread = nil
	there, err := describe(ctx, r.caller, "DescribeOrganization", Input{}, &r.organization)
	if err != nil {
		return err
	}
	if len(r.unread) > 0 {
		return errors.New("the organization cannot be described: " + r.unread[0].Error)
	}
	if !there || r.organization.Id == "" || r.organization.MasterAccountId == "" {
		return errors.New("DescribeOrganization: the output has no organization")
	}
	roots, read, err := listOf[root](ctx, r.caller, "ListRoots", Input{})
	if err != nil || !read {
		return err
	}
	if len(roots) != 1 {
		return fmt.Errorf("ListRoots: the organization has %d roots, one is expected", len(roots))
	}
	r.root = roots[0]
	return nil
}

// enabledTypes are the policy types that the root has.
func (r *reader) enabledTypes() []string {
	var types []string
	for _, t := range r.root.PolicyTypes {
		if (t.Status == "ENABLED" || t.Status == "PENDING_ENABLE") && !slices.Contains(types, t.Type) {
			types = append(types, t.Type)
		}
	}
	return types
}

// taggable are the IDs of everything that can have tags.
func (r *reader) taggable() []string {
	ids := r.tree.targets()
	for _, p := range r.policies.own {
		ids = append(ids, p.Id)
	}
	if id := r.access.policy.ResourcePolicySummary.Id; id != "" {
		ids = append(ids, id)
	}
	return ids
}

// document is what was read.
func (r *reader) document(now time.Time) *seed.Document {
	d := &seed.Document{Version: seed.Version, Unread: append(r.notRead(), seed.Unread{Operation: seed.Unseen, Error: "users, groups, roles and their policies, quotas, and whether addresses were verified: no operation of Organizations shows them"})}
	if !now.IsZero() {
		d.Clock = &now
	}
	o := seed.Organization{ID: r.organization.Id, FeatureSet: unless(r.organization.FeatureSet, "ALL"), PolicyTypes: r.policies.enabled}
	if parts := strings.SplitN(r.organization.Arn, ":", 3); len(parts) == 3 {
		o.Partition = unless(parts[1], "aws")
	}
	o.Root = r.unit(r.tree.root)
	o.Root.Name = ""
	o.Management = r.management()
	if r.tree.size() > usualAccounts {
		// Its quota is unknown, and more than the usual one.
		o.Quotas = map[string]int64{string(quota.AccountsPerOrganization): quota.Unlimited}
	}
	o.Policies = r.policies.documents(r.tags)
	r.access.into(&o, r.tags)
	r.agreements.into(d, &o)
	d.Organizations = []seed.Organization{o}
	return d
}

// unit is a unit with everything below it, without the management account.
func (r *reader) unit(n *node) seed.Unit {
	u := seed.Unit{ID: n.Id, Name: n.Name, Target: r.target(n.Id)}
	for _, below := range n.units {
		u.Units = append(u.Units, r.unit(below))
	}
	for _, a := range n.accounts {
		if a.Id != r.organization.MasterAccountId {
			u.Accounts = append(u.Accounts, r.account(a))
		}
	}
	return u
}

func (r *reader) account(a account) seed.Account {
	d := seed.Account{ID: a.Id, Name: a.Name, Email: a.Email, JoinedMethod: unless(a.JoinedMethod, "CREATED"), Joined: a.JoinedTimestamp.when(), Target: r.target(a.Id)}
	d.State = unless(a.state(), "ACTIVE")
	return d
}

// management is the management account, of which the organization says the least.
func (r *reader) management() seed.Account {
	at, read := r.tree.find(r.organization.MasterAccountId)
	if at == nil {
		return seed.Account{ID: r.organization.MasterAccountId, Email: r.organization.MasterAccountEmail, Target: r.target(r.organization.MasterAccountId)}
	}
	a := r.account(read)
	// It counts as invited; some servers say otherwise.
	a.JoinedMethod = ""
	if at != r.tree.root {
		a.Unit = seed.Ref(at.Id)
	}
	return a
}

func (r *reader) target(id string) seed.Target {
	attached, without := r.policies.of(id)
	return seed.Target{Tags: r.tags[id], Policies: attached, WithoutDefault: without}
}

// notRead is what could not be read, in the order of the operations. An operation that never
// succeeded is one entry.
func (r *reader) notRead() []seed.Unread {
	count := map[string]int{}
	for _, u := range r.unread {
		count[u.Operation]++
	}
	order := map[string]int{}
	for i, o := range Operations {
		order[o.Name] = i
	}
	slices.SortStableFunc(r.unread, func(a, b seed.Unread) int {
		return cmp.Or(order[a.Operation]-order[b.Operation], strings.Compare(a.Subject, b.Subject))
	})
	var all []seed.Unread
	for _, u := range r.unread {
		if count[u.Operation] > 1 && !r.succeeded[u.Operation] {
			if len(all) > 0 && all[len(all)-1].Operation == u.Operation {
				continue
			}
			u.Subject = ""
		}
		all = append(all, u)
	}
	return all
}
