package effective

import (
	"context"
	"errors"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy/inherit"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// DescribeEffectivePolicy shows what remains of the management policies of a type
// for an account: for any account to those who run the organization, and to every
// member for itself. [AWS: DescribeEffectivePolicy; recorded: the order of the
// checks]
func (s *Service) DescribeEffectivePolicy(ctx context.Context, in *orgapi.DescribeEffectivePolicyRequest) (*orgapi.DescribeEffectivePolicyResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeEffectivePolicyResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		account := r.Caller.Account
		if id := operation.Deref(in.TargetId); id != "" && id != string(account.ID) {
			var err error
			if account, err = r.Account(ident.AccountID(id)); errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.Caller.Organization.ID) {
				return nil, orgapi.ErrTargetNotFound()
			} else if err != nil {
				return nil, err
			}
			is, err := r.Standing()
			if err != nil {
				return nil, err
			}
			if is == org.PlainMember && !r.Delegated() {
				return nil, orgapi.ErrAccessDenied()
			}
		}
		e, err := findEffectivePolicy(r, &account, org.PolicyType(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		shape, err := render.EffectivePolicy(r, &e, account.ID, *in.PolicyType)
		return &orgapi.DescribeEffectivePolicyResponse{EffectivePolicy: shape}, err
	})
}

// findEffectivePolicy reads the effective policy of an account of the caller's
// organization, computed not before the account came to its parent.
func findEffectivePolicy(r *operation.Reader, a *org.Account, kind org.PolicyType) (org.EffectivePolicy, error) {
	enabled, err := requireEnabledType(r, kind)
	if err != nil {
		return org.EffectivePolicy{}, err
	}
	e, err := On(r, r.Caller.Organization.ID, enabled, ident.AccountPath(a.Membership.ParentPath, a.ID))
	for _, since := range []time.Time{enabled.Since, a.Membership.Joined, a.Membership.Moved} {
		if since.After(e.Computed) {
			e.Computed = since
		}
	}
	return e, err
}

// requireEnabledType reads a policy type that is enabled.
func requireEnabledType(r *operation.Reader, kind org.PolicyType) (org.EnabledPolicyType, error) {
	e, enabled, err := FindEnabledType(r, kind)
	if err == nil && !enabled {
		err = orgapi.ErrEffectivePolicyNotFound().Saying(orgapi.TextEffectivePolicyNotFoundTypeDisabled)
	}
	return e, err
}

// reported is an error with its position in the report.
type reported struct {
	inherit.Error
	position int
}

// ListEffectivePolicyValidationErrors lists why the effective policy of an account
// is invalid. [AWS: ListEffectivePolicyValidationErrors; recorded: the cases]
func (s *Service) ListEffectivePolicyValidationErrors(ctx context.Context, in *orgapi.ListEffectivePolicyValidationErrorsRequest) (*orgapi.ListEffectivePolicyValidationErrorsResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListEffectivePolicyValidationErrorsResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		out := &orgapi.ListEffectivePolicyValidationErrorsResponse{AccountId: in.AccountId, PolicyType: in.PolicyType}
		errors, next, err := operation.Paginate(r, operation.List[reported]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]reported, error) {
				account, err := r.Member(*in.AccountId)
				if err != nil {
					return nil, err
				}
				e, err := findEffectivePolicy(r, &account, org.PolicyType(*in.PolicyType))
				if err != nil || e.Valid {
					return nil, err
				}
				render.Evaluation(out, &e, &account)
				report, err := reportOf(&e)
				return entriesAfter(report, after, limit), err
			},
			Key: func(e reported) page.Cursor { return page.Cursor{At: int64(e.position)} },
		})
		if err != nil {
			return nil, err
		}
		out.EffectivePolicyValidationErrors, out.NextToken = render.All(errors, func(e *reported) orgapi.EffectivePolicyValidationError { return render.ValidationError(&e.Error) }), next
		return out, nil
	})
}

// entriesAfter is the part of a report after a cursor.
func entriesAfter(report []inherit.Error, after page.Cursor, limit int) []reported {
	var part []reported
	for i, e := range report {
		if int64(i) > after.At && len(part) < limit {
			part = append(part, reported{e, i})
		}
	}
	return part
}

// ListAccountsWithInvalidEffectivePolicy lists the accounts whose effective policy
// of a type is invalid, in the order of joining. [AWS:
// ListAccountsWithInvalidEffectivePolicy; the order is assumed]
func (s *Service) ListAccountsWithInvalidEffectivePolicy(ctx context.Context, in *orgapi.ListAccountsWithInvalidEffectivePolicyRequest) (*orgapi.ListAccountsWithInvalidEffectivePolicyResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListAccountsWithInvalidEffectivePolicyResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		accounts, next, err := operation.Paginate(r, operation.List[org.Account]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]org.Account, error) {
				enabled, err := requireEnabledType(r, org.PolicyType(*in.PolicyType))
				if err != nil {
					return nil, err
				}
				return r.InvalidAccounts(r.Caller.Organization.ID, enabled.EnablementID, after, limit)
			},
			Key: store.AfterAccount,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsWithInvalidEffectivePolicyResponse{
			Accounts:   render.All(accounts, render.With(r, render.Account)),
			PolicyType: in.PolicyType,
			NextToken:  next,
		}, nil
	})
}
