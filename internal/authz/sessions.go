package authz

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
)

// barred is the table of what sessions cannot call, whatever policies say: services by
// the beginning of their actions, and operations of STS. [AWS: compare AWS STS API
// operations, without a device for MFA]
var barred = map[api.SessionKind]struct{ services, ofSTS []string }{
	api.RoleAssumed:     {nil, []string{"GetSessionToken", "GetFederationToken"}},
	api.UserSession:     {[]string{"iam:"}, []string{"GetSessionToken", "GetFederationToken", "AssumeRoot", "GetAccessKeyInfo", "DecodeAuthorizationMessage"}},
	api.FederatedIssued: {[]string{"iam:"}, []string{"AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken", "GetAccessKeyInfo", "DecodeAuthorizationMessage"}},
	api.RootAssumed:     {nil, []string{"AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken"}},
}

// outside reports whether a session cannot call an operation. IAM takes the token of such
// a session for none, and STS says why. [seen widely: both answers]
func outside(c *Call) (gone bool, denied string) {
	if c.Caller.Session == nil {
		return false, ""
	}
	bars, action := barred[c.Caller.Session.Kind], c.Operation.Access.Action
	if slices.ContainsFunc(bars.services, func(service string) bool { return strings.HasPrefix(action, service) }) {
		return true, ""
	}
	if strings.HasPrefix(action, "sts:") && slices.Contains(bars.ofSTS, c.Operation.Name) {
		return false, fmt.Sprintf("Cannot call %s with session credentials", c.Operation.Name)
	}
	return false, ""
}

// identityOf returns what IAM keeps of a caller; nil for one that has all rights of its
// account: the root user, and in the open sandbox the session of a role that is not stored.
func (r *request) identityOf() (*identity, error) {
	stored, err := r.storedIdentity()
	if err != nil || stored != nil && stored.gone {
		return stored, err
	}
	return r.inSession(stored)
}

// isAlive reports whether what a session was issued for is still there. Other callers are
// asked for when they sign.
func (a *Authorizer) isAlive(c *Call) (bool, error) {
	if c.Caller.Session == nil || c.Caller.Session.Kind == api.RootAssumed {
		return true, nil
	}
	r := &request{Call: *c, authorizer: a, principal: principalOf(&c.Caller)}
	found, err := r.identityOf()
	return found == nil || !found.gone, err
}

// inSession is an identity in the session of the caller: limited by the session policies,
// and with the session tags.
func (r *request) inSession(i *identity) (*identity, error) {
	session := r.Caller.Session
	if session == nil {
		return i, nil
	}
	limit, err := r.sessionPolicies()
	if err != nil || !limit.Applies && len(session.Tags) == 0 {
		return i, err
	}
	own := identity{}
	if i != nil {
		own = *i
	} else {
		all, err := r.authorizer.everything()
		if err != nil {
			return nil, err
		}
		own.policies = []*evaluate.Named{all}
	}
	own.session = limit
	own.tags = withTags(own.tags, session.Tags)
	return &own, nil
}

// withTags are the tags of a user or role, with those of a session in place of those that
// have the same keys. [AWS: session tags]
func withTags(own []org.Tag, session []api.ContextKey) []org.Tag {
	all := make([]org.Tag, 0, len(own)+len(session))
	for _, tag := range session {
		all = append(all, org.Tag{Key: tag.Name, Value: tag.Value})
	}
	for _, tag := range own {
		if _, replaced := find(session, tag.Key); !replaced {
			all = append(all, tag)
		}
	}
	return all
}

// sessionPolicies are the session policies of the caller. A federated user without any may
// do nothing by the policies of its user. [AWS: GetFederationToken]
func (r *request) sessionPolicies() (evaluate.Limit, error) {
	session := r.Caller.Session
	limit := evaluate.Limit{
		Applies: session.Kind == api.FederatedIssued || session.Kind == api.RootAssumed || session.Policy != "" || len(session.PolicyARNs) > 0,
	}
	if session.Policy != "" {
		key := cacheKey{"session", fmt.Sprintf("%x", sha256.Sum256([]byte(session.Policy)))}
		compiled, err := r.authorizer.compile(key, 0, evaluate.Session, func() (string, error) { return session.Policy, nil })
		if err != nil {
			return limit, err
		}
		limit.Policies = append(limit.Policies, &evaluate.Named{Policy: compiled})
	}
	if session.Kind == api.RootAssumed {
		// The policies of tasks forbid what is not part of the task, and allow nothing. [AWS:
		// their documents]
		all, err := r.authorizer.everything()
		if err != nil {
			return limit, err
		}
		limit.Policies = append(limit.Policies, all)
	}
	for _, id := range session.PolicyARNs {
		p, err := r.authorizer.managed(r.View, ident.Partition(r.Caller.Partition), id, evaluate.Session)
		if errors.Is(err, store.ErrNotFound) {
			// It was deleted, and allows nothing any more.
			continue
		}
		if err != nil {
			return limit, err
		}
		limit.Policies = append(limit.Policies, p)
	}
	return limit, nil
}
