package quota

import "slices"

// Quota is a row of the table.
type Quota struct {
	Name Name
	// Default is the number in force if none is set.
	Default Value
	// Older is the number of earlier editions of the documentation, which the
	// profile 2024 sets; it need not exist.
	Older Value
	// OfServer is set for a quota of the whole server, which no organization has of its own.
	OfServer bool
	// Counts says what is counted, and its unit.
	Counts string
	// Published says when AWS published the default.
	Published string
	// AWS is the number of the real service if it is not the default, and how far it
	// can be raised there; may be empty.
	AWS string
	// Errors are the errors of callers that exceed the quota.
	Errors []Error
}

// Error is the error of a caller that exceeds a quota: an exception of the API and its
// reason. Its text is in model/messages.json.
type Error struct {
	// Exception is the bare name, e.g. "ConstraintViolationException".
	Exception string
	// Reason is empty for an exception that has none.
	Reason string
	// NativeReason is the reason under the native wire style if it differs, else
	// empty.
	NativeReason string

	// operations are the only operations that return the error; nil is all.
	operations []string
	// at is the only number of the quota that gives the error; 0 is every number.
	at int64
}

// Operations returns the only operations that return the error; none means all.
func (e Error) Operations() []string { return slices.Clone(e.operations) }

// At returns the only number of the quota that gives the error; 0 means every
// number.
func (e Error) At() int64 { return e.at }

// violation returns the error of most quotas.
func violation(reason string) Error {
	return Error{Exception: "ConstraintViolationException", Reason: reason}
}

// handshakeViolation returns the error of handshake operations.
func handshakeViolation(reason string, operations ...string) Error {
	return Error{
		Exception:  "HandshakeConstraintViolationException",
		Reason:     reason,
		operations: operations,
	}
}
