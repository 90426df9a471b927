package authz

import (
	"errors"
	"strconv"
	"strings"

	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// holder is the unique ID of the user or the role whose policies count; empty for a root
// user, also as the one that a federated user acts for.
func (r *request) holder() string {
	switch {
	case r.principal.Kind == evaluate.Root:
		return ""
	case r.Caller.Session != nil && r.Caller.Session.IssuerID != "":
		return r.Caller.Session.IssuerID
	case r.principal.Kind == evaluate.FederatedUser:
		return ""
	}
	id, _, _ := strings.Cut(r.Caller.UserID, ":")
	return id
}

// storedIdentity returns what IAM keeps of a caller, without what belongs to its session.
// It is shared.
func (r *request) storedIdentity() (*identity, error) {
	id := r.holder()
	if id == "" {
		return nil, nil
	}
	version, err := identities.Version(r.View, r.Account.ID)
	if err != nil {
		return nil, err
	}
	return cached(r.authorizer.cache, cacheKey{"identity", id + " " + r.principal.Issuer}, version, func() (*identity, int, error) {
		stored, err := identities.ByID(r.View, id)
		assumed := r.principal.Kind == evaluate.Role && !r.authorizer.strict && (r.Caller.Session == nil || r.Caller.Session.IssuerID == "")
		if errors.Is(err, store.ErrNotFound) && assumed {
			// The open sandbox lets everybody assume every role, also before it is stored.
			stored, err = identities.Get(r.View, r.Account.ID, iam.Role, nameIn(r.principal.Issuer))
		}
		if errors.Is(err, store.ErrNotFound) || err == nil && stored.Account != r.Account.ID {
			if assumed {
				return nil, 0, nil
			}
			return &identity{gone: true}, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		return r.readIdentity(&stored, version)
	})
}

// readIdentity reads a user or a role with its policies and its tags.
func (r *request) readIdentity(i *iam.Identity, version int64) (*identity, int, error) {
	found := &identity{id: i.ID, serviceLinked: i.ServiceLinked() != ""}
	var err error
	if found.policies, found.boundary, err = r.authorizer.held(r.View, ident.Partition(r.Caller.Partition), i, version); err != nil {
		return nil, 0, err
	}
	found.tags, err = identities.Tags(r.View, i.ID)
	return found, namedBytes * (len(found.policies) + len(found.tags) + 1), err
}

// PoliciesOf returns the policies of a user, a group or a role, those of a user with those
// of its groups, and its permissions boundary.
func (a *Authorizer) PoliciesOf(v *store.View, partition ident.Partition, i *iam.Identity) ([]*evaluate.Named, evaluate.Limit, error) {
	version, err := identities.Version(v, i.Account)
	if err != nil {
		return nil, evaluate.Limit{}, err
	}
	return a.held(v, partition, i, version)
}

// held is PoliciesOf at a version of what the account has.
func (a *Authorizer) held(v *store.View, partition ident.Partition, i *iam.Identity, version int64) (policies []*evaluate.Named, boundary evaluate.Limit, err error) {
	owners := []iam.Identity{*i}
	if i.Kind == iam.User {
		groups, err := identities.MemberOf(v, i.ID)
		if err != nil {
			return nil, boundary, err
		}
		owners = append(owners, groups...)
	}
	for _, owner := range owners {
		own, err := a.policiesHeldBy(v, partition, &owner, version)
		if err != nil {
			return nil, boundary, err
		}
		policies = append(policies, own...)
	}
	if i.Boundary != "" {
		p, err := a.managed(v, partition, i.Boundary, evaluate.Boundary)
		if err != nil {
			return nil, boundary, err
		}
		boundary = evaluate.Limit{Applies: true, Policies: []*evaluate.Named{p}}
	}
	return policies, boundary, nil
}

// policiesHeldBy are the inline and the attached policies of one user, group or role.
func (a *Authorizer) policiesHeldBy(v *store.View, partition ident.Partition, owner *iam.Identity, version int64) (policies []*evaluate.Named, err error) {
	inline, err := identities.InlinePolicies(v, owner.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range inline {
		compiled, err := a.compile(cacheKey{"inline", owner.ID + "/" + p.Name}, version, evaluate.Identity, func() (string, error) { return p.Document, nil })
		if err != nil {
			return nil, err
		}
		policies = append(policies, &evaluate.Named{Name: p.Name, Owner: string(owner.Kind) + "/" + owner.Name, Policy: compiled})
	}
	attached, err := identities.Attached(v, owner.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range attached {
		p, err := a.managed(v, partition, id, evaluate.Identity)
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	return policies, nil
}

// managed returns a managed policy by its ID: one of AWS, or one of a customer in its
// version in force.
func (a *Authorizer) managed(v *store.View, partition ident.Partition, id string, kind evaluate.Kind) (*evaluate.Named, error) {
	key := cacheKey{"managed " + strconv.Itoa(int(kind)), id}
	if p := managed.ByID(id); p != nil {
		compiled, err := a.compile(key, 0, kind, func() (string, error) { return p.Document, nil })
		return &evaluate.Named{Name: p.Name, ARN: p.ARN(partition), Policy: compiled}, err
	}
	p, err := identities.PolicyByID(v, id)
	if err != nil {
		return nil, err
	}
	compiled, err := a.compile(key, p.DefaultVersion, kind, func() (string, error) {
		v, err := identities.PolicyVersion(v, id, p.DefaultVersion)
		return v.Document, err
	})
	return &evaluate.Named{Name: p.Name, ARN: p.ARN(partition), Policy: compiled}, err
}

// nameIn is the name in the ARN of a user or a role, which may have a path.
func nameIn(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
