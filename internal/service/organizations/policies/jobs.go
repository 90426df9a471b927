package policies

import (
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// policyTypeDisabled is the kind of the job that removes what belonged to an
// enablement.
const policyTypeDisabled = "policy type disabled"

// cleanupJob is the job that removes what belonged to an enablement that has ended.
// It belongs to the server, not to the organization: no call has to wait for it.
func cleanupJob(organization ident.OrganizationID, enablement int64, at time.Time) store.Job {
	return store.Job{At: at, Kind: policyTypeDisabled, Subject: string(organization) + " " + strconv.FormatInt(enablement, 10)}
}

// cleanupBatch is how many targets one transaction deals with.
const cleanupBatch = 100

func deleteEnablement(u *operation.Unit, job store.Job) error {
	organization, number, _ := strings.Cut(job.Subject, " ")
	enablement, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	done, err := u.Tx.DeleteEnablement(ident.OrganizationID(organization), enablement, cleanupBatch)
	if err != nil || done {
		return err
	}
	return u.Plan(job)
}

// Jobs are the handlers of the jobs of policy types.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{policyTypeDisabled: deleteEnablement}
}
