package organizations

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
	"time"
)

const day = 24 * time.Hour

// The kinds of jobs of accounts; the subject of each is an id.
const (
	creationEnds = "account creation ends"
	creationGone = "account creation gone"
	closureEnds  = "account closure ends"
	accountGone  = "account gone"
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
	place, err := u.AccountWithOrganization(ident.AccountID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	if place.Account.State != in || !place.Account.In(job.Organization) {
		return nil
	}
	return work(u, &place.Account, place.Organization)
}

// EndJob is the job that ends a closed account for good.
func EndJob(a *org.Account, at time.Time) store.Job {
	return store.Job{Organization: a.Membership.Organization, At: at, Kind: accountGone, Subject: string(a.ID)}
}
