package account

import (
	"context"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/service/iam/entity"
	"accord/internal/service/iam/policies"
	"accord/internal/service/iam/roles"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// GetAccountAuthorizationDetails shows all users, groups, roles and managed policies of
// the account, in one list of pages. [AWS: GetAccountAuthorizationDetails; the order is
// assumed]
func (s *Service) GetAccountAuthorizationDetails(ctx context.Context, in *iamapi.GetAccountAuthorizationDetailsRequest) (*iamapi.GetAccountAuthorizationDetailsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetAccountAuthorizationDetailsResponse, error) {
		d := details{r: r, filter: in.Filter}
		page, next, err := entity.Paged(r, d.after, func(e entry) string { return e.key })
		out := &iamapi.GetAccountAuthorizationDetailsResponse{
			UserDetailList: []iamapi.UserDetail{}, GroupDetailList: []iamapi.GroupDetail{}, RoleDetailList: []iamapi.RoleDetail{},
			Policies: []iamapi.ManagedPolicyDetail{}, IsTruncated: new(next != nil), Marker: next,
		}
		for _, e := range page {
			if err == nil {
				err = d.show(e, out)
			}
		}
		return out, err
	})
}

// details is the list of all that an account has.
type details struct {
	r      *operation.Reader
	filter []iamapi.EntityType
}

// entry is one of that list: an identity or a policy.
type entry struct {
	key      string
	identity iam.Identity
	policy   *entity.Policy
}

// section is a part of the list: what it holds comes after the sections before it.
type section struct {
	key  string
	kind iamapi.EntityType
	read func(d *details, after string, limit int) ([]entry, error)
}

var sections = []section{
	{"1", iamapi.EntityTypeUser, identitiesOf(iam.User)},
	{"2", iamapi.EntityTypeGroup, identitiesOf(iam.Group)},
	{"3", iamapi.EntityTypeRole, identitiesOf(iam.Role)},
	{"4", iamapi.EntityTypeLocalManagedPolicy, (*details).ownPolicies},
	{"5", iamapi.EntityTypeAWSManagedPolicy, (*details).usedPolicies},
}

// after reads up to limit entries after a key.
func (d *details) after(after string, limit int) ([]entry, error) {
	found := []entry{}
	for _, s := range sections {
		from, within := strings.CutPrefix(after, s.key)
		if after > s.key && !within || len(d.filter) > 0 && !slices.Contains(d.filter, s.kind) || len(found) == limit {
			continue
		}
		if !within {
			from = ""
		}
		entries, err := s.read(d, from, limit-len(found))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			e.key = s.key + e.key
			found = append(found, e)
		}
	}
	return found, nil
}

func identitiesOf(k iam.Kind) func(*details, string, int) ([]entry, error) {
	return func(d *details, after string, limit int) ([]entry, error) {
		found, err := identities.List(d.r.View, d.r.Caller.Account.ID, k, "/", after, limit)
		return entity.All(found, func(i iam.Identity) entry { return entry{key: iam.Key(i.Name), identity: i} }), err
	}
}

func (d *details) ownPolicies(after string, limit int) ([]entry, error) {
	found, err := identities.Policies(d.r.View, d.r.Caller.Account.ID, "/", after, limit)
	return entity.All(found, func(p iam.ManagedPolicy) entry {
		return entry{key: iam.Key(p.Name), policy: &entity.Policy{ManagedPolicy: p, ARN: p.ARN(d.r.Caller.Partition())}}
	}), err
}

