package api

import (
	"strings"
	"time"
)

// Caller is the account and the principal that sent a request, and from where. The
// authenticate step of the pipeline makes it; operations read it from the context.
type Caller struct {
	// Account is the 12-digit id of the account that calls.
	Account string
	// Kind is what kind of principal calls.
	Kind PrincipalKind
	// Principal is the ARN of the user, role session or root user.
	Principal string
	// UserID is the unique id of the principal, as sts GetCallerIdentity shows it.
	UserID string
	// Partition is that of the account's organization. Until the account is read, and
	// for one in no organization, it is that of the Region for which the request is
	// signed, or the one that a setting names.
	Partition string
	// AccessKeyID is the public half of the credentials.
	AccessKeyID string
	// RoleARN, SourceIdentity and SessionCreated describe a session; they are zero for
	// long-lived credentials, and the first two where a session has none.
	RoleARN, SourceIdentity string
	SessionCreated          time.Time
	// Session is what else temporary credentials have; nil for long-lived ones.
	Session *Session
	// Registration is the number of the registration of the account for which a session
	// was issued. A session does not act for the account of that ID after a reset.
	Registration int64
	// RequestID is the UUID of this request.
	RequestID string
	// Safe is set for a call by GET, which changes nothing: it does not register its
	// account either.
	Safe bool
	// SourceIP, UserAgent and Referer describe the connection; Secure is set if it has TLS.
	SourceIP, UserAgent, Referer string
	Secure                       bool
}

// IsRootUser reports whether the principal is the root user of its account, also by
// temporary credentials.
func (c *Caller) IsRootUser() bool {
	return c.Principal == "" || strings.HasSuffix(c.Principal, ":root")
}

// Has reports whether a caller has a session of one of these kinds.
func (c *Caller) Has(kinds ...SessionKind) bool {
	for _, kind := range kinds {
		if c.Session != nil && c.Session.Kind == kind {
			return true
		}
	}
	return false
}

// PrincipalKind is a kind of principal.
type PrincipalKind string

// The kinds of principals. The names are those of event records. [AWS: CloudTrail
// userIdentity element]
const (
	RootUser      PrincipalKind = "Root"
	IAMUser       PrincipalKind = "IAMUser"
	RoleSession   PrincipalKind = "AssumedRole"
	FederatedUser PrincipalKind = "FederatedUser"
)
