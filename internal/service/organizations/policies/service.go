// Package policies holds policies, their attachments, and the policy types that are
// enabled. What policies amount to for an account is computed in package effective.
package policies

import (
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
	Effective *effective.Service
}

// New returns the service.
func New(r *operation.Runner, e *effective.Service) *Service {
	return &Service{Runner: r, Effective: e}
}
