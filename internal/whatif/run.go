// Package whatif says what changes to an organization would do before they are made:
// who loses what, by which statement. It judges an organization, and a copy with the
// changes, and compares.
//
// It is pure: the organization comes in as a model, and the answer is a report.
package whatif

import (
	"context"
	"fmt"

	"accord/internal/ident"
	"accord/internal/whatif/change"
	"accord/internal/whatif/model"
)

// Run answers a request about an organization. An error that is a *BadRequest or a
// *change.Error is one of the request. It ends with the error of the context.
func Run(ctx context.Context, o *model.Organization, request Request) (*Report, error) {
	changed, err := change.Apply(o, request.Changes)
	if err != nil {
		return nil, err
	}
	r := &run{Request: &request, pairs: map[pair]*different{}, report: &Report{Organization: o.ID, At: o.At, Rows: []Row{}, Changes: []string{}}}
	if r.accounts, err = selected(o, request.Accounts); err != nil {
		return nil, err
	}
	base := model.NewBase(o)
	if r.before, err = base.State(o); err != nil {
		return nil, err
	}
	if r.after, err = base.State(changed); err != nil {
		return nil, err
	}
	r.rows = rows{report: r.report, accounts: r.accounts, before: r.before, after: r.after, groups: map[groupKey]*group{}, numbers: map[ActionMark]int32{}}
	for i := range request.Changes {
		r.report.Changes = append(r.report.Changes, request.Changes[i].Words(changed))
	}
	if err := r.askActions(ctx); err != nil {
		return nil, err
	}
	if request.Records != nil {
		if err := r.askRecords(ctx); err != nil {
			return nil, err
		}
	}
	r.rows.finish()
	if rows := &r.report.Rows; r.MostRows > 0 && len(*rows) > r.MostRows {
		r.left().Rows = len(*rows) - r.MostRows
		*rows = (*rows)[:r.MostRows]
	}
	r.report.Effective = effectivePolicies(r.before, r.after, r.accounts)
	for i := range r.report.Effective {
		if r.report.Effective[i].NewlyInvalid {
			r.report.Summary.Invalid += len(r.report.Effective[i].Accounts)
		}
	}
	r.report.Summary.Accounts = len(r.accounts) - len(r.unasked)
	return r.report, ctx.Err()
}

// selected are the accounts of an organization that are asked about.
func selected(o *model.Organization, ids []ident.AccountID) ([]model.Account, error) {
	if ids == nil {
		return o.Accounts, nil
	}
	var found []model.Account
	for _, id := range ids {
		a := o.Account(id)
		if a == nil {
			return nil, &BadRequest{fmt.Sprintf("the account %.80q is not in the organization %s", id, o.ID)}
		}
		found = append(found, *a)
	}
	return found, nil
}
