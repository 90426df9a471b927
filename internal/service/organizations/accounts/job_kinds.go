package accounts

import (
	"time"

	"accord/internal/org"
	"accord/internal/store"
)

// The kinds of jobs of accounts, whose handlers are in Jobs.
const (
	// The subject is the id of a request to create an account.
	creationEnds = "account creation ends"
	creationGone = "account creation gone"
	// The subject is the id of a closed account.
	closureEnds = "account closure ends"
	accountGone = "account gone"
)

// EndJob is the job that ends a closed account for good.
func EndJob(a *org.Account, at time.Time) store.Job {
	return store.Job{Organization: a.Membership.Organization, At: at, Kind: accountGone, Subject: string(a.ID)}
}
