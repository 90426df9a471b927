package seeding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/seed"
	"accord/internal/store"
)

// wantedType is a policy type that the document needs, and where it says so.
type wantedType struct{ name, path string }

// wantedTypes are the policy types that the document names, those of the policies that it
// attaches, and those whose default policy it takes off.
func (o *organization) wantedTypes() []wantedType {
	var all []wantedType
	seen := map[string]bool{}
	add := func(name, path string) {
		if !seen[name] {
			seen[name] = true
			all = append(all, wantedType{name, path})
		}
	}
	for i, name := range o.PolicyTypes {
		add(name, fmt.Sprintf("%s.policyTypes[%d]", o.path, i))
	}
	for _, p := range o.places() {
		for i, name := range p.Policies {
			if _, kind, err := o.policyOf(name); err == nil {
				add(string(kind), fmt.Sprintf("%s.policies[%d]", p.path, i))
			}
		}
		for i, name := range p.WithoutDefault {
			add(name, fmt.Sprintf("%s.withoutDefault[%d]", p.path, i))
		}
	}
	return all
}

// enablePolicyTypes enables the types of the document.
func (o *organization) enablePolicyTypes() error {
	for _, wanted := range o.wantedTypes() {
		name, path := wanted.name, wanted.path
		_, err := o.view().EnabledPolicyType(o.id, org.PolicyType(name))
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		kind := orgapi.PolicyType(name)
		if _, err := call(o.run, o.by(o.began()), o.organizations.EnablePolicyType, &orgapi.EnablePolicyTypeRequest{RootId: new(string(o.root)), PolicyType: &kind}); err != nil {
			return at(path, err)
		}
		o.changed(Add, "policy type", name, "", path, "enabled")
	}
	return nil
}

// makePolicies makes the policies that are missing, and changes those that differ.
func (o *organization) makePolicies() error {
	for i := range o.Policies {
		if err := o.makePolicy(&o.Policies[i], fmt.Sprintf("%s.policies[%d]", o.path, i)); err != nil {
			return at(fmt.Sprintf("%s.policies[%d]", o.path, i), err)
		}
	}
	return nil
}

func (o *organization) makePolicy(p *seed.Policy, path string) error {
	kind := org.PolicyType(p.TypeOrDefault())
	have, err := o.view().PolicyByName(o.id, kind, p.Name)
	if p.ID != "" {
		have, err = o.view().Policy(o.id, ident.PolicyID(p.ID))
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		wire := orgapi.PolicyType(kind)
		out, err := call(o.run, o.by(o.began()), o.organizations.CreatePolicy, &orgapi.CreatePolicyRequest{
			Name: &p.Name, Description: &p.Description, Type: &wire, Content: &p.Content, Tags: tagsOf(p.Tags),
		}, p.ID)
		if err != nil {
			return err
		}
		o.policies[p] = ident.PolicyID(*out.Policy.PolicySummary.Id)
		o.changed(Add, "policy", p.Name, string(o.policies[p]), path, string(kind))
		return nil
	case err != nil:
		return err
	case have.Type != kind:
		return failed(path+".type", "the policy %s is a %s", have.ID, have.Type)
	}
	o.policies[p] = have.ID
	in, differs := &orgapi.UpdatePolicyRequest{PolicyId: new(string(have.ID))}, []string{}
	if have.Name != p.Name {
		in.Name, differs = &p.Name, append(differs, "name")
	}
	if p.Description != "" && have.Description != p.Description {
		in.Description, differs = &p.Description, append(differs, "description")
	}
	if have.Content != p.Content && have.Content != policy.Stored(kind, p.Content) {
		in.Content, differs = &p.Content, append(differs, "content")
	}
	if len(differs) == 0 {
		return nil
	}
	if _, err := call(o.run, o.by(o.now), o.organizations.UpdatePolicy, in); err != nil {
		return err
	}
	o.changed(Modify, "policy", p.Name, string(have.ID), path, strings.Join(differs, ", "))
	return nil
}

// place is what policies are attached to, and what has tags.
type place struct {
	*seed.Target
	id         ident.TargetID
	kind, name string
	path       string
}

// places lists root, units and accounts in the order of the document.
func (o *organization) places() []place {
	var all []place
	for i := range o.branches {
		b := &o.branches[i]
		all = append(all, place{&b.Target, ident.TargetID(o.units[b]), "unit", string(b.Name), b.Path})
	}
	for i := range o.members {
		m := &o.members[i]
		all = append(all, place{&m.Target, o.accounts[m].Target(), "account", m.Name, m.Path})
	}
	return all
}

// policyOf is the policy that a name of the document means, whose ID is empty until it is made.
func (o *organization) policyOf(name seed.Ref) (ident.PolicyID, org.PolicyType, error) {
	own, aws, err := o.run.index.Policy(o.index, name)
	if own != nil {
		return o.policies[own], org.PolicyType(own.TypeOrDefault()), nil
	}
	managed, _ := policy.ManagedPolicy(ident.PolicyID(aws))
	return managed.ID, managed.Type, err
}

// attach attaches the policies of the document, and takes default policies off where it says
// so.
func (o *organization) attach() error {
	enabled, err := o.view().EnabledPolicyTypes(o.id)
	if err != nil {
		return err
	}
	for _, p := range o.places() {
		for i, name := range p.Policies {
			path := fmt.Sprintf("%s.policies[%d]", p.path, i)
			if err := o.attachTo(&p, name, path, enabled); err != nil {
				return at(path, err)
			}
		}
		if err := o.defaults(&p, enabled); err != nil {
			return at(p.path, err)
		}
	}
	return nil
}

