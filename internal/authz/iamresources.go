package authz

import (
	"cmp"
	"errors"

	"accord/internal/api"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// foreignResources are the resources of a call of IAM or STS: what it names by an ARN, or
// by a name in the caller's account.
func (r *request) foreignResources() ([]resource, error) {
	found := make([]resource, 0, 1)
	for _, n := range r.subject.Resources {
		one, err := r.namedByIAM(n)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		found = append(found, resource{arn: r.itself(), owner: r.Account.ID})
	}
	return found, nil
}

// itself is the user who calls, where an operation on a user names none. [AWS: API
// reference of IAM]
func (r *request) itself() string {
	if r.principal.Kind == evaluate.User && r.Operation.Access.Resource == string(iam.User) {
		return r.principal.ARN
	}
	return anyResource
}

// namedByIAM finds what a member names. The path of what does not exist is the one that
// the request gives it.
func (r *request) namedByIAM(n api.Named) (resource, error) {
	if r.assumes() {
		return r.roleToAssume(n.Text)
	}
	if account, _, ok := cutARN(n.Text); ok {
		if !account.Valid() {
			account = r.Account.ID
		}
		return resource{arn: n.Text, owner: account}, nil
	}
	partition, kind := ident.Partition(r.Caller.Partition), iam.Kind(n.Type)
	out := resource{arn: iam.ARN(partition, r.Account.ID, kind, cmp.Or(r.subject.Path, "/"), n.Text), owner: r.Account.ID}
	if kind == iam.Policy {
		return out, nil
	}
	stored, err := identities.Get(r.View, r.Account.ID, kind, n.Text)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	out.arn, out.iamID = stored.ARN(partition), stored.ID
	return out, err
}
