package model

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
	"accord/internal/policy/wildcard"
)

// Principal is a principal that can be asked about, with the policies of its identity.
type Principal struct {
	evaluate.Principal
	// EntityARN is its ARN in conditions, aws:PrincipalArn: that of the user, of the role or
	// of the root user.
	EntityARN string
	// Administrator says that it stands for those who administer an account that has no
	// user and no role: it is the root user, whom no identity-based policy limits.
	Administrator bool

	name     string // of a user
	userID   string // aws:userid; empty if it is not known
	tags     []org.Tag
	openTags bool // a session may have other tags
	policies []*evaluate.Named
	boundary evaluate.Limit
	role     *Identity
}

// Base is what changes of policies leave as it is: the identities of an organization, and
// what was compiled. It is not safe for concurrent use.
type Base struct {
	compiler  *compiler
	partition ident.Partition
	byAccount map[ident.AccountID][]*Identity
	byID      map[string]*Identity
	managed   map[string]*ManagedPolicy
	known     map[ident.AccountID][]*Principal
}

// NewBase returns the base of an organization.
func NewBase(o *Organization) *Base {
	b := &Base{
		compiler: newCompiler(), partition: o.Partition, byAccount: map[ident.AccountID][]*Identity{}, byID: map[string]*Identity{},
		managed: map[string]*ManagedPolicy{}, known: map[ident.AccountID][]*Principal{},
	}
	for i := range o.Identities {
		found := &o.Identities[i]
		b.byID[found.ID] = found
		b.byAccount[found.Account] = append(b.byAccount[found.Account], found)
	}
	for i := range o.Managed {
		b.managed[o.Managed[i].ID] = &o.Managed[i]
	}
	return b
}

// Principals are the users and roles of an account; without any, its administrator.
// Service-linked roles are left out: organization policies do not bind them.
func (b *Base) Principals(account ident.AccountID) ([]*Principal, error) {
	if known := b.known[account]; known != nil {
		return known, nil
	}
	var all []*Principal
	for _, i := range b.byAccount[account] {
		if i.Kind == iam.Group || i.isServiceLinked() {
			continue
		}
		p, err := b.principal(i)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		root := b.Root(account)
		root.Administrator = true
		all = append(all, root)
	}
	b.known[account] = all
	return all, nil
}

// Root is the root user of an account.
func (b *Base) Root(account ident.AccountID) *Principal {
	arn := b.partition.RootUserARN(account)
	return &Principal{
		Principal: evaluate.Principal{Kind: evaluate.Root, ARN: arn, Account: account}, EntityARN: arn, userID: string(account),
	}
}

// Find returns the principal of an account with an ARN: that of its root user, of a user, of a role or
// of a session of a role. It is nil if there is none.
func (b *Base) Find(account ident.AccountID, arn string) (*Principal, error) {
	if arn == b.partition.RootUserARN(account) {
		return b.Root(account), nil
	}
	session := ""
	if rest, is := strings.CutPrefix(arn, "arn:"+string(b.partition)+":sts::"+string(account)+":assumed-role/"); is {
		arn, session, _ = strings.Cut(rest, "/")
	}
	for _, i := range b.byAccount[account] {
		if i.Kind == iam.Group || session == "" && i.ARN(b.partition) != arn || session != "" && (i.Kind != iam.Role || i.Name != arn) {
			continue
		}
		p, err := b.principal(i)
		if err == nil && session != "" {
			p.ARN = b.sessionARN(i, session)
			p.Principal.ID = i.ID + ":" + session
			p.userID = p.Principal.ID
		}
		return p, err
	}
	return nil, nil
}

// Recorded is a principal as a record of a call names it: its tags are not known.
func Recorded(p evaluate.Principal, entityARN string) *Principal {
	return &Principal{Principal: p, EntityARN: entityARN, openTags: true}
}

// anySession is the name of a session about which nothing is asked.
const anySession = "session"

func (b *Base) sessionARN(role *Identity, session string) string {
	return iam.SessionARN(b.partition, role.Account, role.Name, session)
}

func (b *Base) principal(i *Identity) (*Principal, error) {
	p := &Principal{EntityARN: i.ARN(b.partition), tags: i.Tags}
	if i.Kind == iam.User {
		p.Principal = evaluate.Principal{Kind: evaluate.User, ARN: p.EntityARN, Account: i.Account, ID: i.ID}
		p.name, p.userID = i.Name, i.ID
	} else {
		p.Principal = evaluate.Principal{
			Kind: evaluate.Role, ARN: b.sessionARN(i, anySession), Issuer: p.EntityARN, Account: i.Account, ID: i.ID + ":" + anySession, IssuerID: i.ID, ServiceLinked: i.isServiceLinked(),
		}
		p.openTags, p.role = takesTags(i.Trust), i
	}
	var err error
	if p.policies, err = b.policiesOf(i); err != nil {
		return nil, err
	}
	for _, group := range i.Groups {
		if g := b.byID[group]; g != nil {
			more, err := b.policiesOf(g)
			if err != nil {
				return nil, err
			}
			p.policies = append(p.policies, more...)
		}
	}
	if i.Boundary != "" {
		limit, err := b.managedPolicy(i.Boundary, evaluate.Boundary)
		if err != nil {
			return nil, err
		}
		p.boundary = evaluate.Limit{Applies: true, Policies: []*evaluate.Named{limit}}
	}
	return p, nil
}

// policiesOf are the policies of one identity itself.
func (b *Base) policiesOf(i *Identity) ([]*evaluate.Named, error) {
	var all []*evaluate.Named
	for _, inline := range i.Inline {
		compiled, err := b.compiler.policy(evaluate.Identity, i.ID+"/"+inline.Name, "", Source{Name: inline.Name, Content: inline.Document})
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	for _, id := range i.Policies {
		compiled, err := b.managedPolicy(id, evaluate.Identity)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	return all, nil
}

func (b *Base) managedPolicy(id string, kind evaluate.Kind) (*evaluate.Named, error) {
	if p := managed.ByID(id); p != nil {
		return b.compiler.policy(kind, id, p.ARN(b.partition), Source{Name: p.Name, Content: p.Document})
	}
	p := b.managed[id]
	if p == nil {
		return nil, fmt.Errorf("the managed policy %s is not in the model", id)
	}
	return b.compiler.policy(kind, id, iam.ARN(b.partition, p.Account, iam.Policy, p.Path, p.Name), Source{Name: p.Name, Content: p.Document})
}

func (i *Identity) isServiceLinked() bool {
	return (&iam.Identity{Kind: i.Kind, Path: i.Path}).ServiceLinked() != ""
}

// takesTags reports whether a trust policy allows session tags, whose keys and values are
// then not known. [AWS: pass session tags in AWS STS]
func takesTags(trust string) bool {
	read, diagnostic := policy.Read(trust)
	if diagnostic != nil {
		return false
	}
	return slices.ContainsFunc(read.Statements, func(s policy.Statement) bool {
		return s.Effect == "Allow" && (s.NotActions != nil || slices.ContainsFunc(s.Actions, func(action string) bool {
			return wildcard.Compile(strings.ToLower(action)).Match("sts:tagsession")
		}))
	})
}
