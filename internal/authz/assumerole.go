package authz

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"accord/internal/api"
	"accord/internal/iam"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// noRootUser is the answer to root users in strict mode. [AWS: AssumeRole; seen widely: the
// text]
const noRootUser = "Roles may not be assumed by root accounts."

// refusesRoot reports whether a root user asks for a session that it may not have, and what
// it is answered. In the open sandbox most callers are root users: there one is an
// administrator of its account. [AWS: AssumeRole, AssumeRoot; assumed: the text for the latter]
func (r *request) refusesRoot() (denied string, refused bool, err error) {
	if !r.authorizer.strict || r.principal.Kind != evaluate.Root {
		return "", false, nil
	}
	if r.assumes() {
		return noRootUser, true, nil
	}
	if r.Operation.Access.Action != assumeRoot {
		return "", false, nil
	}
	on, err := r.rootUser()
	return r.unauthorized(assumeRoot, on.arn), true, err
}

// roleToAssume finds the role that a call assumes, with its trust policy. A role that does
// not exist has none: whether it can be assumed is a question of the operation.
func (r *request) roleToAssume(arn string) (resource, error) {
	named, ok := iam.ParseARN(arn)
	out := resource{arn: arn, owner: named.Account}
	if !ok || named.Kind != iam.Role {
		return resource{arn: arn, owner: r.Account.ID}, nil
	}
	stored, err := identities.Get(r.View, named.Account, iam.Role, named.Name)
	if errors.Is(err, store.ErrNotFound) || err == nil && stored.Path != named.Path {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	key := cacheKey{"trust", fmt.Sprintf("%x", sha256.Sum256([]byte(stored.TrustPolicy)))}
	compiled, err := r.authorizer.compile(key, 0, evaluate.Trust, func() (string, error) { return stored.TrustPolicy, nil })
	out.arn, out.iamID = stored.ARN(named.Partition), stored.ID
	out.trust = &evaluate.Named{Name: stored.Name, Policy: compiled}
	return out, err
}

// trusting completes what decides the use of a role: its trust policy, and the policies of
// the caller, also of one whose identity limits it in nothing.
func (r *request) trusting(in *evaluate.Input, asked *evaluate.Request, on *resource) error {
	in.Resource, in.CrossAccount = on.trust, on.owner != r.Account.ID
	if r.identity != nil || r.principal.Kind == evaluate.Root {
		return nil
	}
	all, err := r.authorizer.everything()
	in.Identity, asked.Principal = []*evaluate.Named{all}, r.principal
	return err
}

// everything is an identity-based policy that allows everything.
func (a *Authorizer) everything() (*evaluate.Named, error) {
	const content = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	compiled, err := a.compile(cacheKey{"everything", ""}, 0, evaluate.Identity, func() (string, error) { return content, nil })
	return &evaluate.Named{Name: "everything", Policy: compiled}, err
}

// toPassOn are the actions that a call which assumes a role needs besides: for session
// tags and for a source identity, also for those that stay along a chain. [AWS: pass session
// tags in AWS STS, monitor and control actions taken with assumed roles]
func (r *request) toPassOn(role *resource) []need {
	var needed []need
	if len(r.subject.Tags) > 0 || r.Caller.Has(api.RoleAssumed) && len(r.Caller.Session.Transitive) > 0 {
		needed = append(needed, need{actions.of("sts:TagSession"), role})
	}
	if _, given := find(r.subject.Keys, "sts:sourceidentity"); given || r.Caller.SourceIdentity != "" {
		needed = append(needed, need{actions.of("sts:SetSourceIdentity"), role})
	}
	return needed
}
