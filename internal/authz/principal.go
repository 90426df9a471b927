package authz

import (
	"strings"
	"sync"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/evaluate"
)

// identity is what IAM keeps of a principal.
type identity struct {
	// id is the unique ID of the user or the role.
	id       string
	policies []*evaluate.Named
	boundary evaluate.Limit
	// session has the session policies; tags are with those of the session.
	session       evaluate.Limit
	tags          []org.Tag
	serviceLinked bool
	// gone says that the user or role was deleted.
	gone bool
}

// principalOf is the principal of a caller, as the ARN tells it.
func principalOf(c *api.Caller) evaluate.Principal {
	p := evaluate.Principal{Kind: evaluate.Root, ARN: c.Principal, Account: ident.AccountID(c.Account)}
	_, resource, _ := cutARN(c.Principal)
	kind, _, _ := strings.Cut(resource, "/")
	switch kind {
	case "user":
		p.Kind, p.ID = evaluate.User, c.UserID
	case "assumed-role":
		p.Kind, p.Issuer, p.ID = evaluate.Role, c.RoleARN, c.UserID
		p.IssuerID, _, _ = strings.Cut(c.UserID, ":")
	case "federated-user":
		p.Kind = evaluate.FederatedUser
		if c.Session != nil {
			p.Issuer, p.IssuerID = c.Session.IssuerARN, c.Session.IssuerID
		}
	}
	return p
}

// cutARN cuts an ARN into its account and its resource.
func cutARN(arn string) (account ident.AccountID, resource string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return "", "", false
	}
	return ident.AccountID(parts[4]), parts[5], true
}

// actionTable has the actions that were decided: each is made once.
type actionTable struct{ known sync.Map }

var actions actionTable

// of returns an action by its name. Names are those of operations, so that there are few.
func (t *actionTable) of(name string) evaluate.Action {
	if known, ok := t.known.Load(name); ok {
		return known.(evaluate.Action)
	}
	made := evaluate.ActionOf(name)
	t.known.Store(name, made)
	return made
}
