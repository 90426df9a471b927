package organizations

import (
	"context"
	"errors"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy/inherit"
	"accord/internal/store"
)

// DescribeEffectivePolicy shows what remains of the management policies of a type
// for an account: for any account to those who run the organization, and to every
// member for itself. [AWS: DescribeEffectivePolicy; recorded: the order of the
// checks]
func (s *Service) DescribeEffectivePolicy(ctx context.Context, in *orgapi.DescribeEffectivePolicyRequest) (*orgapi.DescribeEffectivePolicyResponse, error) {
	return read(ctx, s, "DescribeEffectivePolicy", func(r *reading) (*orgapi.DescribeEffectivePolicyResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		account := r.account
		if id := text(in.TargetId); id != "" && id != string(account.ID) {
			var err error
			if account, err = r.Account(ident.AccountID(id)); errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.organization.ID) {
				return nil, orgapi.ErrTargetNotFound()
			} else if err != nil {
				return nil, err
			}
			is, err := r.standing()
			if err != nil {
				return nil, err
			}
			if is == org.PlainMember {
				return nil, orgapi.ErrAccessDenied()
			}
		}
		e, err := r.effectivePolicy(&account, org.PolicyType(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		shape, err := s.renderEffectivePolicy(&e, account.ID, *in.PolicyType)
		return &orgapi.DescribeEffectivePolicyResponse{EffectivePolicy: shape}, err
	})
}

// effectivePolicy reads the effective policy of an account of the caller's
// organization, computed when the account came to its place at the earliest.
func (r *reading) effectivePolicy(a *org.Account, kind org.PolicyType) (org.EffectivePolicy, error) {
	enabled, err := r.effectivePolicyType(kind)
	if err != nil {
		return org.EffectivePolicy{}, err
	}
	e, err := effectiveOn(r.View, r.organization.ID, enabled, ident.AccountPath(a.Membership.ParentPath, a.ID))
	for _, since := range []time.Time{enabled.Since, a.Membership.Joined, a.Membership.Moved} {
		if since.After(e.Computed) {
			e.Computed = since
		}
	}
	return e, err
}

// effectivePolicyType reads a policy type that is enabled.
func (r *reading) effectivePolicyType(kind org.PolicyType) (org.EnabledPolicyType, error) {
	e, enabled, err := r.enabledPolicyType(kind)
	if err == nil && !enabled {
		err = orgapi.ErrEffectivePolicyNotFound().Saying(orgapi.TextEffectivePolicyNotFoundTypeDisabled)
	}
	return e, err
}

// reported is an error with its place in the report.
type reported struct {
	inherit.Error
	place int
}

// ListEffectivePolicyValidationErrors lists why the effective policy of an account
// is invalid. [AWS: ListEffectivePolicyValidationErrors; recorded: the cases]
func (s *Service) ListEffectivePolicyValidationErrors(ctx context.Context, in *orgapi.ListEffectivePolicyValidationErrorsRequest) (*orgapi.ListEffectivePolicyValidationErrorsResponse, error) {
	return read(ctx, s, "ListEffectivePolicyValidationErrors", func(r *reading) (*orgapi.ListEffectivePolicyValidationErrorsResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		out := &orgapi.ListEffectivePolicyValidationErrorsResponse{AccountId: in.AccountId, PolicyType: in.PolicyType}
		errors, next, err := turnTo(r, list[reported]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]reported, error) {
				account, err := r.member(*in.AccountId)
				if err != nil {
					return nil, err
				}
				e, err := r.effectivePolicy(&account, org.PolicyType(*in.PolicyType))
				if err != nil || e.Valid {
					return nil, err
				}
				renderEvaluation(out, &e, &account)
				report, err := reportOf(&e)
				return behind(report, after, limit), err
			},
			key: func(e reported) page.Cursor { return page.Cursor{At: int64(e.place)} },
		}, in.NextToken, in.MaxResults, *in.AccountId, string(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		out.EffectivePolicyValidationErrors, out.NextToken = render(errors, renderValidationError), next
		return out, nil
	})
}

// behind is the part of a report behind a place.
func behind(report []inherit.Error, after page.Cursor, limit int) []reported {
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
	return read(ctx, s, "ListAccountsWithInvalidEffectivePolicy", func(r *reading) (*orgapi.ListAccountsWithInvalidEffectivePolicyResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		accounts, next, err := turnTo(r, list[org.Account]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]org.Account, error) {
				enabled, err := r.effectivePolicyType(org.PolicyType(*in.PolicyType))
				if err != nil {
					return nil, err
				}
				return r.InvalidAccounts(r.organization.ID, enabled.EnablementID, after, limit)
			},
			key: store.AfterAccount,
		}, in.NextToken, in.MaxResults, string(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsWithInvalidEffectivePolicyResponse{
			Accounts:   render(accounts, r.renderAccount),
			PolicyType: in.PolicyType,
			NextToken:  next,
		}, nil
	})
}
