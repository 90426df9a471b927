package change

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/spelling"
	"accord/internal/whatif/model"
)

// Error is an error in a change.
type Error struct {
	// Index is the number of the change in its set, from 0.
	Index int
	// Text says what is wrong, and where.
	Text string
}

func (e *Error) Error() string { return e.Text }

// Apply returns a copy of an organization with the changes, one after the other. The
// organization itself stays as it is. An error is an *Error.
func Apply(o *model.Organization, changes []Change) (*model.Organization, error) {
	a := applier{o.Clone()}
	for i := range changes {
		if err := a.apply(&changes[i]); err != nil {
			return nil, &Error{i, fmt.Sprintf("change %d, %s: %v", i+1, changes[i].String(), err)}
		}
	}
	if err := a.check(o); err != nil {
		return nil, &Error{len(changes) - 1, err.Error()}
	}
	return a.o, nil
}

// String names the change.
func (c *Change) String() string {
	for _, k := range kinds {
		if value := *k.of(c); value != "" {
			return k.name + " " + value
		}
	}
	return "empty"
}

type applier struct{ o *model.Organization }

// kinds are the kinds of changes.
var kinds = []struct {
	name  string
	of    func(c *Change) *string
	apply func(a *applier, c *Change) error
}{
	{"attach", func(c *Change) *string { return &c.Attach }, (*applier).attach},
	{"detach", func(c *Change) *string { return &c.Detach }, (*applier).detach},
	{"update", func(c *Change) *string { return &c.Update }, (*applier).update},
	{"move", func(c *Change) *string { return &c.Move }, (*applier).move},
	{"enable", func(c *Change) *string { return &c.Enable }, (*applier).enable},
	{"disable", func(c *Change) *string { return &c.Disable }, (*applier).disable},
	{"unit", func(c *Change) *string { return &c.Unit }, (*applier).unit},
}

