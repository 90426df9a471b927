package authz

import (
	"errors"
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
)

// onPath are the authorization policies on the path of an account, level by level. A type
// that is not enabled, or of which only the policies of AWS that allow everything are
// attached, has no levels: it can bind nobody.
type onPath struct{ scp, rcp []evaluate.Level }

// namedBytes is about what a policy in a level takes besides the compiled one.
const namedBytes = 200

// compiledBytes is about what the compiled form of a policy takes for each byte of its text.
const compiledBytes = 5

// gather reads the service control policies and the delegation policy that apply to a
// member.
func (r *request) gather() error {
	if r.authorizer.behavior.EnforcePolicies {
		found, err := r.authorizer.policiesOf(r.View, r.Organization, r.Account)
		if err != nil {
			return err
		}
		r.scp = found.scp
	}
	if !r.Operation.Access.Delegable {
		return nil
	}
	var err error
	r.delegation, err = r.authorizer.delegationOf(r.View, r.Organization)
	return err
}

// policiesOf returns the policies on the path of a member.
func (a *Authorizer) policiesOf(v *store.View, o *org.Organization, account *org.Account) (*onPath, error) {
	path := ident.AccountPath(account.Membership.ParentPath, account.ID)
	return cached(a.cache, cacheKey{"path", path}, o.PolicyVersion, func() (*onPath, int, error) {
		types, err := v.EnabledPolicyTypes(o.ID)
		if err != nil {
			return nil, 0, err
		}
		found, bytes := &onPath{}, 0
		for _, t := range types {
			var into *[]evaluate.Level
			switch t.Type {
			case policy.ServiceControl:
				into = &found.scp
			case policy.ResourceControl:
				into = &found.rcp
			default:
				continue
			}
			levels, taken, err := a.levels(v, o, t, ident.OnPath(path))
			if err != nil {
				return nil, 0, err
			}
			*into, bytes = levels, bytes+taken
		}
		return found, bytes, nil
	})
}

// LevelsOf returns the SCPs and the RCPs on the path of an account, which is no management
// account; nil for a type that is not enabled, or that allows everything.
func (a *Authorizer) LevelsOf(v *store.View, o *org.Organization, account *org.Account) (scp, rcp []evaluate.Level, err error) {
	found, err := a.policiesOf(v, o, account)
	if err != nil {
		return nil, nil, err
	}
	return found.scp, found.rcp, nil
}

// kindOf are the kinds of the types that are evaluated.
var kindOf = map[org.PolicyType]evaluate.Kind{
	policy.ServiceControl: evaluate.ServiceControl, policy.ResourceControl: evaluate.ResourceControl,
}

// levels reads the policies of one type on a path; nil if they allow everything.
func (a *Authorizer) levels(v *store.View, o *org.Organization, enabled org.EnabledPolicyType, targets []ident.TargetID) ([]evaluate.Level, int, error) {
	links, err := v.AttachmentLinks(o.ID, enabled.EnablementID, targets)
	if err != nil {
		return nil, 0, err
	}
	definition := policy.DefinitionOf(enabled.Type)
	binds, bytes := false, 0
	levels := make([]evaluate.Level, len(targets))
	for i, target := range targets {
		levels[i].Target = string(target)
		all := &levels[i].Policies
		implied := true
		for _, link := range links {
			if link.Target != target {
				continue
			}
			if link.Policy == definition.Default {
				// A row says that it was detached, or attached again.
				if implied = false; link.Detached {
					binds = true
					continue
				}
				if *all, err = a.withDefault(*all, o, definition); err != nil {
					return nil, 0, err
				}
				continue
			}
			binds = true
			compiled, err := a.compiled(v, o.ID, link, enabled.Type)
			if err != nil {
				return nil, 0, err
			}
			*all = append(*all, &evaluate.Named{Name: string(link.Policy), ARN: o.Owner().PolicyARN(definition.Segment, link.Policy), Policy: compiled})
		}
		if implied {
			if *all, err = a.withDefault(*all, o, definition); err != nil {
				return nil, 0, err
			}
		}
		bytes += namedBytes * len(*all)
	}
	if !binds {
		return nil, 0, nil
	}
	return levels, bytes, nil
}

// withDefault adds the default policy of a type, which allows everything.
func (a *Authorizer) withDefault(to []*evaluate.Named, o *org.Organization, d *policy.Definition) ([]*evaluate.Named, error) {
	managed, _ := policy.ManagedPolicy(d.Default)
	compiled, err := a.compile(cacheKey{string(d.Type), string(managed.ID)}, 0, kindOf[d.Type], func() (string, error) { return managed.Content, nil })
	return append(to, &evaluate.Named{
		Name: managed.Name, ARN: o.Partition.ManagedPolicyARN(d.Segment, managed.ID), Policy: compiled,
	}), err
}

// compiled returns a policy of an organization.
func (a *Authorizer) compiled(v *store.View, organization ident.OrganizationID, link store.AttachmentLink, kind org.PolicyType) (*evaluate.Policy, error) {
	return a.compile(cacheKey{string(kind), link.Digest}, 0, kindOf[kind], func() (string, error) {
		p, err := v.Policy(organization, link.Policy)
		return p.Content, err
	})
}

// compile returns the compiled form of a text, which its key and version identify.
func (a *Authorizer) compile(key cacheKey, version int64, kind evaluate.Kind, read func() (string, error)) (*evaluate.Policy, error) {
	return cached(a.cache, key, version, func() (*evaluate.Policy, int, error) {
		content, err := read()
		if err != nil {
			return nil, 0, err
		}
		compiled, diagnostic := evaluate.Compile(content, kind)
		if diagnostic != nil {
			return nil, 0, fmt.Errorf("the stored policy %s: %w", key.of, diagnosed{diagnostic})
		}
		return compiled, compiledBytes * len(content), nil
	})
}

// diagnosed is a diagnostic as an error.
type diagnosed struct{ *document.Diagnostic }

// delegationOf returns the delegation policy of an organization; nil without one.
func (a *Authorizer) delegationOf(v *store.View, o *org.Organization) (*delegation, error) {
	return cached(a.cache, cacheKey{"delegation", string(o.ID)}, o.PolicyVersion, func() (*delegation, int, error) {
		stored, err := v.ResourcePolicy(o.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		read, diagnostic := policy.Read(stored.Content)
		if diagnostic != nil {
			return nil, 0, fmt.Errorf("the delegation policy of %s: %w", o.ID, diagnosed{diagnostic})
		}
		d := &delegation{
			policy: &evaluate.Named{
				Name: string(stored.ID), ARN: o.Owner().ResourcePolicyARN(stored.ID), Policy: evaluate.CompileDocument(read, evaluate.Resource),
			},
			accounts: map[ident.AccountID]bool{},
		}
		for _, s := range read.Statements {
			if s.Effect == "Allow" {
				d.grant(s.Principals)
			}
		}
		return d, compiledBytes*len(stored.Content) + namedBytes, nil
	})
}
