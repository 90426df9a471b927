package quota

import "slices"

// Error is what a caller is told who meets a quota: an exception of the
// interface, its reason and its text.
type Error struct {
	// Exception is the bare name, e.g. "ConstraintViolationException".
	Exception string
	// Reason is empty for an exception that has none.
	Reason string
	// NativeReason is the reason under the native wire style where it differs;
	// else empty.
	NativeReason string
	// Message is the text for people: AWS's own where one is known.
	Message string

	// operations are the only ones that are told so; nil is all.
	operations []string
	// at is the only limit at which callers are told so; 0 is every limit.
	at int64
}

// Operations returns the only operations that are refused so; none means all.
func (r Error) Operations() []string { return slices.Clone(r.operations) }

// At returns the only limit at which callers are refused so; 0 means every limit.
func (r Error) At() int64 { return r.at }

// Error returns what the caller of an operation is told who meets the quota at
// the given limit, as Of returned it. It is the zero Refusal for a name that no
// quota has.
func (n Name) ErrorFor(operation string, limit int64) Error {
	i, ok := index[n]
	if !ok {
		return Error{}
	}
	for _, r := range quotas[i].Errors {
		if (r.operations == nil || slices.Contains(r.operations, operation)) && (r.at == 0 || r.at == limit) {
			return r
		}
	}
	return Error{}
}

// violation is the refusal that most quotas give.
func violation(reason, message string) Error {
	return Error{Exception: "ConstraintViolationException", Reason: reason, Message: message}
}

// handshakeViolation is the refusal of the handshake operations.
func handshakeViolation(reason, message string, operations ...string) Error {
	return Error{
		Exception:  "HandshakeConstraintViolationException",
		Reason:     reason,
		Message:    message,
		operations: operations,
	}
}