func (a *applier) apply(c *Change) error {
	var found []int
	var names []string
	for i, k := range kinds {
		names = append(names, k.name)
		if *k.of(c) != "" {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("exactly one of %s is expected", strings.Join(names, ", "))
	}
	return kinds[found[0]].apply(a, c)
}

// targets are the targets of a change. The word root stands for the root.
func (a *applier) targets(c *Change) ([]ident.TargetID, error) {
	if len(c.Target) == 0 {
		return nil, fmt.Errorf("it has no target")
	}
	var all []ident.TargetID
	for _, text := range c.Target {
		t := ident.TargetID(text)
		if text == "root" {
			t = a.o.Root.Target()
		}
		if !a.o.Has(t) {
			return nil, fmt.Errorf("the target %.80q is not in the organization %s%s", text, a.o.ID, suggest(a.o, text))
		}
		all = append(all, t)
	}
	return all, nil
}

func (a *applier) attach(c *Change) error {
	targets, err := a.targets(c)
	if err != nil {
		return err
	}
	id, kind, err := a.policyToAttach(c)
	if err != nil {
		return err
	}
	if !slices.Contains(a.o.Enabled, kind) {
		return fmt.Errorf("the policy type %s is not enabled in the organization %s", kind, a.o.ID)
	}
	for _, t := range targets {
		if a.isAttached(id, t) {
			return fmt.Errorf("it is attached to %s already", t)
		}
		one := model.Attachment{Target: t, Policy: id}
		if _, managed := policy.ManagedPolicy(id); managed {
			a.o.Detached = slices.DeleteFunc(a.o.Detached, func(d model.Attachment) bool { return d == one })
			continue
		}
		a.o.Attachments = append(a.o.Attachments, one)
	}
	return nil
}

// policyToAttach is a policy of the organization or of AWS, or a new one.
func (a *applier) policyToAttach(c *Change) (ident.PolicyID, org.PolicyType, error) {
	id := ident.PolicyID(c.Attach)
	if c.Document == "" {
		if managed, is := policy.ManagedPolicy(id); is {
			return id, managed.Type, nil
		}
		if known := a.o.Policy(id); known != nil {
			return id, known.Type, nil
		}
		return "", "", a.unknownPolicy(c.Attach)
	}
	// The same file can be attached by several changes.
	for _, p := range a.o.Policies {
		if p.File != "" && p.File == c.File && p.Content == string(c.Document) {
			return p.ID, p.Type, nil
		}
	}
	kind, err := a.checked(c, org.PolicyType(c.Type))
	if err != nil {
		return "", "", err
	}
	if a.o.Policy(id) != nil || !IsPolicyID(c.Attach) {
		id = ident.PolicyID(fmt.Sprintf("p-new%d", len(a.o.Policies)+1))
	}
	a.o.Policies = append(a.o.Policies, model.Policy{ID: id, Type: kind, Name: c.Attach, Content: string(c.Document), File: c.File})
	return id, kind, nil
}

func (a *applier) unknownPolicy(id string) error {
	var ids []string
	for _, p := range a.o.Policies {
		ids = append(ids, string(p.ID))
	}
	return fmt.Errorf("the organization %s has no policy %.80q%s", a.o.ID, id, spelling.Suggest(id, ids))
}

// checked checks a document and returns its type.
func (a *applier) checked(c *Change, kind org.PolicyType) (org.PolicyType, error) {
	content := string(c.Document)
	if kind == "" {
		kind = TypeOf(content)
	}
	if kind == "" {
		kind = policy.ServiceControl
	}
	if policy.DefinitionOf(kind) == nil {
		return "", unknownType(string(kind))
	}
	if d := policy.Check(kind, content, policy.Options{Now: a.o.At, Management: a.o.Management}); d != nil {
		where := "document"
		if c.File != "" {
			where = c.File
		}
		return "", fmt.Errorf("%s:%d:%d: %s: %s", where, d.Line, d.Column, d.Path, d.Message)
	}
	return kind, nil
}

// TypeOf is the type that a document shows: by its top-level key, and by the principals of
// its statements. It is empty for a document that shows none.
func TypeOf(content string) org.PolicyType {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil || root.Kind != document.Object {
		return ""
	}
	if root.Member("Statement") != nil {
		read, _ := policy.Read(content)
		if slices.ContainsFunc(read.Statements, func(s policy.Statement) bool { return s.Principals != nil }) {
			return policy.ResourceControl
		}
		return policy.ServiceControl
	}
	for _, m := range root.Members {
		for i := range policy.Types {
			if key := policy.Types[i].TopLevelKey(); key != "" && strings.EqualFold(key, m.Name) {
				return policy.Types[i].Type
			}
		}
	}
	return ""
}

func unknownType(name string) error {
	var names []string
	for i := range policy.Types {
		names = append(names, string(policy.Types[i].Type))
	}
	return fmt.Errorf("%.80q is not a policy type%s", name, spelling.Suggest(name, names))
}

// isAttached reports whether a policy is attached to a target.
func (a *applier) isAttached(id ident.PolicyID, t ident.TargetID) bool {
	one := model.Attachment{Target: t, Policy: id}
	if managed, is := policy.ManagedPolicy(id); is {
		return slices.Contains(a.o.Enabled, managed.Type) && !slices.Contains(a.o.Detached, one)
	}
	return slices.Contains(a.o.Attachments, one)
}

func (a *applier) detach(c *Change) error {
	targets, err := a.targets(c)
	if err != nil {
		return err
	}
	id := ident.PolicyID(c.Detach)
	managed, isManaged := policy.ManagedPolicy(id)
	if !isManaged && a.o.Policy(id) == nil {
		return a.unknownPolicy(c.Detach)
	}
	if managed.Fixed {
		return fmt.Errorf("the policy %s cannot be detached", id)
	}
	for _, t := range targets {
		if !a.isAttached(id, t) {
			return fmt.Errorf("it is not attached to %s", t)
		}
		one := model.Attachment{Target: t, Policy: id}
		if isManaged {
			a.o.Detached = append(a.o.Detached, one)
			continue
		}
		a.o.Attachments = slices.DeleteFunc(a.o.Attachments, func(x model.Attachment) bool { return x == one })
	}
	return nil
}

func (a *applier) update(c *Change) error {
	p := a.o.Policy(ident.PolicyID(c.Update))
	if p == nil {
		if _, managed := policy.ManagedPolicy(ident.PolicyID(c.Update)); managed {
			return fmt.Errorf("a policy of AWS cannot be changed")
		}
		return a.unknownPolicy(c.Update)
	}
	if c.Document == "" {
		return fmt.Errorf("it has no document")
	}
	if _, err := a.checked(c, p.Type); err != nil {
		return err
	}
	p.Content, p.File = string(c.Document), c.File
	return nil
}

func (a *applier) move(c *Change) error {
	account := a.o.Account(ident.AccountID(c.Move))
	if account == nil {
		return fmt.Errorf("the account %.80q is not in the organization %s%s", c.Move, a.o.ID, suggest(a.o, c.Move))
	}
	parent, err := a.parent(c.To)
	if err != nil {
		return err
	}
	if account.Parent == parent {
		return fmt.Errorf("it is in %s already", parent)
	}
	account.Parent = parent
	return nil
}

func (a *applier) parent(text string) (ident.ParentID, error) {
	switch {
	case text == "root" || text == string(a.o.Root):
		return a.o.Root.Parent(), nil
	case text == "":
		return "", fmt.Errorf("it has no root or unit to go to")
	case a.o.Unit(ident.UnitID(text)) == nil:
		return "", fmt.Errorf("the organization %s has no root or unit %.80q%s", a.o.ID, text, suggest(a.o, text))
	}
	return ident.ParentID(text), nil
}

func (a *applier) enable(c *Change) error {
	kind := org.PolicyType(c.Enable)
	switch {
	case policy.DefinitionOf(kind) == nil:
		return unknownType(c.Enable)
	case slices.Contains(a.o.Enabled, kind):
		return fmt.Errorf("it is enabled already")
	}
	a.o.Enabled = append(a.o.Enabled, kind)
	return nil
}

// disable disables a type, which detaches all its policies.
func (a *applier) disable(c *Change) error {
	kind := org.PolicyType(c.Disable)
	switch {
	case policy.DefinitionOf(kind) == nil:
		return unknownType(c.Disable)
	case !slices.Contains(a.o.Enabled, kind):
		return fmt.Errorf("it is not enabled")
	}
	a.o.Enabled = slices.DeleteFunc(a.o.Enabled, func(t org.PolicyType) bool { return t == kind })
	a.o.Attachments = slices.DeleteFunc(a.o.Attachments, func(x model.Attachment) bool { return a.typeOf(x.Policy) == kind })
	a.o.Detached = slices.DeleteFunc(a.o.Detached, func(x model.Attachment) bool { return a.typeOf(x.Policy) == kind })
	return nil
}

func (a *applier) typeOf(id ident.PolicyID) org.PolicyType {
	if managed, is := policy.ManagedPolicy(id); is {
		return managed.Type
	}
	if p := a.o.Policy(id); p != nil {
		return p.Type
	}
	return ""
}

// unit adds a unit.
func (a *applier) unit(c *Change) error {
	parent, err := a.parent(c.To)
	if err != nil {
		return err
	}
	if a.o.Has(ident.TargetID(c.Unit)) {
		return fmt.Errorf("the organization has it already")
	}
	// The units of the original are shared.
	a.o.Units = append(slices.Clip(a.o.Units), model.Unit{ID: ident.UnitID(c.Unit), Parent: parent, Name: c.Name})
	return nil
}

// check refuses what the service would refuse: a target without any policy of a type that
// needs one. Targets that were so before are left alone.
func (a *applier) check(before *model.Organization) error {
	was := applier{before}
	for _, d := range a.o.Detached {
		kind := a.typeOf(d.Policy)
		least := policy.DefinitionOf(kind).MinAttached
		if n := a.attached(kind, d.Target); int64(n) < int64(least) && was.attached(kind, d.Target) > n {
			return fmt.Errorf("%s would have %d policies of the type %s, and needs %d", d.Target, n, kind, least)
		}
	}
	return nil
}

// attached is how many policies of a type a target has.
func (a *applier) attached(kind org.PolicyType, t ident.TargetID) int {
	n := 0
	if d := policy.DefinitionOf(kind).Default; d != "" && a.isAttached(d, t) {
		n++
	}
	for _, x := range a.o.Attachments {
		if x.Target == t && a.typeOf(x.Policy) == kind {
			n++
		}
	}
	return n
}
