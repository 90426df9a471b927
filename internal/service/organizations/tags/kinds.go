package tags

// Kind is a kind of resource that can have tags, as tag policies name it; "" if no tag
// policy is enforced for it.
type Kind string

// The kinds. Tag policies are not enforced for the delegation policy. Those of
// responsibility transfers are checked, although they have no type to be named by:
// only ALL_SUPPORTED covers them. [AWS: services and resource types that support
// enforcement; API reference, InviteOrganizationToTransferResponsibility; assumed:
// what covers transfers]
const (
	Account          Kind = "organizations:account"
	Root             Kind = "organizations:root"
	Unit             Kind = "organizations:ou"
	Policy           Kind = "organizations:policy"
	DelegationPolicy Kind = ""
	Transfer         Kind = "organizations:responsibilitytransfer"
)
