package event

import (
	"cmp"
	"strings"

	"accord/internal/api"
	"accord/internal/ident"
)

// writeIdentity writes the userIdentity of a caller, as the ARN of its principal
// tells it. [AWS: CloudTrail userIdentity element]
func writeIdentity(o *object, c api.Caller) {
	o.open("userIdentity")
	kind, name := principal(c.Principal)
	o.text("type", kind)
	o.given("principalId", cmp.Or(c.UserID, c.Account))
	o.given("arn", c.Principal)
	o.text("accountId", c.Account)
	o.given("accessKeyId", c.AccessKeyID)
	switch kind {
	case "IAMUser":
		o.given("userName", name)
	case "AssumedRole":
		writeSession(o, c, name)
	}
	o.close()
}

// writeSession writes the role of a session, and when the session began. The path of
// the role is not part of the session's ARN.
func writeSession(o *object, c api.Caller, role string) {
	o.open("sessionContext")
	o.open("sessionIssuer")
	o.text("type", "Role")
	id, _, _ := strings.Cut(c.UserID, ":")
	o.given("principalId", id)
	o.text("arn", cmp.Or(c.RoleARN, ident.Partition(c.Partition).RoleARN(ident.AccountID(c.Account), role)))
	o.text("accountId", c.Account)
	o.text("userName", role)
	o.close()
	if !c.SessionCreated.IsZero() {
		o.open("attributes")
		o.text("creationDate", c.SessionCreated.UTC().Format(eventTime))
		o.text("mfaAuthenticated", "false")
		o.close()
	}
	o.given("sourceIdentity", c.SourceIdentity)
	o.close()
}

// principal is the type of a principal and the name that the type goes with:
// that of the user or of the role.
func principal(arn string) (kind, name string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "Unknown", ""
	}
	resource := strings.Split(parts[5], "/")
	last := resource[len(resource)-1]
	switch resource[0] {
	case "root":
		return "Root", ""
	case "user":
		return "IAMUser", last
	case "assumed-role":
		if len(resource) > 2 {
			return "AssumedRole", resource[len(resource)-2]
		}
	case "federated-user":
		return "FederatedUser", last
	}
	return "Unknown", ""
}
