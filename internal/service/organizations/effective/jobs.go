package effective

import (
	"fmt"
	"strconv"
	"strings"

	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// resume continues what was planned with later, unless its policy type was
// disabled or its organization deleted meanwhile.
func (s *Service) resume(u *operation.Unit, job store.Job, work func(c *computation, of, after string) error) error {
	parts := strings.Split(job.Subject, " ")
	if len(parts) != 4 {
		return fmt.Errorf("job %q names no computation", job.Subject)
	}
	enablement, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return err
	}
	o, err := u.Organization(ident.OrganizationID(parts[0]))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	types, err := u.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, e := range types {
		if e.EnablementID == enablement {
			return work(s.computation(u, &o, e), parts[2], parts[3])
		}
	}
	return nil
}

func (s *Service) computeBelow(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).below)
}

func (s *Service) computeOf(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).of)
}

func (s *Service) judgeAccounts(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).judge)
}

// Jobs are the handlers of the jobs that compute.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		effectivePoliciesBelow: s.computeBelow,
		effectivePoliciesOf:    s.computeOf,
		accountsJudged:         s.judgeAccounts,
	}
}
