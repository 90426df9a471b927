package api

// Session is what temporary credentials were issued with, besides what names them.
type Session struct {
	// Kind is the operation that issued them.
	Kind SessionKind `json:"kind"`
	// IssuerID is the unique ID of the role or the user whose policies count, and without
	// which the session is over. It is empty for a root user, and for a role that the
	// account does not have, which the open sandbox gives all rights.
	IssuerID string `json:"issuer,omitempty"`
	// IssuerARN is the user of a federated user.
	IssuerARN string `json:"issuerArn,omitempty"`
	// Policy is the session policy, and PolicyARNs are managed policies that are session
	// policies too.
	Policy     string   `json:"policy,omitempty"`
	PolicyARNs []string `json:"policies,omitempty"`
	// Tags are the session tags. Those whose keys are in Transitive go on to the next
	// session of a chain.
	Tags       []ContextKey `json:"tags,omitempty"`
	Transitive []string     `json:"transitive,omitempty"`
}

// SessionKind is the operation of STS that issues a session.
type SessionKind string

// The kinds of sessions.
const (
	RoleAssumed     SessionKind = "AssumeRole"
	RootAssumed     SessionKind = "AssumeRoot"
	UserSession     SessionKind = "GetSessionToken"
	FederatedIssued SessionKind = "GetFederationToken"
)
