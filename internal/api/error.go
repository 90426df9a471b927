package api

import (
	"net/http"
	"strings"
)

// Error is the answer to a call that fails: one of the exceptions of
// the interface model, or one of the protocol errors around it.
//
// It is a value of the domain, made once at the place that knows the reason,
// and turned into bytes once, by the protocol.
type Error struct {
	// Type is the bare name of the exception, e.g. "HandshakeNotFoundException".
	Type string
	// Reason is the machine-readable cause; empty when the exception has none.
	Reason string
	// Message is the text that explains the error.
	Message string
	// Status is the HTTP status: 400 for every error of the client, 500 for internal errors.
	Status int
	// Native is the form that is sent instead under the native wire style;
	// nil where both styles agree.
	Native *Error
	// Recorded is the code of the error in event records, where that is not its Type.
	Recorded string
	// Setting names the quota or behavior that raises the limit which was reached.
	// It goes to the log, never to the caller.
	Setting string
	// Member is the path to the member of the request that was refused, and Rule what
	// it violates, in words. They go to the log, never to the caller, and hold no value.
	Member, Rule string

	cause error
}

// NewError returns an error of the client: HTTP 400.
func NewError(exception, reason, message string) *Error {
	return &Error{Type: exception, Reason: reason, Message: message, Status: http.StatusBadRequest}
}

// UnrecognizedClient is the answer to unknown credentials, and to those of an
// account that is closed or suspended. [AWS: common errors]
func UnrecognizedClient() *Error {
	return NewError("UnrecognizedClientException", "", "The security token included in the request is invalid.")
}

// Error gives the exception, its reason and its text in one line.
func (e *Error) Error() string {
	text := e.Type
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap returns the cause, which is for the log only.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of e that carries its cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Saying returns a copy of e with another text, in both wire styles.
func (e *Error) Saying(message string) *Error {
	c := *e
	c.Message = message
	if e.Native != nil {
		n := *e.Native
		n.Message = message
		c.Native = &n
	}
	return &c
}

// RaisedBy returns a copy of e that names the setting which raises the limit.
func (e *Error) RaisedBy(setting string) *Error {
	c := *e
	c.Setting = setting
	return &c
}

// About returns a copy of e that names the refused member and the rule that it
// violates.
func (e *Error) About(member, rule string) *Error {
	c := *e
	c.Member, c.Rule = member, rule
	return &c
}

// Natively returns a copy of e that is sent as native under that wire style.
func (e *Error) Natively(native *Error) *Error {
	c := *e
	c.Native = native
	return &c
}

// In returns the form of e that style sends.
func (e *Error) In(style WireStyle) *Error {
	if style == Native && e.Native != nil {
		return e.Native
	}
	return e
}

// WireStyle is the form of answers where documentation and recordings of the real
// service differ.
type WireStyle int

// The two wire styles.
const (
	// Documented answers as the API reference writes.
	Documented WireStyle = iota
	// Native answers as the recorded service does.
	Native
)

// Texts returns the values of an enum as plain texts.
func Texts[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return texts
}

// Cut returns a text, or its beginning with an ellipsis where it has more than most bytes.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
