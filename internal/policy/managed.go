package policy

import (
	"accord/internal/ident"
	"accord/internal/org"
)

// Managed is a policy that AWS provides in every organization with all
// features. It cannot be changed, deleted or tagged.
type Managed struct {
	ID          ident.PolicyID
	Type        org.PolicyType
	Name        string
	Description string
	Content     string // byte for byte as the service returns it
	// Fixed policies cannot be detached from anything.
	Fixed bool
}

// ManagedPolicies is the table of the policies that AWS provides. It is read
// only. [AWS: CLI reference, describe-policy; resource control policies;
// assumed: layout of the second content]
var ManagedPolicies = []Managed{
	{
		ID:          FullAWSAccess,
		Type:        ServiceControl,
		Name:        "FullAWSAccess",
		Description: "Allows access to every operation",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`,
	},
	{
		ID:          RCPFullAWSAccess,
		Type:        ResourceControl,
		Name:        "RCPFullAWSAccess",
		Description: "Allows access to every resource",
		Content: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`,
		Fixed: true,
	},
}

// ManagedPolicy returns the policy that AWS provides under this id, and false
// for any other id.
func ManagedPolicy(id ident.PolicyID) (Managed, bool) {
	for _, m := range ManagedPolicies {
		if m.ID == id {
			return m, true
		}
	}
	return Managed{}, false
}
