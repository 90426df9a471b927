package tags

// Kind is a kind of resource that can have tags, as tag policies name it.
type Kind string

// The kinds. [AWS: tag policies, supported resource types; assumed: the names of
// the last two]
const (
	Account          Kind = "organizations:account"
	Root             Kind = "organizations:root"
	Unit             Kind = "organizations:ou"
	Policy           Kind = "organizations:policy"
	DelegationPolicy Kind = "organizations:resourcepolicy"
	Transfer         Kind = "organizations:responsibilitytransfer"
)
