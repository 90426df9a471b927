package faults

import "accord/internal/api"

// Service is a service whose calls can fail.
type Service struct {
	// Name is the name in the credential scope.
	Name string
	// Operations are its operations by name.
	Operations map[string]*api.Operation
	// Exception returns the exception of a name as the service writes it: nil if
	// there is none, without a message if it does not have the reason.
	Exception func(name, reason string) *api.Error
	// Background has the operations with background work, each with the check of the
	// reasons with which that work can fail.
	Background map[string]func(reason string) bool
}

// target is an operation of a service.
type target struct {
	service *Service
	op      *api.Operation
}
