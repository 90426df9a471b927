package seeding

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/seed"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// principals makes the users, groups and roles of one account.
type principals struct {
	*run
	*seed.Member
	account   ident.AccountID
	partition ident.Partition
}

// identities makes the users, groups, roles and managed policies of an account: first what
// others name.
func (r *run) identities(m *seed.Member) error {
	if len(m.ManagedPolicies)+len(m.Groups)+len(m.Users)+len(m.Roles) == 0 {
		return nil
	}
	found, err := r.view().AccountWithOrganization(r.accounts[m])
	if err != nil {
		return err
	}
	p := &principals{run: r, Member: m, account: found.Account.ID, partition: ident.AWS}
	if found.Organization != nil {
		p.partition = found.Organization.Partition
	}
	if !found.Account.State.CanSign() {
		r.skip(m.Path, "an account that is "+string(found.Account.State)+" keeps its users, groups and roles as they are")
		return nil
	}
	for i := range m.ManagedPolicies {
		if err := p.managedPolicy(&m.ManagedPolicies[i], fmt.Sprintf("%s.managedPolicies[%d]", m.Path, i)); err != nil {
			return at(fmt.Sprintf("%s.managedPolicies[%d]", m.Path, i), err)
		}
	}
	for i := range m.Groups {
		g := &m.Groups[i]
		if err := p.identity(&wanted{iam.Group, &g.Identity, "", nil, nil}, fmt.Sprintf("%s.groups[%d]", m.Path, i)); err != nil {
			return at(fmt.Sprintf("%s.groups[%d]", m.Path, i), err)
		}
	}
	for i := range m.Users {
		u, where := &m.Users[i], fmt.Sprintf("%s.users[%d]", m.Path, i)
		err := p.identity(&wanted{iam.User, &u.Identity, u.Boundary, u.Tags, nil}, where)
		if err == nil {
			err = p.memberships(u, where)
		}
		if err != nil {
			return at(where, err)
		}
	}
	for i := range m.Roles {
		role := &m.Roles[i]
		if err := p.identity(&wanted{iam.Role, &role.Identity, role.Boundary, role.Tags, role}, fmt.Sprintf("%s.roles[%d]", m.Path, i)); err != nil {
			return at(fmt.Sprintf("%s.roles[%d]", m.Path, i), err)
		}
	}
	return nil
}

// by is a call of the account's root user.
func (p *principals) by(at time.Time) caller { return caller{p.account, p.partition, at} }

// arn names a managed policy: by its ARN, or by its name in the account.
func (p *principals) arn(name string) (arn, id string, err error) {
	if aws, is := strings.CutPrefix(name, p.partition.In("arn:aws:iam::aws:policy")); is {
		return name, managed.ID(strings.TrimSuffix(path.Dir(aws), "/")+"/", path.Base(aws)), nil
	}
	own, err := identities.Policy(p.view(), p.account, path.Base(name))
	if errors.Is(err, store.ErrNotFound) {
		return "", "", fmt.Errorf("the account has no managed policy %.80q", name)
	}
	return own.ARN(p.partition), own.ID, err
}

// managedPolicy makes a managed policy, or gives it a version with other content.
func (p *principals) managedPolicy(w *seed.ManagedPolicy, where string) error {
	have, err := identities.Policy(p.view(), p.account, w.Name)
	if errors.Is(err, store.ErrNotFound) {
		in := &iamapi.CreatePolicyRequest{PolicyName: &w.Name, PolicyDocument: &w.Content, Tags: iamTags(w.Tags), Path: optional(w.Path), Description: optional(w.Description)}
		out, err := call(p.run, p.by(p.now), p.iam.CreatePolicy, in, w.ID)
		if err == nil {
			p.changed(Add, "managed policy", w.Name, *out.Policy.PolicyId, where, "in "+string(p.account))
		}
		return err
	}
	if err != nil {
		return err
	}
	arn := have.ARN(p.partition)
	version, err := identities.PolicyVersion(p.view(), have.ID, have.DefaultVersion)
	if err != nil {
		return err
	}
	if version.Document != w.Content {
		if _, err := call(p.run, p.by(p.now), p.iam.CreatePolicyVersion, &iamapi.CreatePolicyVersionRequest{PolicyArn: &arn, PolicyDocument: &w.Content, SetAsDefault: new(true)}); err != nil {
			return err
		}
		p.changed(Modify, "managed policy", w.Name, have.ID, where, "content")
	}
	put, err := p.missingTags(have.ID, w.Tags)
	if err != nil || len(put) == 0 {
		return err
	}
	p.changed(Modify, "managed policy", w.Name, have.ID, where, "tags "+keys(put))
	_, err = call(p.run, p.by(p.now), p.iam.TagPolicy, &iamapi.TagPolicyRequest{PolicyArn: &arn, Tags: iamTags(put)})
	return err
}

