package policies

import (
	"context"
	"slices"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// ListPolicies lists the managed policies of the account, of AWS, or both: those of the
// account first, each by their names. [AWS: ListPolicies; the order is assumed]
func (s *Service) ListPolicies(ctx context.Context, in *iamapi.ListPoliciesRequest) (*iamapi.ListPoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListPoliciesResponse, error) {
		used, err := identities.UsedPolicies(r.View, r.Caller.Account.ID)
		if err != nil {
			return nil, err
		}
		l := listing{r: r, in: in, used: used}
		policies, next, err := entity.Paged(r, l.after, func(e listed) string { return e.key })
		return &iamapi.ListPoliciesResponse{
			Policies:    entity.All(policies, func(e listed) iamapi.Policy { return e.policy }),
			IsTruncated: new(next != nil), Marker: next,
		}, err
	})
}

// listing is a list of managed policies with its filters.
type listing struct {
	r  *operation.Reader
	in *iamapi.ListPoliciesRequest
	// used are the uses of the policies that the account uses.
	used map[string]iam.Uses
}

// listed is a policy in such a list.
type listed struct {
	key    string
	policy iamapi.Policy
}

// ofAccount and ofAWS begin the keys of policies: a customer's before those of AWS.
const ofAccount, ofAWS = "1", "2"

// after reads up to limit policies after a key.
func (l *listing) after(after string, limit int) ([]listed, error) {
	found := []listed{}
	scope := iamapi.PolicyScopeTypeAll
	if l.in.Scope != nil {
		scope = *l.in.Scope
	}
	prefix := entity.Prefix(l.in.PathPrefix)
	for from := strings.TrimPrefix(after, ofAccount); scope != iamapi.PolicyScopeTypeAws && !strings.HasPrefix(after, ofAWS) && len(found) < limit; {
		batch, err := identities.Policies(l.r.View, l.r.Caller.Account.ID, prefix, from, limit)
		if err != nil {
			return nil, err
		}
		for _, p := range batch {
			from = iam.Key(p.Name)
			l.add(&found, ofAccount+from, entity.Policy{ManagedPolicy: p, ARN: p.ARN(l.r.Caller.Partition())})
		}
		if len(batch) < limit {
			break
		}
	}
	if scope == iamapi.PolicyScopeTypeLocal {
		return found[:min(limit, len(found))], nil
	}
	all := managed.All()
	first := 0
	if name, is := strings.CutPrefix(after, ofAWS); is {
		first, _ = slices.BinarySearchFunc(all, name, func(p managed.Policy, name string) int {
			if iam.Key(p.Name) <= name {
				return -1
			}
			return 1
		})
	}
	for i := first; i < len(all) && len(found) < limit; i++ {
		p := &all[i]
		if !strings.HasPrefix(p.Path, prefix) {
			continue
		}
		l.add(&found, ofAWS+iam.Key(p.Name), entity.Policy{ManagedPolicy: p.ManagedPolicy, AWS: p, ARN: p.ARN(l.r.Caller.Partition())})
	}
	return found[:min(limit, len(found))], nil
}

// add adds a policy, unless a filter leaves it out.
func (l *listing) add(found *[]listed, key string, p entity.Policy) {
	uses := l.used[p.ID]
	if l.in.OnlyAttached != nil && *l.in.OnlyAttached && uses == (iam.Uses{}) {
		return
	}
	if usage := l.in.PolicyUsageFilter; usage != nil {
		if *usage == iamapi.PolicyUsageTypePermissionsPolicy && uses.Attachments == 0 || *usage == iamapi.PolicyUsageTypePermissionsBoundary && uses.Boundaries == 0 {
			return
		}
	}
	*found = append(*found, listed{key, shown(p, uses)})
}

// ListEntitiesForPolicy lists what a managed policy is attached to, or whose boundary it
// is: groups, roles, users, each by their names. [AWS: ListEntitiesForPolicy; the order is
// assumed]
func (s *Service) ListEntitiesForPolicy(ctx context.Context, in *iamapi.ListEntitiesForPolicyRequest) (*iamapi.ListEntitiesForPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListEntitiesForPolicyResponse, error) {
		p, err := find(r, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		all, err := usersOf(r, p.ID, in.PolicyUsageFilter)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(i iam.Identity) bool {
			wanted := in.EntityFilter == nil || entityTypes[*in.EntityFilter] == i.Kind
			return !wanted || !strings.HasPrefix(i.Path, entity.Prefix(in.PathPrefix))
		})
		entities, next, err := entity.Whole(r, all, entityKey)
		out := &iamapi.ListEntitiesForPolicyResponse{
			PolicyGroups: []iamapi.PolicyGroup{}, PolicyUsers: []iamapi.PolicyUser{}, PolicyRoles: []iamapi.PolicyRole{},
			IsTruncated: new(next != nil), Marker: next,
		}
		for _, i := range entities {
			switch i.Kind {
			case iam.Group:
				out.PolicyGroups = append(out.PolicyGroups, iamapi.PolicyGroup{GroupName: new(i.Name), GroupId: new(i.ID)})
			case iam.Role:
				out.PolicyRoles = append(out.PolicyRoles, iamapi.PolicyRole{RoleName: new(i.Name), RoleId: new(i.ID)})
			case iam.User:
				out.PolicyUsers = append(out.PolicyUsers, iamapi.PolicyUser{UserName: new(i.Name), UserId: new(i.ID)})
			}
		}
		return out, err
	})
}

// entityTypes are the kinds by which lists of entities are filtered.
var entityTypes = map[iamapi.EntityType]iam.Kind{
	iamapi.EntityTypeUser: iam.User, iamapi.EntityTypeRole: iam.Role, iamapi.EntityTypeGroup: iam.Group,
}

func entityKey(i iam.Identity) string { return string(i.Kind) + " " + iam.Key(i.Name) }

// usersOf are all to which a policy is attached, and whose boundary it is, once each, in
// the order of their keys.
func usersOf(r *operation.Reader, policy string, usage *iamapi.PolicyUsageType) ([]iam.Identity, error) {
	var all []iam.Identity
	if usage == nil || *usage == iamapi.PolicyUsageTypePermissionsPolicy {
		attached, err := identities.AttachedTo(r.View, r.Caller.Account.ID, policy)
		if err != nil {
			return nil, err
		}
		all = append(all, attached...)
	}
	if usage == nil || *usage == iamapi.PolicyUsageTypePermissionsBoundary {
		bounded, err := identities.Bounded(r.View, r.Caller.Account.ID, policy)
		if err != nil {
			return nil, err
		}
		all = append(all, bounded...)
	}
	slices.SortFunc(all, func(a, b iam.Identity) int { return strings.Compare(entityKey(a), entityKey(b)) })
	return slices.CompactFunc(all, func(a, b iam.Identity) bool { return a.ID == b.ID }), nil
}