func (o *organization) attachTo(p *place, name seed.Ref, path string, enabled []org.EnabledPolicyType) error {
	id, kind, err := o.policyOf(name)
	if err != nil {
		return err
	}
	for _, e := range enabled {
		if e.Type != kind {
			continue
		}
		has, err := o.isAttached(e, p.id, id)
		if err != nil || has {
			return err
		}
	}
	return o.callAttach(p, id, string(name), path)
}

// isAttached reports whether a policy is on a target: a default policy is where no row says
// otherwise.
func (o *organization) isAttached(e org.EnabledPolicyType, target ident.TargetID, id ident.PolicyID) (bool, error) {
	row, err := o.view().Attachment(o.id, e.EnablementID, target, id)
	if errors.Is(err, store.ErrNotFound) {
		return id == policy.DefinitionOf(e.Type).Default, nil
	}
	return err == nil && !row.Detached, err
}

func (o *organization) callAttach(p *place, id ident.PolicyID, name, path string) error {
	_, err := call(o.run, o.by(o.began()), o.organizations.AttachPolicy, &orgapi.AttachPolicyRequest{PolicyId: new(string(id)), TargetId: new(string(p.id))})
	if err == nil {
		o.changed(Add, "attachment", name+" on "+p.name, string(id), path, "")
	}
	return err
}

func (o *organization) callDetach(p *place, id ident.PolicyID, name, path string) error {
	_, err := call(o.run, o.by(o.began()), o.organizations.DetachPolicy, &orgapi.DetachPolicyRequest{PolicyId: new(string(id)), TargetId: new(string(p.id))})
	if err == nil {
		o.changed(Remove, "attachment", name+" on "+p.name, string(id), path, "")
	}
	return err
}

// defaults attaches default policies, or detaches them where the document says so.
func (o *organization) defaults(p *place, enabled []org.EnabledPolicyType) error {
	for _, e := range enabled {
		managed, is := policy.ManagedPolicy(policy.DefinitionOf(e.Type).Default)
		if !is {
			continue
		}
		has, err := o.isAttached(e, p.id, managed.ID)
		if err != nil {
			return err
		}
		switch without := slices.Contains(p.WithoutDefault, string(e.Type)); {
		case has && without:
			err = o.callDetach(p, managed.ID, managed.Name, p.path+".withoutDefault")
		case !has && !without:
			err = o.callAttach(p, managed.ID, managed.Name, p.path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkTags finds a tag that is refused whatever it is on: a call with many does not say which.
func (o *organization) checkTags() error {
	all := o.places()
	for i := range o.Policies {
		all = append(all, place{Target: &seed.Target{Tags: o.Policies[i].Tags}, path: fmt.Sprintf("%s.policies[%d]", o.path, i)})
	}
	for _, p := range all {
		for i, tag := range p.Tags {
			in := &orgapi.TagResourceRequest{ResourceId: new("111111111111"), Tags: tagsOf(p.Tags[i : i+1])}
			if err := cmp.Or(in.Validate(), orgapi.CheckScripts(in)); err != nil {
				return &Failure{p.path + ".tags." + tag.Key, err}
			}
		}
	}
	return nil
}

// tagAll puts the tags of the document on what it names.
func (o *organization) tagAll() error {
	for _, p := range o.places() {
		if err := o.tag(string(p.id), p.Tags, p.kind, p.name, p.path); err != nil {
			return at(p.path+".tags", err)
		}
	}
	for i := range o.Policies {
		p, path := &o.Policies[i], fmt.Sprintf("%s.policies[%d]", o.path, i)
		if err := o.tag(string(o.policies[p]), p.Tags, "policy", p.Name, path); err != nil {
			return at(path+".tags", err)
		}
	}
	return nil
}

// tag puts tags on a resource, and takes off the others if they are pruned.
func (o *organization) tag(id string, wanted seed.Tags, kind, name, path string) error {
	if len(wanted) == 0 && !o.Prune {
		return nil
	}
	have, err := o.view().Tags(o.id, id)
	if err != nil {
		return err
	}
	put, off := differences(have, wanted)
	if len(put) > 0 {
		if _, err := call(o.run, o.by(o.now), o.organizations.TagResource, &orgapi.TagResourceRequest{ResourceId: &id, Tags: tagsOf(put)}); err != nil {
			return err
		}
		o.changed(Modify, kind, name, id, path, "tags "+keys(put))
	}
	if len(off) == 0 || !o.Prune {
		return nil
	}
	in := &orgapi.UntagResourceRequest{ResourceId: &id}
	for i := range off {
		in.TagKeys = append(in.TagKeys, &off[i].Key)
	}
	if _, err := call(o.run, o.by(o.now), o.organizations.UntagResource, in); err != nil {
		return err
	}
	o.changed(Modify, kind, name, id, path, "without the tags "+keys(off))
	return nil
}

// differences are the tags to put and those to take off.
func differences(have []org.Tag, wanted seed.Tags) (put, off seed.Tags) {
	for _, tag := range wanted {
		if !slices.Contains(have, org.Tag(tag)) {
			put = append(put, tag)
		}
	}
	for _, tag := range have {
		if !slices.ContainsFunc(wanted, func(w seed.Tag) bool { return w.Key == tag.Key }) {
			off = append(off, seed.Tag(tag))
		}
	}
	return put, off
}

func keys(tags seed.Tags) string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Key
	}
	return strings.Join(names, ", ")
}