func (p *principals) missingTags(owner string, wanted seed.Tags) (seed.Tags, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	have, err := identities.Tags(p.view(), owner)
	put, _ := differences(have, wanted)
	return put, err
}

// wanted is a user, a group or a role of the document.
type wanted struct {
	kind iam.Kind
	*seed.Identity
	boundary string
	tags     seed.Tags
	// role is nil for the others.
	role *seed.Role
}

// identity makes a user, a group or a role, or changes what differs.
func (p *principals) identity(w *wanted, where string) error {
	have, err := identities.Get(p.view(), p.account, w.kind, w.Name)
	if errors.Is(err, store.ErrNotFound) {
		created, err := p.at(w.Created, p.now, where+".created")
		if err == nil {
			err = p.create(w, created)
		}
		if err != nil {
			return err
		}
		if have, err = identities.Get(p.view(), p.account, w.kind, w.Name); err != nil {
			return err
		}
		p.changed(Add, string(w.kind), w.Name, have.ID, where, "in "+string(p.account))
	} else if err != nil {
		return err
	}
	for _, step := range []func(*wanted, *iam.Identity, string) error{p.settings, p.inline, p.attached, p.bounded, p.tagged} {
		if err := step(w, &have, where); err != nil {
			return err
		}
	}
	return nil
}

func (p *principals) create(w *wanted, created time.Time) error {
	by := p.by(created)
	switch w.kind {
	case iam.Group:
		_, err := call(p.run, by, p.iam.CreateGroup, &iamapi.CreateGroupRequest{GroupName: &w.Name, Path: optional(w.Path)}, w.ID)
		return err
	case iam.User:
		_, err := call(p.run, by, p.iam.CreateUser, &iamapi.CreateUserRequest{UserName: &w.Name, Path: optional(w.Path), Tags: iamTags(w.tags)}, w.ID)
		return err
	}
	in := &iamapi.CreateRoleRequest{
		RoleName: &w.Name, Path: optional(w.Path), AssumeRolePolicyDocument: &w.role.Trust.Content,
		Description: optional(w.role.Description), Tags: iamTags(w.tags),
	}
	if w.role.MaxSession > 0 {
		in.MaxSessionDuration = new(int32(w.role.MaxSession))
	}
	_, err := call(p.run, by, p.iam.CreateRole, in, w.ID)
	return err
}

// settings changes what a role says of itself.
func (p *principals) settings(w *wanted, have *iam.Identity, where string) error {
	if w.role == nil {
		return nil
	}
	var broken error
	stored, rejected := policy.CheckTrust(w.role.Trust.Content, func(arn string) string {
		id, err := identities.PrincipalID(p.view(), arn)
		broken = errors.Join(broken, err)
		return id
	})
	if broken != nil {
		return broken
	}
	if rejected != nil || stored != have.TrustPolicy {
		if _, err := call(p.run, p.by(p.now), p.iam.UpdateAssumeRolePolicy, &iamapi.UpdateAssumeRolePolicyRequest{RoleName: &w.Name, PolicyDocument: &w.role.Trust.Content}); err != nil {
			return err
		}
		p.changed(Modify, "role", w.Name, have.ID, where, "trust policy")
	}
	in := &iamapi.UpdateRoleRequest{RoleName: &w.Name}
	if w.role.Description != "" && w.role.Description != have.Description {
		in.Description = &w.role.Description
	}
	if w.role.MaxSession > 0 && w.role.MaxSession != have.MaxSession {
		in.MaxSessionDuration = new(int32(w.role.MaxSession))
	}
	if in.Description == nil && in.MaxSessionDuration == nil {
		return nil
	}
	p.changed(Modify, "role", w.Name, have.ID, where, "settings")
	_, err := call(p.run, p.by(p.now), p.iam.UpdateRole, in)
	return err
}

// inline puts the inline policies that are missing or differ.
func (p *principals) inline(w *wanted, have *iam.Identity, where string) error {
	stored, err := identities.InlinePolicies(p.view(), have.ID)
	if err != nil {
		return err
	}
	for i := range w.Inline {
		x, at0 := &w.Inline[i], fmt.Sprintf("%s.inline[%d]", where, i)
		if slices.Contains(stored, iam.InlinePolicy{Name: x.Name, Document: x.Content}) {
			continue
		}
		if err := p.putInline(w, x); err != nil {
			return at(at0, err)
		}
		p.changed(Modify, string(w.kind), w.Name, have.ID, at0, "inline policy "+x.Name)
	}
	return nil
}

