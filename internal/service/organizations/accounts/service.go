// Package accounts holds accounts and their membership: how they are created or
// invited, join, leave, and are closed.
package accounts

import (
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
	"accord/internal/service/organizations/features"
	"accord/internal/service/organizations/handshakes"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
	Effective     *effective.Service
	Handshakes    *handshakes.Service
	Features      *features.Service
	creationFault CreationFault
}

// New returns the service.
func New(r *operation.Runner, e *effective.Service, h *handshakes.Service, f *features.Service, fault CreationFault) *Service {
	return &Service{Runner: r, Effective: e, Handshakes: h, Features: f, creationFault: fault}
}

// CreationFault says whether the work that an operation of an account begins has to
// fail, and with which FailureReason. It is nil where no fault is injected.
type CreationFault func(operation, account string) (reason string, fails bool)
