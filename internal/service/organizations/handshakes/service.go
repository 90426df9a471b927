// Package handshakes moves handshakes: the operations that answer and show them, and
// the jobs that end them. Package handshake has the table of moves; what a move does
// is given as Actions, so that this package knows no kind of handshake.
package handshakes

import (
	"accord/internal/service/operation"
)

// Service implements the operations of this package.
type Service struct {
	*operation.Runner
	Actions Actions
}

// New returns the service.
func New(r *operation.Runner) *Service {
	return &Service{Runner: r}
}
