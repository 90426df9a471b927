package accounts

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
	"accord/internal/store"
	"accord/internal/store/identities"
)

const day = 24 * time.Hour

// defaultAccessRole is the role through which the management account enters an
// account that it created. [AWS: CreateAccount, RoleName]
const defaultAccessRole = "OrganizationAccountAccessRole"

// Counters of an organization.
const (
	// creationsBegun: in the last 24 hours.
	creationsBegun store.CounterName = "creations-begun"
	// CreationsInProgress: CreateAccount requests without an end.
	CreationsInProgress store.CounterName = "creations-in-progress"
)

// CreateAccount begins to create a member account. [AWS: CreateAccount]
func (s *Service) CreateAccount(ctx context.Context, in *orgapi.CreateAccountRequest) (*orgapi.CreateAccountResponse, error) {
	failure := s.injectedFailure(ctx, in)
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CreateAccountResponse, error) {
		c := org.Creation{
			FailureReason: failure,
			AccountName:   *in.AccountName,
			Email:         ident.Email(*in.Email),
			RoleName:      operation.Deref(in.RoleName),
			BillingAccess: operation.Deref(in.IamUserAccessToBilling),
		}
		status, err := s.beginCreation(u, c, in.Tags)
		if err != nil {
			return nil, err
		}
		return &orgapi.CreateAccountResponse{CreateAccountStatus: status}, nil
	})
}

// CreateGovCloudAccount begins to create a member account and its twin in the
// other partition. The twin is an id only. [AWS: CreateGovCloudAccount]
func (s *Service) CreateGovCloudAccount(ctx context.Context, in *orgapi.CreateGovCloudAccountRequest) (*orgapi.CreateGovCloudAccountResponse, error) {
	failure := s.injectedFailure(ctx, in)
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CreateGovCloudAccountResponse, error) {
		if s.Behavior.GovCloudPairingMarked && !u.Caller.Account.Paired {
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonMasterAccountNotGovcloudEnabled).
				RaisedBy("--behavior govcloud-pairing")
		}
		c := org.Creation{
			AccountName:   *in.AccountName,
			Email:         ident.Email(*in.Email),
			RoleName:      operation.Deref(in.RoleName),
			BillingAccess: operation.Deref(in.IamUserAccessToBilling),
			GovCloud:      true,
			FailureReason: failure,
		}
		status, err := s.beginCreation(u, c, in.Tags)
		if err != nil {
			return nil, err
		}
		return &orgapi.CreateGovCloudAccountResponse{CreateAccountStatus: status}, nil
	})
}

// injectedFailure asks whether a fault makes the work of this request fail, and with
// which FailureReason. It is asked once for each request, before its transaction,
// which can run again; the answer is stored with the request.
func (s *Service) injectedFailure(ctx context.Context, in api.Request) (reason string) {
	if s.creationFault != nil {
		reason, _ = s.creationFault(in.Operation().Name, api.CallerOf(ctx).Account)
	}
	return reason
}