func (p *principals) putInline(w *wanted, x *seed.Policy) (err error) {
	by := p.by(p.now)
	switch w.kind {
	case iam.Group:
		_, err = call(p.run, by, p.iam.PutGroupPolicy, &iamapi.PutGroupPolicyRequest{GroupName: &w.Name, PolicyName: &x.Name, PolicyDocument: &x.Content})
	case iam.User:
		_, err = call(p.run, by, p.iam.PutUserPolicy, &iamapi.PutUserPolicyRequest{UserName: &w.Name, PolicyName: &x.Name, PolicyDocument: &x.Content})
	default:
		_, err = call(p.run, by, p.iam.PutRolePolicy, &iamapi.PutRolePolicyRequest{RoleName: &w.Name, PolicyName: &x.Name, PolicyDocument: &x.Content})
	}
	return err
}

// attached attaches the managed policies that are missing.
func (p *principals) attached(w *wanted, have *iam.Identity, where string) error {
	stored, err := identities.Attached(p.view(), have.ID)
	if err != nil {
		return err
	}
	for i, name := range w.Policies {
		at0 := fmt.Sprintf("%s.policies[%d]", where, i)
		arn, id, err := p.arn(name)
		if err != nil {
			return failed(at0, "%w", err)
		}
		if slices.Contains(stored, id) {
			continue
		}
		if err := p.attach(w, arn); err != nil {
			return at(at0, err)
		}
		p.changed(Modify, string(w.kind), w.Name, have.ID, at0, "attached "+name)
	}
	return nil
}

func (p *principals) attach(w *wanted, arn string) (err error) {
	by := p.by(p.now)
	switch w.kind {
	case iam.Group:
		_, err = call(p.run, by, p.iam.AttachGroupPolicy, &iamapi.AttachGroupPolicyRequest{GroupName: &w.Name, PolicyArn: &arn})
	case iam.User:
		_, err = call(p.run, by, p.iam.AttachUserPolicy, &iamapi.AttachUserPolicyRequest{UserName: &w.Name, PolicyArn: &arn})
	default:
		_, err = call(p.run, by, p.iam.AttachRolePolicy, &iamapi.AttachRolePolicyRequest{RoleName: &w.Name, PolicyArn: &arn})
	}
	return err
}

// bounded sets the permissions boundary.
func (p *principals) bounded(w *wanted, have *iam.Identity, where string) error {
	if w.boundary == "" {
		return nil
	}
	arn, id, err := p.arn(w.boundary)
	if err != nil {
		return failed(where+".boundary", "%w", err)
	}
	if id == have.Boundary {
		return nil
	}
	p.changed(Modify, string(w.kind), w.Name, have.ID, where+".boundary", "bounded by "+w.boundary)
	if w.kind == iam.User {
		_, err = call(p.run, p.by(p.now), p.iam.PutUserPermissionsBoundary, &iamapi.PutUserPermissionsBoundaryRequest{UserName: &w.Name, PermissionsBoundary: &arn})
		return err
	}
	_, err = call(p.run, p.by(p.now), p.iam.PutRolePermissionsBoundary, &iamapi.PutRolePermissionsBoundaryRequest{RoleName: &w.Name, PermissionsBoundary: &arn})
	return err
}

// tagged puts the tags.
func (p *principals) tagged(w *wanted, have *iam.Identity, where string) error {
	put, err := p.missingTags(have.ID, w.tags)
	if err != nil || len(put) == 0 {
		return err
	}
	p.changed(Modify, string(w.kind), w.Name, have.ID, where, "tags "+keys(put))
	if w.kind == iam.User {
		_, err = call(p.run, p.by(p.now), p.iam.TagUser, &iamapi.TagUserRequest{UserName: &w.Name, Tags: iamTags(put)})
		return err
	}
	_, err = call(p.run, p.by(p.now), p.iam.TagRole, &iamapi.TagRoleRequest{RoleName: &w.Name, Tags: iamTags(put)})
	return err
}

// memberships adds a user to its groups.
func (p *principals) memberships(u *seed.User, where string) error {
	have, err := identities.Get(p.view(), p.account, iam.User, u.Name)
	if err != nil {
		return err
	}
	groups, err := identities.MemberOf(p.view(), have.ID)
	if err != nil {
		return err
	}
	for i, name := range u.Groups {
		if slices.ContainsFunc(groups, func(g iam.Identity) bool { return iam.Key(g.Name) == iam.Key(name) }) {
			continue
		}
		if _, err := call(p.run, p.by(p.now), p.iam.AddUserToGroup, &iamapi.AddUserToGroupRequest{UserName: &u.Name, GroupName: &u.Groups[i]}); err != nil {
			return at(fmt.Sprintf("%s.groups[%d]", where, i), err)
		}
		p.changed(Modify, "user", u.Name, have.ID, where, "in the group "+name)
	}
	return nil
}

func iamTags(tags seed.Tags) []iamapi.Tag {
	var all []iamapi.Tag
	for i := range tags {
		all = append(all, iamapi.Tag{Key: &tags[i].Key, Value: &tags[i].Value})
	}
	return all
}

// optional is a member of a request that is left out if it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
