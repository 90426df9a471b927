package accounts

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Counters of an organization.
const (
	// closuresBegun: in the last 30 days.
	closuresBegun store.CounterName = "closures-begun"
	// closuresInProgress: accounts in PENDING_CLOSURE.
	closuresInProgress store.CounterName = "closures-in-progress"
)

// CloseAccount begins to close a member account. [AWS: CloseAccount]
func (s *Service) CloseAccount(ctx context.Context, in *orgapi.CloseAccountRequest) (*orgapi.CloseAccountResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CloseAccountResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		account, err := u.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if err := mayClose(u, &account); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.AccountClosuresPer30Days, closuresBegun); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.AccountClosuresInProgress, closuresInProgress); err != nil {
			return nil, err
		}
		if err := u.ReleaseLater(closuresBegun, string(account.ID), 30*day); err != nil {
			return nil, err
		}
		if err := s.Features.ReleaseConsent(u, u.Caller.Organization, &account); err != nil {
			return nil, err
		}
		account.ClosureRequested = u.Now()
		if err := EnterState(u, &account, u.Caller.Organization, org.PendingClosure); err != nil {
			return nil, err
		}
		if err := u.Tx.UpdateAccount(account); err != nil {
			return nil, err
		}
		return &orgapi.CloseAccountResponse{}, u.Plan(store.Job{
			Organization: u.Caller.Organization.ID, At: u.Now().Add(s.Behavior.AccountClosureDelay), Kind: closureEnds, Subject: string(account.ID),
		})
	})
}

// mayClose judges whether a member can be closed now.
func mayClose(u *operation.Unit, a *org.Account) error {
	switch {
	case a.ID == u.Caller.Organization.Management:
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotCloseManagementAccount)
	case a.State == org.Closed:
		return orgapi.ErrAccountAlreadyClosed()
	case a.State != org.Active:
		return orgapi.ErrConflict()
	}
	delegated, err := u.IsDelegatedAdministrator(u.Caller.Organization.ID, a.ID)
	if err != nil {
		return err
	}
	if delegated {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRemoveDelegatedAdministratorFromOrg)
	}
	return nil
}

// finishClosure closes an account. It stays in the store, and in its
// organization, until it is gone.
func finishClosure(u *operation.Unit, a *org.Account, o *org.Organization) error {
	a.State, a.ClosedAt = org.Closed, u.Now()
	if err := u.Tx.UpdateAccount(*a); err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(o.ID, closuresInProgress, -1); err != nil {
		return err
	}
	u.Report("account", "closed", "account", a.ID, "organization", o.ID)
	gone := u.Now().Add(u.Behavior.ClosedAccountRetention)
	if err := u.Plan(EndJob(a, gone)); err != nil {
		return err
	}
	if err := u.Record(o.Management, o.Owner(), event.CloseAccountResult(u.Source.UUID(), o.Management, *a)); err != nil {
		return err
	}
	management, err := u.Account(o.Management)
	if err != nil {
		return err
	}
	for _, to := range []org.Account{*a, management} {
		if err := u.Mail(to.ID, o.ID, mail.AccountClosed(to, *a, gone)); err != nil {
			return err
		}
	}
	return nil
}

// endAccount ends a closed account for good: its address is free, its id is never
// used again, and invitations of its id are withdrawn. Those of its address wait for
// the account that has the address next. [assumed]
func (s *Service) endAccount(u *operation.Unit, a *org.Account, o *org.Organization) error {
	if err := s.depart(u, a, o, event.Cleaned); err != nil {
		return err
	}
	waiting, err := u.OpenHandshakesTo(handshake.Invite, handshake.Recipient{Type: handshake.AccountParty, ID: string(a.ID)})
	if err != nil {
		return err
	}
	for i := range waiting {
		if err := s.Handshakes.ApplyServiceEvent(u, &waiting[i], handshake.Withdraw); err != nil {
			return err
		}
	}
	if err := identities.DeleteAccount(u.Tx, a.ID); err != nil {
		return err
	}
	a.State = org.Gone
	u.Report("closed account", "removed for good", "account", a.ID, "organization", o.ID)
	return u.Tx.UpdateAccount(*a)
}
