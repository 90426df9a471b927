// Package seed has the document that describes accounts and organizations as a person
// writes them: in YAML or JSON, with names where AWS has IDs. The same document is what
// an organization is read into: a clone, an export, one side of a comparison.
//
// The package is pure: it reads and writes the document and knows no store, no clock and
// no operation.
package seed

import "time"

// Version is the version of the form that this package writes.
const Version = 1

// Document is what should exist, or what was read.
type Document struct {
	// Schema names the JSON schema, for editors.
	Schema  string `json:"$schema,omitempty"`
	Version int    `json:"version"`
	// Clock is the instant at which the virtual clock of the server starts, or at which
	// the state was read. Ages count back from it.
	Clock *time.Time `json:"clock,omitempty"`
	// Accounts are in no organization.
	Accounts      []Account      `json:"accounts,omitempty"`
	Organizations []Organization `json:"organizations,omitempty"`
	// Transfers are responsibility transfers between organizations.
	Transfers []Transfer `json:"transfers,omitempty"`
	// Unread is what a reader was not allowed to see, or could not. It is written by a
	// clone, and nothing is made of it.
	Unread []Unread `json:"unread,omitempty"`
}

// Ref names an account, a unit, a policy or an organization of the document: by its ID,
// or by its name, a unit by its path from the root without a slash at its ends
// ("Workloads/Production"), an organization by its management account. The root is
// "Root".
type Ref string

// When is an instant, or an age that counts back from the clock: one of them, or none.
type When struct {
	At time.Time
	// Age is written as Go does, with d for days: "3d12h".
	Age time.Duration
}

// Organization is an organization with everything that belongs to it.
type Organization struct {
	ID string `json:"id,omitempty" form:"organizationId"`
	// FeatureSet is ALL, the default, or CONSOLIDATED_BILLING.
	FeatureSet string `json:"featureSet,omitempty" form:"featureSet"`
	Partition  string `json:"partition,omitempty" form:"partition"`
	Created    *When  `json:"created,omitempty"`
	// Management is the management account; Unit of it says where it is, if not in the
	// root.
	Management Account `json:"management"`
	// Root has what hangs on the root, and all units and accounts below it.
	Root Unit `json:"root,omitempty"`
	// PolicyTypes are those that are enabled, beside those of policies that are attached.
	PolicyTypes             []string                 `json:"policyTypes,omitempty" form:"policyType"`
	Policies                []Policy                 `json:"policies,omitempty"`
	TrustedServices         []TrustedService         `json:"trustedServices,omitempty"`
	DelegatedAdministrators []DelegatedAdministrator `json:"delegatedAdministrators,omitempty"`
	// DelegationPolicy is the resource policy of the organization.
	DelegationPolicy *Policy     `json:"delegationPolicy,omitempty"`
	Handshakes       []Handshake `json:"handshakes,omitempty"`
	AccountCreations []Creation  `json:"accountCreations,omitempty"`
	// Quotas are those of this organization that differ from the server's.
	Quotas map[string]int64 `json:"quotas,omitempty"`
}

// Target is what all targets of policies have.
type Target struct {
	Tags Tags `json:"tags,omitempty"`
	// Policies are attached, in this order.
	Policies []Ref `json:"policies,omitempty"`
	// WithoutDefault are the policy types whose default policy is detached, such as
	// SERVICE_CONTROL_POLICY for FullAWSAccess.
	WithoutDefault []string `json:"withoutDefault,omitempty" form:"policyType"`
}

// Unit is an organizational unit, or the root.
type Unit struct {
	ID      string `json:"id,omitempty" form:"parentId"`
	Name    string `json:"name,omitempty"`
	Created *When  `json:"created,omitempty"`
	Target
	Units    []Unit    `json:"units,omitempty"`
	Accounts []Account `json:"accounts,omitempty"`
}

// Account is an account, or as many as Count says.
type Account struct {
	ID string `json:"id,omitempty" form:"accountId"`
	// Name and Email may have patterns if Count is set: {n} is the number of the account,
	// {n:05} with so many digits.
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	// Count makes so many accounts; without one it is one, whose name is no pattern.
	Count int `json:"count,omitempty" form:"count"`
	// Unit is where a management account is, if not in the root.
	Unit Ref `json:"unit,omitempty"`
	// State is ACTIVE, the default, or another of the API.
	State string `json:"state,omitempty" form:"accountState"`
	// Joined says how and when the account came into its organization: CREATED, the
	// default, or INVITED.
	JoinedMethod string `json:"joinedMethod,omitempty" form:"joinedMethod"`
	Joined       *When  `json:"joined,omitempty"`
	// RoleName is the role through which the management account enters an account that it
	// created.
	RoleName string `json:"roleName,omitempty"`
	// UnverifiedEmail: the owner has not confirmed the address.
	UnverifiedEmail bool `json:"unverifiedEmail,omitempty"`
	Target
	Users           []User          `json:"users,omitempty"`
	Groups          []Group         `json:"groups,omitempty"`
	Roles           []Role          `json:"roles,omitempty"`
	ManagedPolicies []ManagedPolicy `json:"managedPolicies,omitempty"`
}

