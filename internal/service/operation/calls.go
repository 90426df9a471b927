package operation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/authz"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// New returns a Runner, and registers its jobs with the loop.
func New(ctx context.Context, o Options) (*Runner, error) {
	key, err := o.Store.Secret(ctx, store.TokenKey)
	if err != nil {
		return nil, err
	}
	r := &Runner{
		Options:  o,
		pages:    page.NewSealer(key),
		authz:    authz.New(o.Behavior, o.Strict),
		mapError: func(_ *api.Operation, err error) error { return Refusal(err) },
	}
	r.HandleJobs(map[string]JobHandler{releaseCounter: decrementCounter})
	return r, nil
}

// View runs a call that changes nothing on a snapshot, after the policies that apply to
// its caller and the standing that its operation asks for.
func View[O any](ctx context.Context, r *Runner, in api.Request, fn func(*Reader) (*O, error)) (*O, error) {
	var out *O
	op := in.Operation()
	cursor, err := r.openToken(ctx, in)
	if err != nil {
		// Whoever may not call the operation does not learn it.
		return nil, r.errorFor(op, cmp.Or(r.Authorize(ctx, in), err))
	}
	err = r.withRegistration(ctx, func() error {
		return r.Store.View(ctx, func(v *store.View) error {
			return r.answer(ctx, v, op, func() error {
				reader, err := r.load(ctx, v, in)
				if err != nil {
					return err
				}
				if reader.once {
					// Asking for the time keeps the answer from being kept.
					_ = v.Now()
				}
				if err := reader.requireStanding(op.Access.Standing); err != nil {
					return err
				}
				reader.list, _ = in.(api.Paged)
				reader.cursor = cursor
				if err := reader.requireOwnToken(); err != nil {
					return err
				}
				out, err = fn(reader)
				return err
			}, func() any {
				if out == nil {
					out = new(O)
				}
				return out
			})
		})
	})
	if err != nil {
		return nil, r.errorFor(op, err)
	}
	return out, nil
}

// answer runs a call that reads, unless the answer to the same request of the same
// credentials is kept.
func (r *Runner) answer(ctx context.Context, v *store.View, op *api.Operation, read func() error, out func() any) error {
	x := api.ExchangeOf(ctx)
	if x == nil || x.Operation != op {
		return read()
	}
	caller := api.CallerOf(ctx)
	answer, err := v.Answer(r.appendKey(nil, op, &caller, x.Request), read, func() ([]byte, error) { return x.Encoder.Encode(out()) })
	x.Answer = answer
	return err
}

// Kept returns the kept answer to a request, if it is right now; nil if there is none.
func (r *Runner) Kept(op *api.Operation, caller *api.Caller, request []byte) []byte {
	var buffer [512]byte
	return r.Store.Kept(r.appendKey(buffer[:0], op, caller, request))
}

// appendKey appends the key of the answer to a request: all that it depends on besides the
// state and the time. Policies that allowed the call then allow it now: they are part of the
// state, and what they asked about the caller is in the key. Sessions of one principal have
// policies and tags of their own.
func (r *Runner) appendKey(key []byte, op *api.Operation, caller *api.Caller, request []byte) []byte {
	for _, part := range [...]string{r.service, op.Name, caller.Account, caller.Principal} {
		key = append(append(key, part...), 0)
	}
	key = append(strconv.AppendInt(key, caller.Registration, 10), 0)
	if caller.Session != nil || !caller.IsRootUser() {
		for _, part := range [...]string{caller.UserID, caller.AccessKeyID} {
			key = append(append(key, part...), 0)
		}
		key = append(strconv.AppendInt(key, caller.SessionCreated.UnixNano(), 10), 0)
	}
	return append(key, request...)
}

// Request is the input of an operation that changes something.
type Request interface {
	api.Request
	event.Members
}

