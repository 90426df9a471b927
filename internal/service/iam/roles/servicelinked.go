package roles

import (
	"context"
	"errors"
	"strings"
	"time"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/org"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

const (
	// longestName is how many characters the name of a role may have. [AWS: IAM quotas]
	longestName = 64
	// taskPrefix begins the ID of a deletion. [AWS: DeleteServiceLinkedRole]
	taskPrefix = "task/aws-service-role/"
	// tasksKept is how long the status of a deletion can be asked for. [assumed]
	tasksKept = 30 * 24 * time.Hour
)

// CreateServiceLinkedRole makes the role of a service. [AWS: CreateServiceLinkedRole]
func (s *Service) CreateServiceLinkedRole(ctx context.Context, in *iamapi.CreateServiceLinkedRoleRequest) (*iamapi.CreateServiceLinkedRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateServiceLinkedRoleResponse, error) {
		role, err := serviceLinked(u, in)
		if err != nil {
			return nil, err
		}
		if err := entity.RequireRoom(u, iam.Role); err != nil {
			return nil, err
		}
		if err := insert(u, role); err != nil {
			return nil, err
		}
		shown, err := entity.ShowWholeRole(u.Reader, role.Identity)
		return &iamapi.CreateServiceLinkedRoleResponse{Role: shown}, err
	})
}

// serviceLinked is the role that a request asks for, whose name is free. It is not saved
// yet.
func serviceLinked(u *operation.Unit, in *iamapi.CreateServiceLinkedRoleRequest) (role iam.MadeRole, err error) {
	principal := *in.AWSServiceName
	of, is := iam.ServiceOf(principal)
	switch {
	case !is:
		return role, invalid(iamapi.TextInvalidInputNoServiceRole, principal)
	case in.CustomSuffix != nil && !of.Suffixed:
		return role, invalid(iamapi.TextInvalidInputNoSuffix, principal)
	}
	name := of.RoleName(operation.Deref(in.CustomSuffix))
	if len(name) > longestName {
		return role, invalid(iamapi.TextInvalidInputLongServiceRole, name, longestName)
	}
	_, err = identities.Get(u.View, u.Caller.Account.ID, iam.Role, name)
	switch {
	case err == nil:
		return role, invalid(iamapi.TextInvalidInputServiceRoleTaken, name)
	case !errors.Is(err, store.ErrNotFound):
		return role, err
	}
	i := entity.New(u, iam.Role, name, new(iam.ServiceLinkedPath(principal)))
	i.RoleSettings = iam.RoleSettings{TrustPolicy: iam.TrustingService(principal), MaxSession: defaultSession}
	role = iam.MadeRole{Identity: i, PolicyPath: "/aws-service-role/", PolicyName: of.Policy}
	if principal == iam.OrganizationsPrincipal {
		role = iam.OrganizationsRole(i.Account, i.ID, i.Created)
	}
	if in.Description != nil {
		role.Description = *in.Description
	}
	return role, nil
}

// insert saves a service-linked role.
func insert(u *operation.Unit, role iam.MadeRole) error {
	if role.PolicyName == "" {
		return identities.Insert(u.Tx, role.Identity)
	}
	if role.ServiceLinked() == iam.OrganizationsPrincipal {
		if _, err := u.Tx.UpdateServiceLinkedRole(role.Account); err != nil {
			return err
		}
	}
	return identities.InsertMade(u.Tx, role, managed.ID(role.PolicyPath, role.PolicyName))
}

// DeleteServiceLinkedRole begins the deletion of a service-linked role, which is over at
// once: its service does not use it, except the Organizations of an organization with all
// features. [AWS: DeleteServiceLinkedRole, Organizations and service-linked roles]
func (s *Service) DeleteServiceLinkedRole(ctx context.Context, in *iamapi.DeleteServiceLinkedRoleRequest) (*iamapi.DeleteServiceLinkedRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteServiceLinkedRoleResponse, error) {
		i, err := entity.Find(u.Reader, iam.Role, *in.RoleName)
		if err != nil {
			return nil, err
		}
		principal := i.ServiceLinked()
		if principal == "" {
			return nil, entity.NoSuch(iamapi.TextNoSuchEntityRole, *in.RoleName)
		}
		task := iam.RoleDeletion{
			ID: taskPrefix + principal + "/" + i.Name + "/" + u.Source.UUID(), Account: i.Account, RoleName: i.Name,
			Status: string(iamapi.DeletionTaskStatusTypeSucceeded), Requested: entity.Now(u),
		}
		if o := u.Caller.Organization; principal == iam.OrganizationsPrincipal && o != nil && o.FeatureSet == org.AllFeatures {
			task.Status, task.Reason = string(iamapi.DeletionTaskStatusTypeFailed), "All features are enabled in the organization of the account, which needs the role."
		} else if err := deleteLinked(u, i); err != nil {
			return nil, err
		}
		return &iamapi.DeleteServiceLinkedRoleResponse{DeletionTaskId: &task.ID},
			identities.InsertRoleDeletion(u.Tx, task, task.Requested.Add(-tasksKept))
	})
}

// deleteLinked deletes a service-linked role.
func deleteLinked(u *operation.Unit, i iam.Identity) error {
	if i.ServiceLinked() == iam.OrganizationsPrincipal {
		a := u.Caller.Account
		a.ServiceLinkedRole = false
		if err := u.Tx.UpdateAccount(a); err != nil {
			return err
		}
	}
	return identities.DeleteMade(u.Tx, i)
}

// GetServiceLinkedRoleDeletionStatus shows how a deletion went. [AWS:
// GetServiceLinkedRoleDeletionStatus]
func (s *Service) GetServiceLinkedRoleDeletionStatus(ctx context.Context, in *iamapi.GetServiceLinkedRoleDeletionStatusRequest) (*iamapi.GetServiceLinkedRoleDeletionStatusResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetServiceLinkedRoleDeletionStatusResponse, error) {
		if !strings.HasPrefix(*in.DeletionTaskId, taskPrefix) {
			return nil, invalid(iamapi.TextInvalidInputDeletionTask, *in.DeletionTaskId)
		}
		task, err := identities.RoleDeletion(r.View, r.Caller.Account.ID, *in.DeletionTaskId)
		if errors.Is(err, store.ErrNotFound) {
			return nil, entity.NoSuch(iamapi.TextNoSuchEntityDeletionTask, *in.DeletionTaskId)
		}
		if err != nil {
			return nil, err
		}
		out := &iamapi.GetServiceLinkedRoleDeletionStatusResponse{Status: new(iamapi.DeletionTaskStatusType(task.Status))}
		if task.Reason != "" {
			out.Reason = &iamapi.DeletionTaskFailureReasonType{Reason: &task.Reason}
		}
		return out, nil
	})
}
