package accounts

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

func (s *Service) endCreation(u *operation.Unit, job store.Job) error {
	c, err := u.Creation(job.Organization, ident.CreationID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	o, err := u.Organization(job.Organization)
	if err != nil {
		return err
	}
	return s.finishCreation(u, &c, &o)
}

func deleteCreation(u *operation.Unit, job store.Job) error {
	u.Report("account creation request", "deleted", "creation", job.Subject, "organization", job.Organization)
	return u.Tx.DeleteCreation(job.Organization, ident.CreationID(job.Subject))
}

func endClosure(u *operation.Unit, job store.Job) error {
	return ofAccount(u, job, org.PendingClosure, finishClosure)
}

func (s *Service) endClosedAccount(u *operation.Unit, job store.Job) error {
	return ofAccount(u, job, org.Closed, s.endAccount)
}

// ofAccount does work on an account that is still in the organization and in the
// state for which the job was planned.
func ofAccount(u *operation.Unit, job store.Job, in org.AccountState,
	work func(*operation.Unit, *org.Account, *org.Organization) error) error {
	found, err := u.AccountWithOrganization(ident.AccountID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	if found.Account.State != in || !found.Account.In(job.Organization) {
		return nil
	}
	return work(u, &found.Account, found.Organization)
}

// Jobs are the handlers of the jobs of accounts.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		creationEnds: s.endCreation,
		creationGone: deleteCreation,
		closureEnds:  endClosure,
		accountGone:  s.endClosedAccount,
	}
}
