package operation

import (
	"context"

	"accord/internal/event"
	"accord/internal/store"
)

// changeKey is the key of a change in a context.
type changeKey struct{}

// WithChange returns a context in which Runner.Change records a change of the admin API,
// in the transaction that makes it.
func WithChange(ctx context.Context, c event.Change) context.Context {
	return context.WithValue(ctx, changeKey{}, c)
}

// recordChange writes the record of the change that a context carries, if it does.
func recordChange(ctx context.Context, tx *store.Tx) error {
	c, is := ctx.Value(changeKey{}).(event.Change)
	if !is {
		return nil
	}
	c.At = tx.Now()
	return tx.InsertMessage(store.Message{Kind: event.MessageKind, Account: c.Account, Body: c.JSON()})
}
