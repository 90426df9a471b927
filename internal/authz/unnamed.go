package authz

import (
	"errors"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/api/stsapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// unnamed are the operations of IAM and STS whose resource no member names by its name or
// its ARN, and how it is found. [AWS: Service Authorization Reference, IAM and STS]
var unnamed = map[string]func(r *request) (resource, error){
	"CreateServiceLinkedRole":            (*request).roleOfService,
	"GetServiceLinkedRoleDeletionStatus": (*request).deletedRole,
	"GetAccessKeyLastUsed":               (*request).ownerOfKey,
	"GetFederationToken":                 (*request).federatedUser,
	"AssumeRoot":                         (*request).rootUser,
}

// roleOfService is the role that CreateServiceLinkedRole makes.
func (r *request) roleOfService() (resource, error) {
	in, is := r.Input.(*iamapi.CreateServiceLinkedRoleRequest)
	if !is || in.AWSServiceName == nil {
		return r.any(), nil
	}
	service, known := iam.ServiceOf(*in.AWSServiceName)
	if !known {
		return r.any(), nil
	}
	suffix := ""
	if in.CustomSuffix != nil {
		suffix = *in.CustomSuffix
	}
	return r.own(iam.Role, iam.ServiceLinkedPath(*in.AWSServiceName), service.RoleName(suffix)), nil
}

// deletedRole is the role of a deletion, as the ID of the task names it.
func (r *request) deletedRole() (resource, error) {
	in, is := r.Input.(*iamapi.GetServiceLinkedRoleDeletionStatusRequest)
	if !is || in.DeletionTaskId == nil {
		return r.any(), nil
	}
	parts := strings.Split(*in.DeletionTaskId, "/")
	if len(parts) != 5 {
		return r.any(), nil
	}
	return r.own(iam.Role, iam.ServiceLinkedPath(parts[2]), parts[3]), nil
}

// ownerOfKey is the user who has an access key, or the root user. A key that the account
// does not have has no owner.
func (r *request) ownerOfKey() (resource, error) {
	in, is := r.Input.(*iamapi.GetAccessKeyLastUsedRequest)
	if !is || in.AccessKeyId == nil {
		return r.any(), nil
	}
	key, err := identities.AccessKey(r.View, strings.TrimSpace(*in.AccessKeyId))
	if errors.Is(err, store.ErrNotFound) || err == nil && key.Account != r.Account.ID {
		return r.any(), nil
	}
	if key.User == "" {
		return resource{arn: r.partition().RootUserARN(r.Account.ID), owner: r.Account.ID}, err
	}
	found := r.own(iam.User, key.UserPath, key.UserName)
	found.iamID = key.User
	return found, err
}

// federatedUser is the user of GetFederationToken.
func (r *request) federatedUser() (resource, error) {
	in, is := r.Input.(*stsapi.GetFederationTokenRequest)
	if !is || in.Name == nil {
		return r.any(), nil
	}
	return resource{arn: "arn:" + r.Caller.Partition + ":sts::" + string(r.Account.ID) + ":federated-user/" + *in.Name, owner: r.Account.ID}, nil
}

// rootUser is the root user that AssumeRoot asks for, with the policy of the task.
func (r *request) rootUser() (resource, error) {
	in, is := r.Input.(*stsapi.AssumeRootRequest)
	if !is || in.TargetPrincipal == nil {
		return r.any(), nil
	}
	account, named := iam.ParseRootUser(*in.TargetPrincipal, r.partition())
	if !named {
		return r.any(), nil
	}
	found := resource{arn: r.partition().RootUserARN(account), owner: account}
	if in.TaskPolicyArn != nil && in.TaskPolicyArn.Arn != nil {
		found.keys = []api.ContextKey{{Name: "sts:TaskPolicyArn", Value: *in.TaskPolicyArn.Arn}}
	}
	return found, nil
}

// any is the resource of a call that names none.
func (r *request) any() resource { return resource{arn: anyResource, owner: r.Account.ID} }

// own is a resource of IAM in the caller's account.
func (r *request) own(kind iam.Kind, path, name string) resource {
	return resource{arn: iam.ARN(r.partition(), r.Account.ID, kind, path, name), owner: r.Account.ID}
}

func (r *request) partition() ident.Partition { return ident.Partition(r.Caller.Partition) }
