package ident

import "strings"

// Owner is the part of an ARN that names the owner of a resource: the partition, the
// management account, also for resources of a member, and the organization. [AWS: ARNs
// of AWS Organizations]
type Owner struct {
	Partition    Partition
	Management   AccountID
	Organization OrganizationID
}

func (o Owner) arn(kind string, rest ...string) string {
	return "arn:" + string(o.Partition) + ":organizations::" + string(o.Management) + ":" + kind + "/" +
		string(o.Organization) + suffix(rest)
}

func suffix(rest []string) string {
	if len(rest) == 0 {
		return ""
	}
	return "/" + strings.Join(rest, "/")
}

// OrganizationARN names the organization itself.
func (o Owner) OrganizationARN() string { return o.arn("organization") }

// RootARN names the root.
func (o Owner) RootARN(id RootID) string { return o.arn("root", string(id)) }

// UnitARN names an organizational unit; it holds no path.
func (o Owner) UnitARN(id UnitID) string { return o.arn("ou", string(id)) }

// AccountARN names an account of the organization.
func (o Owner) AccountARN(id AccountID) string { return o.arn("account", string(id)) }

// HandshakeARN names a handshake that the organization sent; segment is the
// action in lower case.
func (o Owner) HandshakeARN(segment string, id HandshakeID) string {
	return o.arn("handshake", segment, string(id))
}

// PolicyARN names a customer policy; segment is the policy type in lower case.
func (o Owner) PolicyARN(segment string, id PolicyID) string {
	return o.arn("policy", segment, string(id))
}

// ResourcePolicyARN names the delegation policy.
func (o Owner) ResourcePolicyARN(id ResourcePolicyID) string {
	return o.arn("resourcepolicy", string(id))
}

// TransferARN names a responsibility transfer as one of its two sides sees it;
// direction is "inbound" or "outbound".
func (o Owner) TransferARN(direction string, id TransferID) string {
	return o.arn("transfer", "billing", direction, string(id))
}

// RootPath is the path of the root, the prefix of every other path. Paths end with a
// slash. [AWS: entity paths]
func RootPath(organization OrganizationID, root RootID) string {
	return string(organization) + "/" + string(root) + "/"
}

// UnitPath is the path of a unit below its parent's path.
func UnitPath(parent string, id UnitID) string { return parent + string(id) + "/" }

// AccountPath is the path of an account below its parent's path.
func AccountPath(parent string, id AccountID) string { return parent + string(id) + "/" }

// OnPath returns the root, the units and the account on a path, from the root down.
func OnPath(path string) []TargetID {
	steps := strings.Split(strings.TrimSuffix(path, "/"), "/")[1:]
	targets := make([]TargetID, len(steps))
	for i, step := range steps {
		targets[i] = TargetID(step)
	}
	return targets
}
