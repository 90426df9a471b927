// Package tags puts tags on accounts, units, policies and the other taggable
// resources of an organization, and enforces tag policies.
package tags

import (
	"accord/internal/service/operation"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
}

// New returns the service.
func New(r *operation.Runner) *Service {
	return &Service{Runner: r}
}
