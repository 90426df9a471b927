// Package delegation lets others work in an organization: services with trusted
// access, delegated administrators, and principals of the delegation policy.
package delegation

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
