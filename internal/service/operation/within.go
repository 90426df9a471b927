package operation

import (
	"context"
	"time"

	"accord/internal/authz"
	"accord/internal/behavior"
	"accord/internal/ident"
	"accord/internal/quota"
	"accord/internal/store"
)

// Work is a transaction that several units of work share.
type Work struct {
	Tx *store.Tx
	// Source makes the IDs of the next unit.
	Source *ident.Source
}

// workKey is the key of a Work in a context.
type workKey struct{}

// Within returns a context in which units of work that change something are parts of a
// transaction. An error of one leaves what it has written: the transaction has to be rolled
// back.
func Within(ctx context.Context, w Work) context.Context {
	return context.WithValue(ctx, workKey{}, w)
}

// within returns the transaction of a context, if it has one.
func within(ctx context.Context) (Work, bool) {
	w, is := ctx.Value(workKey{}).(Work)
	return w, is
}

// source is where a unit of work has its IDs from, unless its context says it.
func source(ctx context.Context, otherwise *ident.Source) *ident.Source {
	if w, is := within(ctx); is {
		return w.Source
	}
	return otherwise
}

// Adapted returns a runner for changes that clients cannot make, with behaviors and quotas
// of its own. Strict mode does not bind it. It handles no jobs: they are those of the runner
// that it was made of.
func (r *Runner) Adapted(b behavior.Set, q *quota.Set) *Runner {
	own := *r
	own.Behavior, own.Quotas, own.Strict, own.adapted = b, q, false, true
	own.authz = authz.New(b, false)
	return &own
}

// Together runs units of work in one transaction, which fn may give up by an error. It may
// run more than once. A change that the context carries is recorded once.
func (r *Runner) Together(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
	inside := context.WithValue(ctx, changeKey{}, nil)
	return r.update(ctx, func(tx *store.Tx) error {
		if err := fn(inside, tx); err != nil {
			return err
		}
		return recordChange(ctx, tx)
	})
}

// update runs a transaction and tells of its commit.
func (r *Runner) update(ctx context.Context, fn func(*store.Tx) error) error {
	if w, is := within(ctx); is {
		return fn(w.Tx)
	}
	var planned time.Time
	err := r.Store.Update(ctx, func(tx *store.Tx) error {
		err := fn(tx)
		planned = tx.NextPlannedJob()
		return err
	})
	if err == nil {
		r.committed(planned)
	}
	return err
}

// view runs what reads: in the transaction of the context, if it has one, which sees what the
// units of work before have made.
func (r *Runner) view(ctx context.Context, fn func(*store.View) error) error {
	if w, is := within(ctx); is {
		return fn(&w.Tx.View)
	}
	return r.Store.View(ctx, fn)
}
