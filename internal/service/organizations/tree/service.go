// Package tree is about the tree of an organization: its units, which accounts and
// units are where, and moving an account.
package tree

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
