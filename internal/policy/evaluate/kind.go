// Package evaluate decides requests: it matches the statements of policies with a
// request, and combines the policies that apply into one decision.
//
// Everything comes in as values: the policies, the caller, and a Context that gives
// condition keys. The package knows no store, no clock and no operation; which
// policies apply to a caller is gathered elsewhere. The order of a decision is drawn
// in docs/how-a-call-is-decided.md.
package evaluate

// Kind is a kind of policy.
type Kind int

// The kinds of policies.
const (
	Identity        Kind = iota // attached to a user, group or role
	Boundary                    // permissions boundary
	Session                     // passed when a session was made
	ServiceControl              // SCP
	ResourceControl             // RCP
	Resource                    // attached to a resource; the delegation policy of an organization
	Trust                       // attached to a role: whom it trusts
)

// kinds holds how the kinds differ.
var kinds = [...]struct {
	principals bool // statements name principals
	// shortARNs accepts ARNs with fewer than six parts as resources also without a
	// wildcard. The missing parts match everything. [published by users]
	shortARNs bool
	// explicit policies have to allow a caller of their own account too: the policies
	// of its identity are not enough. [AWS: policy evaluation logic]
	explicit bool
	// signed policies mean AWS principals with *, not callers without a signature.
	signed bool
}{
	Identity:        {shortARNs: true},
	Boundary:        {shortARNs: true},
	Session:         {shortARNs: true},
	ServiceControl:  {},
	ResourceControl: {principals: true},
	Resource:        {principals: true},
	Trust:           {principals: true, explicit: true, signed: true},
}