// beginCreation accepts the request, or rejects it. That the address is in use shows
// only at the end of the work. [recorded]
func (s *Service) beginCreation(u *operation.Unit, c org.Creation, requested []orgapi.Tag) (*orgapi.CreateAccountStatus, error) {
	o := u.Caller.Organization
	if !u.Elapsed(o.Created, s.Behavior.FinalizingTime) {
		return nil, orgapi.ErrFinalizingOrganization().RaisedBy("--behavior finalizing-time")
	}
	if _, err := u.CreationInProgress(o.ID, c.Email); err == nil {
		return nil, orgapi.ErrConcurrentModification()
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	c.ID, c.Organization, c.State, c.Requested = u.Source.Creation(), o.ID, org.InProgress, u.Now()
	if err := tags.Put(u, tags.Account, string(c.ID), requested); err != nil {
		return nil, err
	}
	for _, reserved := range []struct {
		quota   quota.Name
		counter store.CounterName
	}{
		{quota.AccountsPerOrganization, operation.Reserved},
		{quota.AccountCreationsPerDay, creationsBegun},
		{quota.AccountCreationsInProgress, CreationsInProgress},
	} {
		if err := u.Reserve(reserved.quota, reserved.counter); err != nil {
			return nil, err
		}
	}
	if err := u.ReleaseLater(creationsBegun, string(c.ID), day); err != nil {
		return nil, err
	}
	if c.RoleName == "" {
		c.RoleName = defaultAccessRole
	}
	if c.BillingAccess == "" {
		c.BillingAccess = string(orgapi.IAMUserAccessToBillingAllow)
	}
	if err := u.Tx.InsertCreation(c); err != nil {
		return nil, err
	}
	if s.Behavior.CreateAccountSynchronous {
		if err := s.finishCreation(u, &c, o); err != nil {
			return nil, err
		}
	} else if err := u.Plan(store.Job{
		Organization: o.ID, At: u.Now().Add(s.Behavior.AccountCreationDelay), Kind: creationEnds, Subject: string(c.ID),
	}); err != nil {
		return nil, err
	}
	return new(render.Creation(&c)), nil
}

// finishCreation ends a request: with an account, or with the reason why there
// is none.
func (s *Service) finishCreation(u *operation.Unit, c *org.Creation, o *org.Organization) error {
	reason, err := creationFailure(u, c, o)
	if err != nil {
		return err
	}
	c.Completed, c.PurgeAt = u.Now(), u.Now().Add(s.Behavior.AccountRequestRetention)
	var account org.Account
	if reason == "" {
		c.State = org.Succeeded
		if account, err = openAccount(u, c, o); err != nil {
			return err
		}
	} else {
		c.State, c.FailureReason = org.Failed, reason
		if err := u.Tx.DeleteTags(o.ID, string(c.ID)); err != nil {
			return err
		}
		if err := u.Tx.AddToCounter(o.ID, operation.Reserved, -1); err != nil {
			return err
		}
	}
	if err := u.Tx.UpdateCreation(*c); err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(o.ID, CreationsInProgress, -1); err != nil {
		return err
	}
	if err := u.Plan(store.Job{Organization: o.ID, At: c.PurgeAt, Kind: creationGone, Subject: string(c.ID)}); err != nil {
		return err
	}
	if err := u.Record(o.Management, o.Owner(), event.CreateAccountResult(u.Source.UUID(), o.Management, *c)); err != nil {
		return err
	}
	if c.State == org.Failed {
		u.Report("account creation", "failed", "reason", reason, "creation", c.ID, "organization", o.ID)
		return nil
	}
	u.Report("account", "created", "account", account.ID, "creation", c.ID, "organization", o.ID)
	// The result is reported before the joining. [assumed]
	if err := s.Join(u, &account, o, org.Created); err != nil {
		return err
	}
	if err := u.Tx.MoveTags(o.ID, string(c.ID), string(account.ID)); err != nil {
		return err
	}
	return u.Mail(account.ID, o.ID, mail.Welcome(account))
}

// creationFailure is the FailureReason of a request, empty when it can succeed.
// [AWS: CreateAccountStatus]
func creationFailure(u *operation.Unit, c *org.Creation, o *org.Organization) (string, error) {
	if c.FailureReason != "" {
		return c.FailureReason, nil
	}
	if _, err := u.AccountByEmail(c.Email); err == nil {
		return string(orgapi.CreateAccountFailureReasonEmailAlreadyExists), nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	first, err := u.OldestCreation(c.Email)
	if err != nil {
		return "", err
	}
	if first.Organization != c.Organization {
		return string(orgapi.CreateAccountFailureReasonConcurrentAccountModification), nil
	}
	// The request holds a reserved seat already; only a quota that was lowered meanwhile
	// can be exceeded.
	limit, err := u.Limit(o.ID, quota.AccountsPerOrganization, "")
	if err != nil {
		return "", err
	}
	taken, err := u.Counter(o.ID, operation.Reserved)
	if err != nil {
		return "", err
	}
	if taken > limit {
		return string(orgapi.CreateAccountFailureReasonAccountLimitExceeded), nil
	}
	return "", nil
}

// openAccount makes the account that a request asked for.
func openAccount(u *operation.Unit, c *org.Creation, o *org.Organization) (org.Account, error) {
	id, err := u.FreeAccountID()
	if err != nil {
		return org.Account{}, err
	}
	c.Account = id
	if c.GovCloud {
		if c.GovCloudAccount, err = u.FreeAccountID(); err != nil {
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
		Registered:    u.Now(),
	}
	if u.Behavior.CreatedAccountPendingActivation {
		a.State = org.PendingActivation
	}
	if err := u.Tx.InsertAccount(a); err != nil {
		return a, err
	}
	// With the feature, the root user has no password. [AWS: centralize root access]
	managedCentrally, err := identities.HasRootAccess(u.View, o.ID, iam.RootCredentialsManagement)
	if err == nil && managedCentrally {
		err = identities.PutLoginProfile(u.Tx, iam.LoginProfile{Account: id})
	}
	if err != nil {
		return a, err
	}
	role := iam.AccessRole(id, o.Management, o.Partition, u.Source.For("access role", string(id)).Unique("AROA"), a.AccessRole, u.Now())
	return a, identities.InsertMade(u.Tx, role, managed.ID(role.PolicyPath, role.PolicyName))
}

// DescribeCreateAccountStatus shows one request. [AWS: DescribeCreateAccountStatus]
func (s *Service) DescribeCreateAccountStatus(ctx context.Context, in *orgapi.DescribeCreateAccountStatusRequest) (*orgapi.DescribeCreateAccountStatusResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeCreateAccountStatusResponse, error) {
		c, err := r.Creation(r.Caller.Organization.ID, ident.CreationID(*in.CreateAccountRequestId))
		if errors.Is(err, store.ErrNotFound) {
			return nil, orgapi.ErrCreateAccountStatusNotFound()
		}
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeCreateAccountStatusResponse{CreateAccountStatus: new(render.Creation(&c))}, nil
	})
}

// ListCreateAccountStatus lists the requests of the organization, newest first.
// [AWS: ListCreateAccountStatus]
func (s *Service) ListCreateAccountStatus(ctx context.Context, in *orgapi.ListCreateAccountStatusRequest) (*orgapi.ListCreateAccountStatusResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListCreateAccountStatusResponse, error) {
		// A state that is named twice says no more than one that is named once.
		var states []org.CreationState
		for _, state := range orgapi.CreateAccountState("").Values() {
			for _, wanted := range in.States {
				if *wanted == state {
					states = append(states, org.CreationState(state))
					break
				}
			}
		}
		requests, next, err := operation.Paginate(r, operation.List[org.Creation]{
			From: page.Newest,
			Fetch: func(after page.Cursor, limit int) ([]org.Creation, error) {
				return r.Creations(r.Caller.Organization.ID, states, after, limit)
			},
			Key: store.AfterCreation,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListCreateAccountStatusResponse{
			CreateAccountStatuses: render.All(requests, render.Creation),
			NextToken:             next,
		}, nil
	})
}
