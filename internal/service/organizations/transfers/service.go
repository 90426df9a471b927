// Package transfers holds transfers of billing responsibility between organizations,
// and the chains that they form.
package transfers

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
