package authz

import (
	"cmp"
	"errors"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// foreignResources are the resources of a call of IAM or STS: what it names by an ARN, or
// by a name in the caller's account.
func (r *request) foreignResources() ([]resource, error) {
	if find, is := unnamed[r.Operation.Name]; is {
		one, err := find(r)
		return []resource{one}, err
	}
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
	return r.renamed(found), nil
}

// itself is the user or the root user who calls, where an operation on a user names none.
// [AWS: API reference of IAM; the documents of the policies for AssumeRoot, for root users]
func (r *request) itself() string {
	if r.Operation.Access.Resource == string(iam.User) && (r.principal.Kind == evaluate.User || r.principal.Kind == evaluate.Root) {
		return r.Caller.Principal
	}
	return anyResource
}

// renamed gives what a user or a group is renamed to its path, and adds it where only the
// path changes: a caller needs permission on both. [AWS: UpdateUser, UpdateGroup]
func (r *request) renamed(found []resource) []resource {
	var name, path *string
	kind := iam.User
	switch in := r.Input.(type) {
	case *iamapi.UpdateUserRequest:
		name, path = in.NewUserName, in.NewPath
	case *iamapi.UpdateGroupRequest:
		name, path, kind = in.NewGroupName, in.NewPath, iam.Group
	}
	named, ok := iam.ParseARN(found[0].arn)
	if name == nil && path == nil || !ok {
		return found
	}
	if name != nil {
		named.Name = *name
	}
	if path != nil {
		named.Path = *path
	}
	return []resource{found[0], r.own(kind, named.Path, named.Name)}
}

// namedByIAM finds what a member names. The path of what does not exist is the one that
// the request gives it.
func (r *request) namedByIAM(n api.Named) (resource, error) {
	if r.assumes() {
		return r.roleToAssume(n.Text)
	}
	if account, _, ok := cutARN(n.Text); ok {
		return r.policyByARN(account, n.Text)
	}
	kind := iam.Kind(n.Type)
	out := r.own(kind, cmp.Or(r.subject.Path, "/"), n.Text)
	if kind == iam.Policy {
		return out, nil
	}
	stored, err := identities.Get(r.View, r.Account.ID, kind, n.Text)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.arn, out.iamID = stored.ARN(r.partition()), stored.ID
	if stored.Boundary != "" {
		out.keys, err = r.boundaryKey(stored.Boundary)
	}
	return out, err
}

// policyByARN is a managed policy, with its tags if it is one of the account.
func (r *request) policyByARN(account ident.AccountID, arn string) (resource, error) {
	if !account.Valid() {
		return resource{arn: arn, owner: r.Account.ID}, nil
	}
	out := resource{arn: arn, owner: account}
	named, ok := iam.ParseARN(arn)
	if !ok || named.Kind != iam.Policy || account != r.Account.ID {
		return out, nil
	}
	stored, err := identities.Policy(r.View, account, named.Name)
	if errors.Is(err, store.ErrNotFound) || err == nil && stored.Path != named.Path {
		return out, nil
	}
	out.iamID = stored.ID
	return out, err
}

// boundaryKey is the permissions boundary that a user or a role has, as a condition key,
// unless the request sets one. [AWS: condition keys of IAM]
func (r *request) boundaryKey(id string) ([]api.ContextKey, error) {
	const name = "iam:PermissionsBoundary"
	if _, given := find(r.subject.Keys, name); given {
		return nil, nil
	}
	boundary, err := r.authorizer.managed(r.View, ident.Partition(r.Caller.Partition), id, evaluate.Boundary)
	if err != nil {
		return nil, err
	}
	return []api.ContextKey{{Name: name, Value: boundary.ARN}}, nil
}

// passedRole is the role that a call puts into an instance profile, for which the caller
// needs permission to pass it. [AWS: AddRoleToInstanceProfile]
func (r *request) passedRole() ([]need, error) {
	in, is := r.Input.(*iamapi.AddRoleToInstanceProfileRequest)
	if !is || in.RoleName == nil {
		return nil, nil
	}
	role, err := r.namedByIAM(api.Named{Type: string(iam.Role), Text: *in.RoleName})
	role.keys = append(role.keys, api.ContextKey{Name: "iam:PassedToService", Value: "ec2.amazonaws.com"})
	return []need{{actions.of("iam:PassRole"), &role}}, err
}
