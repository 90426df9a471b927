package telemetry

import (
	"time"
)

// Call is a call that has ended.
type Call struct {
	RequestID string
	// Service is the service that answered.
	Service string
	// Operation is empty when the request named no known operation.
	Operation string
	// Account is that of the caller; empty when the call was not authenticated.
	Account string
	// Outcome is Success, Cut, Gone or the name of the exception.
	Outcome string
	// Reason is that of the exception; empty when it has none.
	Reason string
	// Status is that of the HTTP answer; 0 when none was sent.
	Status int
	// Ended is when it was answered, by the system clock.
	Ended time.Time
	// Duration is from the first byte of the head to the last of the answer.
	Duration time.Duration
	// Setting names the quota or behavior that raises the limit of the error.
	Setting string
	// Fault is the ID of the fault that was injected.
	Fault string
	// Cause is the cause of an internal error.
	Cause error
	// Stack is the stack of a panic.
	Stack string
}
