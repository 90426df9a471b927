package telemetry

import (
	"time"
)

// Outcomes of calls that end without an exception.
const (
	// Success is a call that was answered with its result.
	Success = "Success"
	// Cut is a call whose connection an injected fault cut.
	Cut = "Cut"
	// Gone is a call whose client closed the connection before the answer.
	Gone = "Gone"
)

// Call is a call that has ended.
type Call struct {
	RequestID string
	// Service is the service that answered.
	Service string
	// Operation is empty when the request named no known operation.
	Operation string
	// Asked is the name of an operation that is not known, as the client sent it. It is
	// no label of a metric.
	Asked string
	// Account is that of the caller; empty when the call was not authenticated.
	Account string
	// Outcome is Success, Cut, Gone or the code of the exception that the client got.
	Outcome string
	// Reason is that of the exception; empty when it has none.
	Reason string
	// Member is the path to the member of the request that was refused, and Rule what
	// it violates; empty for every other exception.
	Member, Rule string
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
	// Input and Answer are the bodies, masked; empty unless the log shows them.
	Input, Answer string
	// Stack is the stack of a panic.
	Stack string
}
