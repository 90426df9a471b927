// Package iam implements the operations of AWS Identity and Access Management: one method
// for each, in a package for each noun.
package iam

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/service/iam/account"
	"accord/internal/service/iam/groups"
	"accord/internal/service/iam/policies"
	"accord/internal/service/iam/roles"
	"accord/internal/service/iam/rootaccess"
	"accord/internal/service/iam/simulation"
	"accord/internal/service/iam/users"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// The parts of the service, one for each noun.
type (
	Account    = account.Service
	Groups     = groups.Service
	Policies   = policies.Service
	Roles      = roles.Service
	RootAccess = rootaccess.Service
	Simulate   = simulation.Service
	Users      = users.Service
)

// none answers what no part has. It is embedded one level deeper than the parts, whose
// methods come first.
type none struct{ iamapi.Unimplemented }

// Service implements iamapi.Service.
type Service struct {
	none
	*Account
	*Groups
	*Policies
	*Roles
	*RootAccess
	*Simulate
	*Users
	runner *operation.Runner
}

var _ iamapi.Service = (*Service)(nil)

// New returns the service.
func New(r *operation.Runner, keys users.AccessKeys) *Service {
	r = r.ForService(iamapi.ServiceName, mapError)
	return &Service{
		runner:  r,
		Account: account.New(r), Groups: groups.New(r), Policies: policies.New(r), Roles: roles.New(r),
		RootAccess: rootaccess.New(r), Simulate: simulation.New(r), Users: users.New(r, keys),
	}
}

// Authorize decides a call that ends before its operation begins.
func (s *Service) Authorize(ctx context.Context, in api.Request) error {
	return s.runner.Authorize(ctx, in)
}

// mapError turns a failed transaction into the exception of an operation.
func mapError(op *api.Operation, err error) error {
	lost := iamapi.ErrConcurrentModification()
	switch {
	case errors.Is(err, operation.ErrInvalidToken) && op.MayReturn(iamapi.ErrPolicyEvaluation().Type):
		// The simulations have a text of their own. [recorded]
		return iamapi.ErrInvalidInput().Saying(iamapi.TextInvalidInputSimulationMarker)
	case errors.Is(err, operation.ErrInvalidToken):
		return iamapi.ErrValidation("Invalid Marker.")
	case errors.Is(err, store.ErrConflict) && op.MayReturn(lost.Type):
		return lost.Because(err)
	case errors.Is(err, store.ErrConflict):
		return operation.Refusal(err)
	}
	for _, failed := range []*api.Error{iamapi.ErrServiceFailure(), iamapi.ErrPolicyEvaluation()} {
		if op.MayReturn(failed.Type) {
			return failed.Because(err)
		}
	}
	return err
}
