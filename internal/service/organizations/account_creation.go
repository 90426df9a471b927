package organizations

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// defaultAccessRole is the role through which the management account enters an
// account that it created. [AWS: CreateAccount, RoleName]
const defaultAccessRole = "OrganizationAccountAccessRole"

// CreateAccount begins to create a member account. [AWS: CreateAccount]
func (s *Service) CreateAccount(ctx context.Context, in *orgapi.CreateAccountRequest) (*orgapi.CreateAccountResponse, error) {
	failure := s.injected(ctx, "CreateAccount")
	return change(ctx, s, "CreateAccount", in, func(w *writing) (*orgapi.CreateAccountResponse, error) {
		c := org.Creation{
			FailureReason: failure,
			AccountName:   *in.AccountName,
			Email:         ident.Email(*in.Email),
			RoleName:      text(in.RoleName),
			BillingAccess: text(in.IamUserAccessToBilling),
		}
		status, err := w.create(c, in.Tags)
		if err != nil {
			return nil, err
		}
		return &orgapi.CreateAccountResponse{CreateAccountStatus: status}, nil
	})
}

// CreateGovCloudAccount begins to create a member account and its twin in the
// other partition. The twin is an id only. [AWS: CreateGovCloudAccount]
func (s *Service) CreateGovCloudAccount(ctx context.Context, in *orgapi.CreateGovCloudAccountRequest) (*orgapi.CreateGovCloudAccountResponse, error) {
	failure := s.injected(ctx, "CreateGovCloudAccount")
	return change(ctx, s, "CreateGovCloudAccount", in, func(w *writing) (*orgapi.CreateGovCloudAccountResponse, error) {
		if s.Behavior.GovCloudPairingMarked && !w.account.Paired {
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonMasterAccountNotGovcloudEnabled).
				RaisedBy("--behavior govcloud-pairing")
		}
		c := org.Creation{
			AccountName:   *in.AccountName,
			Email:         ident.Email(*in.Email),
			RoleName:      text(in.RoleName),
			BillingAccess: text(in.IamUserAccessToBilling),
			GovCloud:      true,
			FailureReason: failure,
		}
		status, err := w.create(c, in.Tags)
		if err != nil {
			return nil, err
		}
		return &orgapi.CreateGovCloudAccountResponse{CreateAccountStatus: status}, nil
	})
}

// injected asks whether a fault makes the work of this request fail, and with
// which FailureReason. It is asked once for each request, before its transaction,
// which can run again; the answer is kept with the request.
func (s *Service) injected(ctx context.Context, operation string) (reason string) {
	if s.CreationFailure != nil {
		reason, _ = s.CreationFailure(operation, api.CallerOf(ctx).Account)
	}
	return reason
}

