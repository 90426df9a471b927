// Package features changes an organization to all features: the handshake of the
// organization, those of the members that have to consent, and the role that all
// features need.
package features

import (
	"accord/internal/service/operation"
	"accord/internal/service/organizations/handshakes"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
	Handshakes *handshakes.Service
}

// New returns the service.
func New(r *operation.Runner, h *handshakes.Service) *Service {
	return &Service{Runner: r, Handshakes: h}
}
