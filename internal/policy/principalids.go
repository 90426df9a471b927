package policy

import (
	"regexp"

	"accord/internal/policy/document"
)

// Entities finds the unique ID of the user or the role that an ARN names, or of the role
// and its session: AIDA…, AROA… or AROA…:session. It is empty if there is no such user or
// role. A policy keeps the ID of whom it names, so that nobody who is made later under the
// same name is meant. [AWS: IAM JSON policy elements: Principal]
type Entities func(arn string) (id string)

// entity matches the ARNs of users, roles and sessions of roles, which are kept as unique
// IDs. [AWS: IAM JSON policy elements: Principal; seen: the role of a session has to exist,
// its name can be any; assumed: what is kept of a session]
var entity = regexp.MustCompile(`^arn:[a-z-]+:(iam::[0-9]{12}:(user|role)|sts::[0-9]{12}:assumed-role)/.`)

// uniqueID matches what is kept of a user or a role, and of a session of a role.
var uniqueID = regexp.MustCompile(`^A(IDA|ROA)[A-Z0-9]+(:.+)?$`)

// Shown returns a stored policy as it is shown: with the ARNs of the users and roles whose
// IDs it keeps. nameOf returns the ARN for an ID, and the ID itself for a user or a role that
// was deleted. [AWS: IAM JSON policy elements: Principal]
func Shown(content string, nameOf func(id string) string) string {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return content
	}
	named := map[*document.Node]string{}
	for _, node := range accountPrincipals(root) {
		if uniqueID.MatchString(node.Text) {
			named[node] = nameOf(node.Text)
		}
	}
	if len(named) == 0 {
		return content
	}
	return document.Replaced(content, named)
}

// accountPrincipals are the texts of the principals of the kind AWS in a policy.
func accountPrincipals(root *document.Node) []*document.Node {
	var found []*document.Node
	for _, statement := range listed(root.Member(statementKey)) {
		found = append(found, listed(statement.Member("Principal").Member("AWS"))...)
	}
	return found
}

// listed are the items of a list, or the one value that stands for a list of it.
func listed(node *document.Node) []*document.Node {
	switch {
	case node == nil:
		return nil
	case node.Kind == document.Array:
		return node.Items
	}
	return []*document.Node{node}
}
