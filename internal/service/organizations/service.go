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
	"accord/internal/service/organizations/accounts"
	"accord/internal/service/organizations/delegation"
	"accord/internal/service/organizations/effective"
	"accord/internal/service/organizations/features"
	"accord/internal/service/organizations/handshakes"
	"accord/internal/service/organizations/policies"
	"accord/internal/service/organizations/tags"
	"accord/internal/service/organizations/transfers"
	"accord/internal/service/organizations/tree"
	"accord/internal/store"
)

// The parts of the service, one for each domain type.
type (
	Accounts   = accounts.Service
	Delegation = delegation.Service
	Effective  = effective.Service
	Features   = features.Service
	Handshakes = handshakes.Service
	Policies   = policies.Service
	Tags       = tags.Service
	Transfers  = transfers.Service
	Tree       = tree.Service
)

// Service implements orgapi.Service.
type Service struct {
	*operation.Runner
	*Accounts
	*Delegation
	*Effective
	*Features
	*Handshakes
	*Policies
	*Tags
	*Transfers
	*Tree
}

var _ orgapi.Service = (*Service)(nil)

// New returns the service, and registers its jobs. The fault is optional.
func New(r *operation.Runner, fault accounts.CreationFault) *Service {
	r = r.ForService(orgapi.ServiceName, mapError)
	s := &Service{Runner: r}
	s.Effective = effective.New(r)
	s.Tags = tags.New(r)
	s.Tree = tree.New(r, s.Effective)
	s.Policies = policies.New(r, s.Effective)
	s.Delegation = delegation.New(r)
	s.Handshakes = handshakes.New(r)
	s.Features = features.New(r, s.Handshakes)
	s.Transfers = transfers.New(r, s.Handshakes)
	s.Accounts = accounts.New(r, s.Effective, s.Handshakes, s.Features, fault)
	s.Handshakes.Actions = s.actions()
	for _, part := range []interface {
		Jobs() map[string]operation.JobHandler
	}{s.Effective, s.Policies, s.Handshakes, s.Transfers, s.Accounts} {
		r.HandleJobs(part.Jobs())
	}
	return s
}

// mapError turns a failed transaction into the exception of an operation.
func mapError(op *api.Operation, err error) error {
	if errors.Is(err, operation.ErrInvalidToken) {
		return orgapi.Explained(orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonInvalidNextToken))
	}
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

// actions says what the effects of the table of handshakes do.
func (s *Service) actions() handshakes.Actions {
	return handshakes.Actions{
		Preconditions: map[handshake.Effect]handshakes.Action{
			handshake.JoinOrganization: s.Accounts.MayJoin,
			handshake.BeginTransfer:    transfers.MayBegin,
			handshake.RefuseTransfer:   transfers.MayRefuse,
		},
		Effects: map[handshake.Effect]handshakes.Action{
			handshake.Nothing:             func(*operation.Unit, *handshake.Handshake, handshakes.Parties) error { return nil },
			handshake.JoinOrganization:    s.Accounts.JoinOrganization,
			handshake.ReleaseReserved:     accounts.ReleaseReserved,
			handshake.RecordConsent:       s.Features.RecordConsent,
			handshake.ReviewParent:        s.Features.ReviewParent,
			handshake.SwitchToAllFeatures: features.SwitchToAllFeatures,
			handshake.WithdrawChildren:    s.Features.WithdrawChildren,
			handshake.BeginTransfer:       transfers.Begin,
			handshake.RefuseTransfer:      transfers.Drop,
			handshake.DropTransfer:        transfers.Drop,
		},
		Mails: map[handshake.Kind]map[handshake.Event]handshakes.Action{
			handshake.Invite: {
				handshake.Accept:  accounts.MailJoined,
				handshake.Decline: accounts.MailDeclined,
				handshake.Cancel:  accounts.MailCanceled,
			},
			handshake.TransferResponsibility: {
				handshake.Accept:  transfers.MailAccepted,
				handshake.Decline: transfers.MailDeclined,
			},
		},
	}
}