// create takes the request in, or refuses it. That the address is in use shows
// only at the end of the work. [recorded]
func (w *writing) create(c org.Creation, tags []orgapi.Tag) (*orgapi.CreateAccountStatus, error) {
	s, o := w.service, w.organization
	if !w.older(o.Created, s.Behavior.FinalizingTime) {
		return nil, orgapi.ErrFinalizingOrganization().RaisedBy("--behavior finalizing-time")
	}
	if _, err := w.tx.CreationInProgress(o.ID, c.Email); err == nil {
		return nil, orgapi.ErrConcurrentModification()
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	c.ID, c.Organization, c.State, c.Requested = s.Source.Creation(), o.ID, org.InProgress, w.Now()
	if err := w.putTags(taggableAccount, string(c.ID), tags); err != nil {
		return nil, err
	}
	for _, quota := range []struct {
		name    quota.Name
		counter store.CounterName
	}{
		{quota.AccountsPerOrganization, places},
		{quota.AccountCreationsPerDay, creationsBegun},
		{quota.AccountCreationsInProgress, creationsInProgress},
	} {
		if err := w.reserve(quota.name, quota.counter); err != nil {
			return nil, err
		}
	}
	if err := w.releaseLater(creationsBegun, string(c.ID), day); err != nil {
		return nil, err
	}
	if c.RoleName == "" {
		c.RoleName = defaultAccessRole
	}
	if c.BillingAccess == "" {
		c.BillingAccess = string(orgapi.IAMUserAccessToBillingAllow)
	}
	if err := w.tx.InsertCreation(c); err != nil {
		return nil, err
	}
	if s.Behavior.CreateAccountSynchronous {
		if err := s.finishCreation(w.tx, &c, o, w.Now()); err != nil {
			return nil, err
		}
	} else if err := w.tx.InsertJob(store.Job{
		Organization: o.ID, At: w.Now().Add(s.Behavior.AccountCreationDelay), Kind: creationEnds, Subject: string(c.ID),
	}); err != nil {
		return nil, err
	}
	return new(renderCreation(&c)), nil
}

// finishCreation ends a request: with an account, or with the reason why there
// is none.
func (s *Service) finishCreation(tx *store.Tx, c *org.Creation, o *org.Organization, at time.Time) error {
	reason, err := s.creationFailure(tx, c, o)
	if err != nil {
		return err
	}
	c.Completed, c.PurgeAt = at, at.Add(s.Behavior.AccountRequestRetention)
	var account org.Account
	if reason == "" {
		c.State = org.Succeeded
		if account, err = s.openAccount(tx, c, o, at); err != nil {
			return err
		}
	} else {
		c.State, c.FailureReason = org.Failed, reason
		if err := tx.DeleteTags(o.ID, string(c.ID)); err != nil {
			return err
		}
		if err := tx.AddToCounter(o.ID, places, -1); err != nil {
			return err
		}
	}
	if err := tx.UpdateCreation(*c); err != nil {
		return err
	}
	if err := tx.AddToCounter(o.ID, creationsInProgress, -1); err != nil {
		return err
	}
	if err := tx.InsertJob(store.Job{Organization: o.ID, At: c.PurgeAt, Kind: creationGone, Subject: string(c.ID)}); err != nil {
		return err
	}
	if err := s.post(tx, o.Management, o.ID, event.CreateAccountResult(s.Source.UUID(), o.Management, *c)); err != nil {
		return err
	}
	if c.State == org.Failed {
		return nil
	}
	// The result is reported before the joining. (assumed)
	if err := s.join(tx, &account, o, org.Created, at); err != nil {
		return err
	}
	if err := tx.MoveTags(o.ID, string(c.ID), string(account.ID)); err != nil {
		return err
	}
	return s.mail(tx, account.ID, o.ID, mail.Welcome(account))
}

// creationFailure is the FailureReason of a request, empty when it can succeed.
// [AWS: CreateAccountStatus]
func (s *Service) creationFailure(tx *store.Tx, c *org.Creation, o *org.Organization) (string, error) {
	if c.FailureReason != "" {
		return c.FailureReason, nil
	}
	if _, err := tx.AccountByEmail(c.Email); err == nil {
		return string(orgapi.CreateAccountFailureReasonEmailAlreadyExists), nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	first, err := tx.OldestCreation(c.Email)
	if err != nil {
		return "", err
	}
	if first.Organization != c.Organization {
		return string(orgapi.CreateAccountFailureReasonConcurrentAccountModification), nil
	}
	// The request holds its place already; only a quota that was lowered meanwhile
	// can be exceeded.
	overrides, err := tx.Quotas(o.ID)
	if err != nil {
		return "", err
	}
	taken, err := tx.Counter(o.ID, places)
	if err != nil {
		return "", err
	}
	if taken > s.Quotas.Of(quota.AccountsPerOrganization, quotaFacts(overrides)) {
		return string(orgapi.CreateAccountFailureReasonAccountLimitExceeded), nil
	}
	return "", nil
}

// openAccount makes the account that a request asked for.
func (s *Service) openAccount(tx *store.Tx, c *org.Creation, o *org.Organization, at time.Time) (org.Account, error) {
	id, err := s.freeAccountID(tx)
	if err != nil {
		return org.Account{}, err
	}
	c.Account = id
	if c.GovCloud {
		if c.GovCloudAccount, err = s.freeAccountID(tx); err != nil {
			return org.Account{}, err
		}
	}
	a := org.Account{
		ID:            id,
		Name:          c.AccountName,
		Email:         c.Email,
		State:         org.Active,
		EmailVerified: true,
		Paired:        c.GovCloud,
		AccessRole:    c.RoleName,
		BillingAccess: c.BillingAccess,
		Registered:    at,
	}
	if s.Behavior.CreatedAccountPendingActivation {
		a.State = org.PendingActivation
	}
	return a, tx.InsertAccount(a)
}

// freeAccountID returns an id that no account of the installation has or had.
func (s *Service) freeAccountID(tx *store.Tx) (ident.AccountID, error) {
	for {
		id := s.Source.Account()
		if _, err := tx.Account(id); errors.Is(err, store.ErrNotFound) {
			return id, nil
		} else if err != nil {
			return "", err
		}
	}
}

// DescribeCreateAccountStatus shows one request. [AWS: DescribeCreateAccountStatus]
func (s *Service) DescribeCreateAccountStatus(ctx context.Context, in *orgapi.DescribeCreateAccountStatusRequest) (*orgapi.DescribeCreateAccountStatusResponse, error) {
	return read(ctx, s, "DescribeCreateAccountStatus", func(r *reading) (*orgapi.DescribeCreateAccountStatusResponse, error) {
		c, err := r.Creation(r.organization.ID, ident.CreationID(*in.CreateAccountRequestId))
		if errors.Is(err, store.ErrNotFound) {
			return nil, orgapi.ErrCreateAccountStatusNotFound()
		}
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeCreateAccountStatusResponse{CreateAccountStatus: new(renderCreation(&c))}, nil
	})
}

// ListCreateAccountStatus lists the requests of the organization, newest first.
// [AWS: ListCreateAccountStatus]
func (s *Service) ListCreateAccountStatus(ctx context.Context, in *orgapi.ListCreateAccountStatusRequest) (*orgapi.ListCreateAccountStatusResponse, error) {
	return read(ctx, s, "ListCreateAccountStatus", func(r *reading) (*orgapi.ListCreateAccountStatusResponse, error) {
		// A state that is named twice says no more than one that is named once.
		var states []org.CreationState
		var parameters []string
		for _, state := range orgapi.CreateAccountState("").Values() {
			for _, wanted := range in.States {
				if wanted == state {
					states = append(states, org.CreationState(state))
					parameters = append(parameters, string(state))
					break
				}
			}
		}
		requests, next, err := turnTo(r, list[org.Creation]{
			from: page.Newest,
			fetch: func(after page.Cursor, limit int) ([]org.Creation, error) {
				return r.Creations(r.organization.ID, states, after, limit)
			},
			key: store.AfterCreation,
		}, in.NextToken, in.MaxResults, parameters...)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListCreateAccountStatusResponse{
			CreateAccountStatuses: render(requests, renderCreation),
			NextToken:             next,
		}, nil
	})
}