// Text is a document of a policy: inline, as an object or as text whose bytes are kept,
// or in a file beside the seed.
type Text struct {
	// Content is the JSON text.
	Content string `json:"content,omitempty" form:"content"`
	// File is a path relative to the seed; once read, its text is in Content, which alone
	// is written again.
	File string `json:"file,omitempty"`
}

// Policy is a policy of a customer.
type Policy struct {
	ID          string `json:"id,omitempty" form:"policyId"`
	Type        string `json:"type,omitempty" form:"policyType"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Text
	Tags Tags `json:"tags,omitempty"`
}

// TrustedService is a service with trusted access.
type TrustedService struct {
	Service string `json:"service"`
	Enabled *When  `json:"enabled,omitempty"`
}

// DelegatedAdministrator is an account that administers a service.
type DelegatedAdministrator struct {
	Account Ref    `json:"account"`
	Service string `json:"service"`
	Enabled *When  `json:"enabled,omitempty"`
}

// Handshake is a handshake that the organization began.
type Handshake struct {
	ID string `json:"id,omitempty" form:"handshakeId"`
	// Kind is the Action of the API: INVITE, the default, ENABLE_ALL_FEATURES.
	Kind string `json:"kind,omitempty" form:"handshakeKind"`
	// To is the account or the address that was invited.
	To string `json:"to,omitempty"`
	// State is that of the API; OPEN is the default.
	State     string `json:"state,omitempty" form:"handshakeState"`
	Requested *When  `json:"requested,omitempty"`
	Expires   *When  `json:"expires,omitempty"`
	// Answered is when it got its state.
	Answered *When  `json:"answered,omitempty"`
	Notes    string `json:"notes,omitempty"`
	Tags     Tags   `json:"tags,omitempty"`
	// Answers are those of the members, for ENABLE_ALL_FEATURES.
	Answers []Answer `json:"answers,omitempty"`
}

// Answer is how a member answered a request of the organization.
type Answer struct {
	ID      string `json:"id,omitempty" form:"handshakeId"`
	Account Ref    `json:"account"`
	State   string `json:"state" form:"answerState"`
	// Answered is when the member did; the default is when the organization asked.
	Answered *When `json:"answered,omitempty"`
}

// Creation is a request to create an account.
type Creation struct {
	ID    string `json:"id,omitempty" form:"creationId"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	// State is SUCCEEDED, FAILED or IN_PROGRESS.
	State         string `json:"state,omitempty" form:"creationState"`
	FailureReason string `json:"failureReason,omitempty" form:"failureReason"`
	Account       Ref    `json:"account,omitempty"`
	Requested     *When  `json:"requested,omitempty"`
	Completed     *When  `json:"completed,omitempty"`
}

// Transfer is a responsibility transfer.
type Transfer struct {
	ID string `json:"id,omitempty" form:"transferId"`
	// Handshake is the ID of the invitation that proposed it.
	Handshake string `json:"handshake,omitempty" form:"handshakeId"`
	Name      string `json:"name"`
	// Target pays; Source is whose bill is paid.
	Target Ref `json:"target"`
	Source Ref `json:"source"`
	// Status is that of the API; ACCEPTED is the default.
	Status    string `json:"status,omitempty" form:"transferStatus"`
	Requested *When  `json:"requested,omitempty"`
	Start     *When  `json:"start,omitempty"`
	End       *When  `json:"end,omitempty"`
}

// Identity is what users, groups and roles have.
type Identity struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"`
	Path    string `json:"path,omitempty"`
	Created *When  `json:"created,omitempty"`
	// Inline are the inline policies.
	Inline []Policy `json:"inline,omitempty"`
	// Policies are managed ones: ARNs, or names of this account's.
	Policies []string `json:"policies,omitempty"`
}

// User is a user of IAM, without its secrets.
type User struct {
	Identity
	Boundary string   `json:"boundary,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Tags     Tags     `json:"tags,omitempty"`
}

// Group is a group of IAM.
type Group struct{ Identity }

// Role is a role of IAM.
type Role struct {
	Identity
	Description string `json:"description,omitempty"`
	Boundary    string `json:"boundary,omitempty"`
	Trust       Text   `json:"trust"`
	// MaxSession is in seconds.
	MaxSession int64 `json:"maxSession,omitempty"`
	Tags       Tags  `json:"tags,omitempty"`
}

// ManagedPolicy is a managed policy of an account.
type ManagedPolicy struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name"`
	Path        string `json:"path,omitempty"`
	Description string `json:"description,omitempty"`
	Text
	Tags Tags `json:"tags,omitempty"`
}

// Tags are tags in their order, written as a mapping.
type Tags []Tag

// Tag is a tag.
type Tag struct{ Key, Value string }

// Unseen is the operation of Unread of what no operation shows.
const Unseen = "(none)"

// Unread is what could not be read, with the operation that failed and its error.
type Unread struct {
	Operation string `json:"operation"`
	Subject   string `json:"subject,omitempty"`
	Error     string `json:"error"`
}
