package event

import (
	"cmp"
	"strings"

	"accord/internal/api"
	"accord/internal/ident"
)

// writeForeigner writes the userIdentity of a caller for another account. [AWS: logging IAM
// and AWS STS API calls with CloudTrail, the example for the account of the role]
func writeForeigner(o *object, c api.Caller) {
	o.open("userIdentity")
	o.text("type", "AWSAccount")
	o.given("principalId", cmp.Or(c.UserID, c.Account))
	o.text("accountId", c.Account)
	o.close()
}

// writeIdentity writes the userIdentity of a caller, as the ARN of its principal
// tells it. A session that asks for one of a root user is marked. [AWS: CloudTrail
// userIdentity element; track privileged tasks]
func writeIdentity(o *object, c api.Caller, forRoot bool) {
	o.open("userIdentity")
	kind, name := principal(c.Principal)
	o.text("type", kind)
	o.given("principalId", cmp.Or(c.UserID, c.Account))
	o.given("arn", c.Principal)
	o.text("accountId", c.Account)
	o.given("accessKeyId", c.AccessKeyID)
	if kind == "IAMUser" {
		o.given("userName", name)
	}
	writeSession(o, c, kind, name, forRoot)
	o.close()
}

// writeSession writes who issued a session, and when it began. The path of a role is not
// part of the session's ARN.
func writeSession(o *object, c api.Caller, kind, name string, forRoot bool) {
	if kind != "AssumedRole" && c.Session == nil {
		return
	}
	o.open("sessionContext")
	switch {
	case kind == "AssumedRole":
		id, _, _ := strings.Cut(c.UserID, ":")
		arn := cmp.Or(c.RoleARN, ident.Partition(c.Partition).RoleARN(ident.AccountID(c.Account), name))
		writeIssuer(o, "Role", id, arn, c.Account, name)
	case kind == "FederatedUser" && c.Session.IssuerID != "":
		_, user := principal(c.Session.IssuerARN)
		writeIssuer(o, "IAMUser", c.Session.IssuerID, c.Session.IssuerARN, c.Account, user)
	case kind == "FederatedUser":
		writeIssuer(o, "Root", c.Account, c.Session.IssuerARN, c.Account, "")
	}
	if !c.SessionCreated.IsZero() {
		o.open("attributes")
		o.text("creationDate", c.SessionCreated.UTC().Format(eventTime))
		o.text("mfaAuthenticated", "false")
		o.close()
	}
	o.given("sourceIdentity", c.SourceIdentity)
	if forRoot || c.Has(api.RootAssumed) {
		o.text("assumedRoot", "true")
	}
	o.close()
}

func writeIssuer(o *object, kind, id, arn, account, name string) {
	o.open("sessionIssuer")
	o.text("type", kind)
	o.given("principalId", id)
	o.text("arn", arn)
	o.text("accountId", account)
	o.given("userName", name)
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
