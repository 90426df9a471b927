package operation

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/store"
)

// Ask reads what a call of an account would find, without the call: no policy is asked, and
// nothing is recorded. An account that is not known is one in no organization.
func (r *Runner) Ask(ctx context.Context, account ident.AccountID, about api.Request, read func(*Reader) error) error {
	return r.Store.View(ctx, func(v *store.View) error {
		reader := r.reader(v, about.Operation(), api.Caller{Account: string(account), Partition: string(ident.AWS)})
		found, err := v.AccountWithOrganization(account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		reader.Caller.Account, reader.Caller.Organization = found.Account, found.Organization
		reader.Caller.Identity = inPartition(reader.Caller.Identity, found.Organization)
		return read(reader)
	})
}
