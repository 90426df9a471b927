// Package organizations implements the operations of AWS Organizations: one
// method for each, and the jobs that the service does by itself when their time
// comes.
//
// A method runs one unit of work, asks the rules (handshake, org, quota, behavior),
// writes rows and answers. It knows no SQL, no byte of the wire and no listener.
package organizations

import (
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// CreationFailure says whether the work that an operation of an account begins has
// to fail, and with which FailureReason.
type CreationFailure func(operation, account string) (reason string, fails bool)

// Service implements orgapi.Service.
type Service struct {
	orgapi.Unimplemented
	*operation.Runner
	creationFault CreationFailure
	parsed        parsedPolicies
	effects       map[handshake.Effect]effect
	preconditions map[handshake.Effect]precondition
}

// New returns the service, and registers its jobs. The table of faults is optional.
func New(r *operation.Runner, fault CreationFailure) *Service {
	s := &Service{Runner: r.ForService(orgapi.ServiceName, mapError), creationFault: fault}
	s.effects, s.preconditions = s.handshakeEffects(), s.handshakePreconditions()
	r.HandleJobs(map[string]operation.JobHandler{
		handshakeExpires:       s.expireHandshake,
		handshakeGone:          deleteHandshake,
		creationEnds:           s.endCreation,
		creationGone:           deleteCreation,
		closureEnds:            endClosure,
		accountGone:            s.endClosedAccount,
		inboundEnds:            endInbound,
		outboundEnds:           endOutbound,
		transferGone:           deleteTransfer,
		effectivePoliciesBelow: s.computeBelow,
		effectivePoliciesOf:    s.computeOf,
		accountsJudged:         s.judgeAccounts,
		policyTypeDisabled:     deleteEnablement,
	})
	return s
}

// mapError turns a failed transaction into the exception of an operation.
func mapError(op *api.Operation, err error) error {
	if !errors.Is(err, store.ErrConflict) {
		return orgapi.ErrService().Because(err)
	}
	lost := orgapi.ErrConcurrentModification()
	if !op.MayReturn(lost.Type) {
		// One operation does not declare it; clients repeat this one as well.
		lost = orgapi.ErrTooManyRequests().Saying(orgapi.TextTooManyRequestsInProgress)
	}
	return lost.Because(err)
}
