// Package effective computes effective policies: what remains, for each account, of
// the management policies on the way to it. It holds the operations that show them
// and the jobs that compute what does not fit into one transaction.
//
// It does not attach policies and does not move accounts: packages that do call it.
package effective

import (
	"accord/internal/service/operation"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
	parsed parsedPolicies
}

// New returns the service.
func New(r *operation.Runner) *Service {
	return &Service{Runner: r, parsed: newParsedPolicies()}
}
