// Package account implements the operations of IAM on an account as a whole: its alias,
// its numbers and all that it has.
package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/quota"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Service has the operations.
type Service struct{ runner *operation.Runner }

// New returns the service.
func New(r *operation.Runner) *Service { return &Service{r} }

// CreateAccountAlias gives the account an alias, in place of the one that it has. [AWS:
// CreateAccountAlias]
func (s *Service) CreateAccountAlias(ctx context.Context, in *iamapi.CreateAccountAliasRequest) (*iamapi.CreateAccountAliasResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateAccountAliasResponse, error) {
		owner, err := identities.AccountOfAlias(u.View, *in.AccountAlias)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return &iamapi.CreateAccountAliasResponse{}, identities.SetAlias(u.Tx, u.Caller.Account.ID, *in.AccountAlias)
		case err != nil:
			return nil, err
		case owner == u.Caller.Account.ID:
			return &iamapi.CreateAccountAliasResponse{}, nil
		}
		return nil, iamapi.ErrEntityAlreadyExists().Saying(fmt.Sprintf(iamapi.TextEntityAlreadyExistsAlias, *in.AccountAlias))
	})
}

// DeleteAccountAlias takes its alias from the account. [AWS: DeleteAccountAlias]
func (s *Service) DeleteAccountAlias(ctx context.Context, in *iamapi.DeleteAccountAliasRequest) (*iamapi.DeleteAccountAliasResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteAccountAliasResponse, error) {
		owner, err := identities.AccountOfAlias(u.View, *in.AccountAlias)
		if errors.Is(err, store.ErrNotFound) || err == nil && owner != u.Caller.Account.ID {
			return nil, entity.NoSuch(iamapi.TextNoSuchEntityAlias, *in.AccountAlias)
		}
		if err != nil {
			return nil, err
		}
		return &iamapi.DeleteAccountAliasResponse{}, identities.DeleteAlias(u.Tx, owner)
	})
}

// ListAccountAliases lists the alias of the account, if it has one. [AWS:
// ListAccountAliases]
func (s *Service) ListAccountAliases(ctx context.Context, in *iamapi.ListAccountAliasesRequest) (*iamapi.ListAccountAliasesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListAccountAliasesResponse, error) {
		all := []string{}
		alias, err := identities.Alias(r.View, r.Caller.Account.ID)
		if err == nil {
			all = append(all, alias)
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		aliases, next, err := entity.Ranked(r, all)
		return &iamapi.ListAccountAliasesResponse{AccountAliases: aliases, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// fixed are the numbers of the summary that are the same for all accounts: what this
// server does not keep, and numbers that are no quota here. [AWS: GetAccountSummary;
// seen: the numbers]
var fixed = map[iamapi.SummaryKeyType]int64{
	iamapi.SummaryKeyTypeServerCertificates: 0, iamapi.SummaryKeyTypeServerCertificatesQuota: 20,
	iamapi.SummaryKeyTypeSigningCertificatesPerUserQuota: 2, iamapi.SummaryKeyTypeMFADevices: 0, iamapi.SummaryKeyTypeMFADevicesInUse: 0,
	iamapi.SummaryKeyTypeAccountMFAEnabled: 0, iamapi.SummaryKeyTypeAccountPasswordPresent: 0, iamapi.SummaryKeyTypeAccountSigningCertificatesPresent: 0,
	iamapi.SummaryKeyTypePolicyVersionsInUseQuota: 10000, iamapi.SummaryKeyTypeGlobalEndpointTokenVersion: 1, iamapi.SummaryKeyTypeProviders: 0,
}

// counted are the numbers of the summary that are kept.
var counted = map[iamapi.SummaryKeyType]iam.Kind{
	iamapi.SummaryKeyTypeUsers: iam.User, iamapi.SummaryKeyTypeGroups: iam.Group, iamapi.SummaryKeyTypeRoles: iam.Role,
	iamapi.SummaryKeyTypePolicies: iam.Policy, iamapi.SummaryKeyTypeInstanceProfiles: iam.InstanceProfile,
}

// limited are the quotas of the summary.
var limited = map[iamapi.SummaryKeyType]quota.Name{
	iamapi.SummaryKeyTypeUsersQuota: quota.IAMUsers, iamapi.SummaryKeyTypeGroupsQuota: quota.IAMGroups, iamapi.SummaryKeyTypeRolesQuota: quota.IAMRoles,
	iamapi.SummaryKeyTypePoliciesQuota: quota.IAMPolicies, iamapi.SummaryKeyTypeInstanceProfilesQuota: quota.IAMInstanceProfiles,
	iamapi.SummaryKeyTypeUserPolicySizeQuota: quota.IAMUserPolicySize, iamapi.SummaryKeyTypeGroupPolicySizeQuota: quota.IAMGroupPolicySize,
	iamapi.SummaryKeyTypeRolePolicySizeQuota: quota.IAMRolePolicySize, iamapi.SummaryKeyTypePolicySizeQuota: quota.IAMManagedPolicySize,
	iamapi.SummaryKeyTypeAssumeRolePolicySizeQuota: quota.IAMTrustPolicySize, iamapi.SummaryKeyTypeGroupsPerUserQuota: quota.IAMGroupsPerUser,
	iamapi.SummaryKeyTypeAccessKeysPerUserQuota: quota.IAMAccessKeysPerUser, iamapi.SummaryKeyTypeAttachedPoliciesPerUserQuota: quota.IAMPoliciesPerUser,
	iamapi.SummaryKeyTypeAttachedPoliciesPerRoleQuota: quota.IAMPoliciesPerRole, iamapi.SummaryKeyTypeAttachedPoliciesPerGroupQuota: quota.IAMPoliciesPerGroup,
	iamapi.SummaryKeyTypeVersionsPerPolicyQuota: quota.IAMPolicyVersions,
}

// GetAccountSummary shows how much of what the account has, and its quotas. [AWS:
// GetAccountSummary]
func (s *Service) GetAccountSummary(ctx context.Context, in *iamapi.GetAccountSummaryRequest) (*iamapi.GetAccountSummaryResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetAccountSummaryResponse, error) {
		numbers := maps.Clone(fixed)
		counts, err := identities.Counts(r.View, r.Caller.Account.ID)
		if err != nil {
			return nil, err
		}
		for key, kind := range counted {
			numbers[key] = counts[kind]
		}
		for key, name := range limited {
			if numbers[key], err = entity.Limit(r, name); err != nil {
				return nil, err
			}
		}
		keys, err := identities.AccessKeys(r.View, r.Caller.Account.ID, "")
		if err != nil {
			return nil, err
		}
		numbers[iamapi.SummaryKeyTypeAccountAccessKeysPresent] = int64(min(len(keys), 1))
		has, err := entity.HasPassword(r, iam.Identity{Account: r.Caller.Account.ID})
		if err != nil {
			return nil, err
		}
		if has {
			numbers[iamapi.SummaryKeyTypeAccountPasswordPresent] = 1
		}
		numbers[iamapi.SummaryKeyTypePolicyVersionsInUse], err = identities.VersionsInUse(r.View, r.Caller.Account.ID)
		out := &iamapi.GetAccountSummaryResponse{}
		for _, key := range slices.Sorted(maps.Keys(numbers)) {
			out.SummaryMap = append(out.SummaryMap, iamapi.SummaryMapTypeEntry{Key: new(key), Value: new(int32(min(numbers[key], 1<<31-1)))})
		}
		return out, err
	})
}