// Update runs a call that changes something in one serializable transaction: the
// pending jobs of the caller's organization first, then the policies and the standing,
// then fn, and last the record of the call. fn may run more than once.
func Update[O event.Members](ctx context.Context, r *Runner, in Request, fn func(*Unit) (O, error)) (O, error) {
	var out, none O
	var rejection *commitError
	op := in.Operation()
	if err := r.checkText(in); err != nil {
		// Whoever may not call the operation does not learn it.
		return none, r.errorFor(op, cmp.Or(r.Authorize(ctx, in), err))
	}
	err := r.withRegistration(ctx, func() error {
		return r.update(ctx, func(tx *store.Tx) error {
			u := &Unit{Reader: r.reader(&tx.View, op, api.CallerOf(ctx)), Tx: tx, cause: api.CallerOf(ctx).RequestID}
			u.Source = source(ctx, u.Source)
			found, err := tx.AccountWithPendingJobs(u.accountID())
			if err := u.loadCaller(ctx, found, err); err != nil {
				return err
			}
			if found.PendingJobs {
				if err := u.RunPendingJobs(ctx, found.Organization.ID); err != nil {
					return err
				}
			}
			if err := u.authorize(in); err != nil {
				return err
			}
			if err := u.requireStanding(op.Access.Standing); err != nil {
				return err
			}
			if err := u.requireOperation(); err != nil {
				return err
			}
			out, err = fn(u)
			if rejection = nil; errors.As(err, &rejection) {
				return u.recordConsequences()
			}
			if err != nil {
				return err
			}
			return u.recordCall(in, out)
		})
	})
	switch {
	case err != nil:
		return none, r.errorFor(op, err)
	case rejection != nil:
		return none, rejection.answer
	}
	return out, nil
}

// checkText rejects scripts in the text of a request. It belongs to the input, like the
// constraints of the model.
func (r *Runner) checkText(in Request) error {
	text, has := in.(orgapi.FreeText)
	if !has || !r.Behavior.XSSCheck {
		return nil
	}
	if found := orgapi.CheckScripts(text); found != nil {
		return found.RaisedBy("--behavior xss-check")
	}
	return nil
}

// commitError is returned by an operation whose transaction is committed although
// the call is rejected.
type commitError struct{ answer *api.Error }

func (e *commitError) Error() string { return e.answer.Error() }

// Committing is for an operation that rejects a call and changes something all the
// same: what it did is committed, and the caller gets the error. No event record of
// the call is written.
func Committing(answer *api.Error) error { return &commitError{answer} }

// Change runs a change that is not a call, in one unit of work without a caller. It is
// recorded if WithChange says what it is.
func (r *Runner) Change(ctx context.Context, fn func(*Unit) error) error {
	return r.update(ctx, func(tx *store.Tx) error {
		if err := fn(r.unit(tx, tx.Now(), source(ctx, r.IDs))); err != nil {
			return err
		}
		return recordChange(ctx, tx)
	})
}

// Refusal is the answer to a call that lost against concurrent changes as often as it may
// be repeated, where no service has an exception for that; other errors stay as they are.
// SDKs retry it. [AWS: common errors; assumed: the text]
func Refusal(err error) error {
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	return (&api.Error{
		Type:    "ServiceUnavailableException",
		Message: "The request was not carried out: there are too many changes at once. Try again later.",
		Status:  http.StatusServiceUnavailable,
	}).Because(err)
}

// RequireAccount rejects a caller whose account may not sign, and registers the
// account like every call. It is for calls that end before their operation.
func (r *Runner) RequireAccount(ctx context.Context) error {
	return Refusal(r.withRegistration(ctx, func() error {
		return r.view(ctx, func(v *store.View) error {
			reader := r.reader(v, nil, api.CallerOf(ctx))
			found, err := v.AccountWithOrganization(reader.accountID())
			return reader.loadCaller(ctx, found, err)
		})
	}))
}

// Authorize decides a call that ends before its operation begins: like RequireAccount, and
// whether policies deny it.
func (r *Runner) Authorize(ctx context.Context, in api.Request) error {
	return Refusal(r.withRegistration(ctx, func() error {
		return r.view(ctx, func(v *store.View) error {
			_, err := r.load(ctx, v, in)
			return err
		})
	}))
}

// load reads the caller of a call that changes nothing, and asks whether it may make it.
func (r *Runner) load(ctx context.Context, v *store.View, in api.Request) (*Reader, error) {
	reader := r.reader(v, in.Operation(), api.CallerOf(ctx))
	found, err := v.AccountWithOrganization(reader.accountID())
	if err := reader.loadCaller(ctx, found, err); err != nil {
		return nil, err
	}
	return reader, reader.authorize(in)
}

// errUnknownCaller: the account of the caller is not in the store.
var errUnknownCaller = errors.New("the account of the caller is not known")

// maxRegistrations bounds how often a call registers its account: resets that go on
// and on can delete the account each time before the call runs.
const maxRegistrations = 8

