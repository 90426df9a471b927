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
	// Reasons returns the reasons that an exception can have; nil if none has any.
	Reasons func(exception string) []string
	// Background has the operations with background work, each with the reasons with
	// which that work can fail.
	Background map[string][]string
}

// target is an operation of a service.
type target struct {
	service *Service
	op      *api.Operation
}
