package organizations

import (
	"context"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// CloseAccount begins to close a member account. [AWS: CloseAccount]
func (s *Service) CloseAccount(ctx context.Context, in *orgapi.CloseAccountRequest) (*orgapi.CloseAccountResponse, error) {
	return change(ctx, s, "CloseAccount", in, func(w *writing) (*orgapi.CloseAccountResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		account, err := w.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if err := w.mayClose(&account); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.AccountClosuresPer30Days, closuresBegun); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.AccountClosuresInProgress, closuresInProgress); err != nil {
			return nil, err
		}
		if err := w.releaseLater(closuresBegun, string(account.ID), 30*day); err != nil {
			return nil, err
		}
		if err := s.releaseConsent(w.tx, w.organization, &account, w.Now()); err != nil {
			return nil, err
		}
		account.State, account.ClosureRequested = org.PendingClosure, w.Now()
		if err := w.tx.UpdateAccount(account); err != nil {
			return nil, err
		}
		return &orgapi.CloseAccountResponse{}, w.tx.InsertJob(store.Job{
			Organization: w.organization.ID, At: w.Now().Add(s.Behavior.AccountClosureDelay), Kind: closureEnds, Subject: string(account.ID),
		})
	})
}

// mayClose judges whether a member can be closed now.
func (w *writing) mayClose(a *org.Account) error {
	switch {
	case a.ID == w.organization.Management:
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotCloseManagementAccount)
	case a.State == org.Closed:
		return orgapi.ErrAccountAlreadyClosed()
	case a.State != org.Active:
		return orgapi.ErrConflict()
	}
	delegated, err := w.tx.IsDelegatedAdministrator(w.organization.ID, a.ID)
	if err != nil {
		return err
	}
	if delegated {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRemoveDelegatedAdministratorFromOrg)
	}
	return nil
}

// finishClosure closes an account. It stays in the records, and in its
// organization, until it is gone.
func (s *Service) finishClosure(tx *store.Tx, a *org.Account, o *org.Organization, at time.Time) error {
	a.State, a.ClosedAt = org.Closed, at
	if err := tx.UpdateAccount(*a); err != nil {
		return err
	}
	if err := tx.AddToCounter(o.ID, closuresInProgress, -1); err != nil {
		return err
	}
	gone := at.Add(s.Behavior.ClosedAccountRetention)
	if err := tx.InsertJob(store.Job{Organization: o.ID, At: gone, Kind: accountGone, Subject: string(a.ID)}); err != nil {
		return err
	}
	if err := s.post(tx, o.Management, o.ID, event.CloseAccountResult(s.Source.UUID(), o.Management, *a)); err != nil {
		return err
	}
	management, err := tx.Account(o.Management)
	if err != nil {
		return err
	}
	for _, to := range []org.Account{*a, management} {
		if err := s.mail(tx, to.ID, o.ID, mail.AccountClosed(to, *a, gone)); err != nil {
			return err
		}
	}
	return nil
}

// forget ends a closed account for good: its address is free, its id is never
// used again, and what waited for its answer is withdrawn.
func (s *Service) forget(tx *store.Tx, a *org.Account, o *org.Organization, at time.Time) error {
	if err := s.depart(tx, a, o, event.Cleaned, at); err != nil {
		return err
	}
	for _, recipient := range []handshake.Recipient{
		{Type: handshake.AccountParty, ID: string(a.ID)},
		{Type: handshake.EmailParty, ID: string(a.Email)},
	} {
		waiting, err := tx.OpenHandshakesTo(handshake.Invite, recipient)
		if err != nil {
			return err
		}
		for i := range waiting {
			if err := s.happen(tx, &waiting[i], handshake.Withdraw, at); err != nil {
				return err
			}
		}
	}
	a.State = org.Gone
	return tx.UpdateAccount(*a)
}