// withRegistration runs a call. If the account of the caller is not known, it
// registers the account and runs the call again. The registration is a transaction of
// its own, so that a first call that fails registers the account too. A call whose account
// is deleted again and again has lost against concurrent changes.
func (r *Runner) withRegistration(ctx context.Context, call func() error) error {
	err := call()
	for range maxRegistrations {
		if !errors.Is(err, errUnknownCaller) {
			return err
		}
		if r.Strict {
			return api.UnrecognizedClient()
		}
		if err := r.register(ctx, ident.AccountID(api.CallerOf(ctx).Account)); err != nil {
			return err
		}
		err = call()
	}
	if errors.Is(err, errUnknownCaller) {
		err = fmt.Errorf("%w: %w", store.ErrConflict, err)
	}
	return err
}

// register adds an account, unless it exists.
func (r *Runner) register(ctx context.Context, id ident.AccountID) error {
	return r.Change(ctx, func(u *Unit) error {
		_, err := u.Account(id)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		limit := r.Quotas.Of(quota.AccountsRegistered, quota.Facts{})
		ok, err := u.Tx.ReserveCounter(wholeServer, Registered, limit)
		if err != nil {
			return err
		}
		if !ok {
			e := api.UnrecognizedClient()
			return e.Saying(fmt.Sprintf("%s: this server has registered %d accounts, and registers no further one.", strings.TrimSuffix(e.Message, "."), limit)).
				RaisedBy("--quota " + string(quota.AccountsRegistered))
		}
		if _, err := u.RegisterAccount(id); err != nil {
			return err
		}
		return u.Tx.InsertRegistration(id)
	})
}

// accountID is the account of the caller.
func (r *Reader) accountID() ident.AccountID { return ident.AccountID(r.Caller.Identity.Account) }

// loadCaller takes in the account of the caller with its organization, and rejects
// an account that may not sign, and a session of an account that a reset has deleted.
func (r *Reader) loadCaller(ctx context.Context, found store.AccountWithOrganization, err error) error {
	session := !r.Caller.Identity.SessionCreated.IsZero()
	switch {
	case errors.Is(err, store.ErrNotFound) && !session && r.Caller.Identity.Safe && !r.Strict:
		found.Account = org.Account{ID: r.accountID(), State: org.Active}
	case errors.Is(err, store.ErrNotFound) && !session:
		return errUnknownCaller
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("the caller's account %s: %w", r.accountID(), err)
	case session && found.Account.Sequence != r.Caller.Identity.Registration:
		return api.UnrecognizedClient()
	}
	r.Caller.Account, r.Caller.Organization = found.Account, found.Organization
	r.Caller.Identity = inPartition(r.Caller.Identity, found.Organization)
	api.NoteCaller(ctx, r.Caller.Identity)
	if !found.Account.State.CanSign() {
		return api.UnrecognizedClient()
	}
	return nil
}

// inPartition is a caller in the partition of its organization, if it has one.
func inPartition(identity api.Caller, o *org.Organization) api.Caller {
	if o != nil {
		identity.Partition = string(o.Partition)
		identity.Principal, identity.RoleARN = o.Partition.In(identity.Principal), o.Partition.In(identity.RoleARN)
	}
	return identity
}

// InOwnPartition returns a caller in the partition of its organization, for the record
// of a call that no transaction has written. The call has noted it, unless its answer was
// kept or it ended early; then it is read. A caller that cannot be read stays in the
// partition of its call.
func (r *Runner) InOwnPartition(ctx context.Context, identity api.Caller) api.Caller {
	if own, noted := api.NotedCaller(ctx); noted {
		return own
	}
	_ = r.Store.View(ctx, func(v *store.View) error {
		found, err := v.AccountWithOrganization(ident.AccountID(identity.Account))
		if err == nil {
			identity = inPartition(identity, found.Organization)
		}
		return err
	})
	return identity
}

// RunPendingJobs does the pending jobs of an organization, so that duplicates,
// quotas and parents are right before the call looks at them. What was read before
// has to be read again; the caller is.
func (u *Unit) RunPendingJobs(ctx context.Context, organization ident.OrganizationID) error {
	if err := u.Jobs.RunPending(ctx, u.Tx, organization); err != nil {
		return err
	}
	found, err := u.AccountWithOrganization(u.accountID())
	return u.loadCaller(ctx, found, err)
}

// errorFor is what the caller of an operation gets for an error.
func (r *Runner) errorFor(op *api.Operation, err error) error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return r.mapError(op, err)
	}
	return orgapi.Explained(answer)
}