// usedPolicies are the policies of AWS that the account uses.
func (d *details) usedPolicies(after string, limit int) ([]entry, error) {
	used, err := identities.UsedPolicies(d.r.View, d.r.Caller.Account.ID)
	if err != nil {
		return nil, err
	}
	found := []entry{}
	for id := range used {
		if p := managed.ByID(id); p != nil && iam.Key(p.Name) > after {
			found = append(found, entry{key: iam.Key(p.Name), policy: &entity.Policy{ManagedPolicy: p.ManagedPolicy, AWS: p, ARN: p.ARN(d.r.Caller.Partition())}})
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return found[:min(limit, len(found))], nil
}

// show adds an entry to the answer.
func (d *details) show(e entry, out *iamapi.GetAccountAuthorizationDetailsResponse) error {
	switch {
	case e.policy != nil:
		return d.showPolicy(e.policy, out)
	case e.identity.Kind == iam.User:
		return d.showUser(e.identity, out)
	case e.identity.Kind == iam.Group:
		return d.showGroup(e.identity, out)
	}
	return d.showRole(e.identity, out)
}

// documents are the policies of an identity.
func (d *details) documents(i *iam.Identity) (inline []iamapi.PolicyDetail, attached []iamapi.AttachedPolicy, err error) {
	own, err := identities.InlinePolicies(d.r.View, i.ID)
	if err != nil {
		return nil, nil, err
	}
	policies, err := entity.AttachedPolicies(d.r, i.ID)
	return entity.All(own, func(p iam.InlinePolicy) iamapi.PolicyDetail {
		return iamapi.PolicyDetail{PolicyName: new(p.Name), PolicyDocument: entity.Encoded(p.Document)}
	}), entity.ShowAttached(policies), err
}

func (d *details) showUser(i iam.Identity, out *iamapi.GetAccountAuthorizationDetailsResponse) error {
	user, err := entity.ShowWholeUser(d.r, i)
	if err != nil {
		return err
	}
	groups, err := identities.MemberOf(d.r.View, i.ID)
	if err != nil {
		return err
	}
	inline, attached, err := d.documents(&i)
	out.UserDetailList = append(out.UserDetailList, iamapi.UserDetail{
		Path: user.Path, UserName: user.UserName, UserId: user.UserId, Arn: user.Arn, CreateDate: user.CreateDate,
		UserPolicyList: inline, AttachedManagedPolicies: attached, GroupList: entity.All(groups, func(g iam.Identity) string { return g.Name }),
		PermissionsBoundary: user.PermissionsBoundary, Tags: user.Tags,
	})
	return err
}

func (d *details) showGroup(i iam.Identity, out *iamapi.GetAccountAuthorizationDetailsResponse) error {
	inline, attached, err := d.documents(&i)
	group := entity.ShowGroup(d.r.Caller.Partition(), i)
	out.GroupDetailList = append(out.GroupDetailList, iamapi.GroupDetail{
		Path: group.Path, GroupName: group.GroupName, GroupId: group.GroupId, Arn: group.Arn, CreateDate: group.CreateDate,
		GroupPolicyList: inline, AttachedManagedPolicies: attached,
	})
	return err
}

func (d *details) showRole(i iam.Identity, out *iamapi.GetAccountAuthorizationDetailsResponse) error {
	role, err := entity.ShowWholeRole(d.r, i)
	if err != nil {
		return err
	}
	profiles, err := identities.MemberOf(d.r.View, i.ID)
	if err != nil {
		return err
	}
	shown, err := roles.ShowProfiles(d.r, profiles)
	if err != nil {
		return err
	}
	inline, attached, err := d.documents(&i)
	out.RoleDetailList = append(out.RoleDetailList, iamapi.RoleDetail{
		Path: role.Path, RoleName: role.RoleName, RoleId: role.RoleId, Arn: role.Arn, CreateDate: role.CreateDate,
		AssumeRolePolicyDocument: role.AssumeRolePolicyDocument, InstanceProfileList: shown, RolePolicyList: inline,
		AttachedManagedPolicies: attached, PermissionsBoundary: role.PermissionsBoundary, Tags: role.Tags, RoleLastUsed: entity.LastUsed(&i),
	})
	return err
}

func (d *details) showPolicy(p *entity.Policy, out *iamapi.GetAccountAuthorizationDetailsResponse) error {
	shown, err := policies.Show(d.r, *p)
	if err != nil {
		return err
	}
	versions, err := policies.Versions(d.r, p)
	detail := iamapi.ManagedPolicyDetail{
		PolicyName: shown.PolicyName, PolicyId: shown.PolicyId, Arn: shown.Arn, Path: shown.Path, DefaultVersionId: shown.DefaultVersionId,
		AttachmentCount: shown.AttachmentCount, PermissionsBoundaryUsageCount: shown.PermissionsBoundaryUsageCount, IsAttachable: shown.IsAttachable,
		CreateDate: shown.CreateDate, UpdateDate: shown.UpdateDate,
		PolicyVersionList: entity.All(versions, func(v iam.Version) iamapi.PolicyVersion {
			return iamapi.PolicyVersion{
				Document: entity.Encoded(v.Document), VersionId: policies.VersionID(v.Number),
				IsDefaultVersion: new(v.Number == p.DefaultVersion), CreateDate: api.At(v.Created),
			}
		}),
	}
	if p.Description != "" {
		detail.Description = new(p.Description)
	}
	out.Policies = append(out.Policies, detail)
	return err
}
