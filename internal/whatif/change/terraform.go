package change

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Plan is what `terraform show -json` says of a plan, as far as it is about an organization.
type Plan struct {
	Changes []Change
	// Ignored are the addresses of changes of resources of AWS Organizations that what
	// policies allow does not depend on, or that cannot be tried, with the reason.
	Ignored []string
}

// plan is the JSON of a plan. [Terraform: JSON Output Format]
type plan struct {
	FormatVersion   string           `json:"format_version"`
	ResourceChanges []resourceChange `json:"resource_changes"`
	Configuration   struct {
		RootModule module `json:"root_module"`
	} `json:"configuration"`
	PriorState struct {
		Values struct {
			RootModule stateModule `json:"root_module"`
		} `json:"values"`
	} `json:"prior_state"`
}

type resourceChange struct {
	Address string `json:"address"`
	Module  string `json:"module_address"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Index   any    `json:"index"`
	Change  struct {
		Actions []string       `json:"actions"`
		Before  map[string]any `json:"before"`
		After   map[string]any `json:"after"`
	} `json:"change"`
}

type module struct {
	Resources []struct {
		Address     string `json:"address"`
		Expressions map[string]struct {
			References []string `json:"references"`
		} `json:"expressions"`
	} `json:"resources"`
	ModuleCalls map[string]struct {
		Module module `json:"module"`
	} `json:"module_calls"`
}

type stateModule struct {
	Resources []struct {
		Address string         `json:"address"`
		Values  map[string]any `json:"values"`
	} `json:"resources"`
	ChildModules []stateModule `json:"child_modules"`
}

// planned is a plan while its changes are collected.
type planned struct {
	plan
	out Plan
	// ids are the IDs, or the names for this set of changes, of policies and units by
	// their addresses.
	ids map[string]string
}

// resourceTypes are the resources that change what policies allow, in the order in which
// their changes are applied: what others name comes first.
var resourceTypes = []struct {
	name    string
	collect func(p *planned, r *resourceChange) error
}{
	{"aws_organizations_organization", (*planned).organization},
	{"aws_organizations_organizational_unit", (*planned).unit},
	{"aws_organizations_account", (*planned).account},
	{"aws_organizations_policy", (*planned).policy},
	{"aws_organizations_policy_attachment", (*planned).attachment},
}

// ParsePlan reads the output of `terraform show -json` of a plan.
func ParsePlan(text []byte) (Plan, error) {
	p := planned{ids: map[string]string{}}
	if err := json.Unmarshal(text, &p.plan); err != nil {
		return Plan{}, fmt.Errorf("not the output of terraform show -json: %w", err)
	}
	if p.FormatVersion == "" || p.ResourceChanges == nil {
		return Plan{}, fmt.Errorf("not the output of terraform show -json of a plan: there is no member %s", map[bool]string{true: "format_version", false: "resource_changes"}[p.FormatVersion == ""])
	}
	p.collectIDs(&p.PriorState.Values.RootModule)
	for _, t := range resourceTypes {
		for i := range p.ResourceChanges {
			r := &p.ResourceChanges[i]
			if r.Type != t.name || r.unchanged() {
				continue
			}
			if err := t.collect(&p, r); err != nil {
				return Plan{}, fmt.Errorf("resource_changes[%d], %s: %w", i, r.Address, err)
			}
		}
	}
	for i := range p.ResourceChanges {
		r := &p.ResourceChanges[i]
		known := slices.ContainsFunc(resourceTypes, func(t struct {
			name    string
			collect func(p *planned, r *resourceChange) error
		}) bool {
			return t.name == r.Type
		})
		if strings.HasPrefix(r.Type, "aws_organizations_") && !known && !r.unchanged() {
			p.ignore(r, "changes of this resource are not tried")
		}
	}
	// A policy is detached before another one is attached that may need its seat.
	slices.SortStableFunc(p.out.Changes, func(a, b Change) int { return rank(a) - rank(b) })
	return p.out, nil
}

// rank orders changes: first what others name, then attachments, then what removes.
func rank(c Change) int {
	order := []string{c.Enable, c.Unit, c.Move, c.Update, c.Attach, c.Detach, c.Disable}
	return slices.IndexFunc(order, func(text string) bool { return text != "" })
}

func (p *planned) ignore(r *resourceChange, why string) {
	p.out.Ignored = append(p.out.Ignored, r.Address+": "+why)
}

func (p *planned) add(c Change) { p.out.Changes = append(p.out.Changes, c) }

func (r *resourceChange) has(action string) bool { return slices.Contains(r.Change.Actions, action) }

func (r *resourceChange) unchanged() bool {
	return !r.has("create") && !r.has("update") && !r.has("delete")
}

// before and after are texts of the resource before and after the change.
func (r *resourceChange) before(name string) string { return textIn(r.Change.Before, name) }
func (r *resourceChange) after(name string) string  { return textIn(r.Change.After, name) }

func textIn(values map[string]any, name string) string {
	text, _ := values[name].(string)
	return text
}

// collectIDs notes the IDs of what exists.
func (p *planned) collectIDs(m *stateModule) {
	for _, r := range m.Resources {
		p.ids[r.Address] = textIn(r.Values, "id")
		if roots, ok := r.Values["roots"].([]any); ok && len(roots) > 0 {
			if root, ok := roots[0].(map[string]any); ok {
				p.ids[r.Address] = textIn(root, "id")
			}
		}
	}
	for i := range m.ChildModules {
		p.collectIDs(&m.ChildModules[i])
	}
}

func (p *planned) organization(r *resourceChange) error {
	if !r.has("update") || len(r.Change.Actions) > 1 {
		p.ignore(r, "an organization that is made or deleted is not tried")
		return nil
	}
	before, after := listIn(r.Change.Before, "enabled_policy_types"), listIn(r.Change.After, "enabled_policy_types")
	for _, t := range after {
		if !slices.Contains(before, t) {
			p.add(Change{Enable: t})
		}
	}
	for _, t := range before {
		if !slices.Contains(after, t) {
			p.add(Change{Disable: t})
		}
	}
	return nil
}

func listIn(values map[string]any, name string) []string {
	var all []string
	list, _ := values[name].([]any)
	for _, v := range list {
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

func (p *planned) unit(r *resourceChange) error {
	switch {
	case !r.has("create"):
		p.ignore(r, "units that are renamed or deleted change no verdict")
		return nil
	case r.has("delete"):
		return fmt.Errorf("a unit that is replaced cannot be tried: its accounts would have to move first")
	}
	to, err := p.resolve(r, "parent_id")
	if err != nil {
		return err
	}
	id := "ou-new-" + r.Address
	p.ids[r.Address] = id
	p.add(Change{Unit: id, Name: r.after("name"), To: to})
	return nil
}

func (p *planned) account(r *resourceChange) error {
	if !r.has("update") || len(r.Change.Actions) > 1 {
		p.ignore(r, "accounts that are made or closed are not tried")
		return nil
	}
	to, err := p.resolve(r, "parent_id")
	if err != nil {
		return err
	}
	if to != r.before("parent_id") {
		p.add(Change{Move: r.before("id"), To: to})
	}
	return nil
}

func (p *planned) policy(r *resourceChange) error {
	if r.has("create") {
		// Also one that is replaced. Its attachments name it.
		p.ids[r.Address] = "p-new-" + r.Address
		return nil
	}
	if r.has("update") && r.before("content") != r.after("content") {
		if r.after("content") == "" {
			return fmt.Errorf("content is not known in the plan")
		}
		p.add(Change{Update: r.before("id"), Document: Document(r.after("content")), File: r.Address})
	}
	return nil
}

func (p *planned) attachment(r *resourceChange) error {
	if r.has("delete") {
		p.add(Change{Detach: r.before("policy_id"), Target: Targets{r.before("target_id")}})
	}
	if !r.has("create") {
		return nil
	}
	target, err := p.resolve(r, "target_id")
	if err != nil {
		return err
	}
	id, err := p.resolve(r, "policy_id")
	if err != nil {
		return err
	}
	c := Change{Attach: id, Target: Targets{target}}
	if address, isNew := strings.CutPrefix(id, "p-new-"); isNew {
		made := p.at(address)
		if made == nil || made.after("content") == "" {
			return fmt.Errorf("the content of %s is not known in the plan", address)
		}
		c.Document, c.File, c.Attach = Document(made.after("content")), address, made.after("name")
		if c.Type = made.after("type"); c.Attach == "" {
			c.Attach = address
		}
	}
	p.add(c)
	return nil
}

func (p *planned) at(address string) *resourceChange {
	for i := range p.ResourceChanges {
		if p.ResourceChanges[i].Address == address {
			return &p.ResourceChanges[i]
		}
	}
	return nil
}

// resolve returns the value of an argument after the change. One that is known only after
// the plan is applied is the ID of another resource, which the configuration names.
func (p *planned) resolve(r *resourceChange, name string) (string, error) {
	if text := r.after(name); text != "" {
		return text, nil
	}
	expressions := p.module(r.Module).expressions(r.Type + "." + r.Name)
	for _, reference := range expressions[name].References {
		found := ""
		for address, id := range p.ids {
			base, index, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(address, r.Module), "."), "[")
			if base != attributeOwner(reference) {
				continue
			}
			if found == "" || index == indexText(r.Index) {
				found = id
			}
		}
		if found != "" {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s is not known in the plan, and is not the ID of a resource of the same module", name)
}

// attributeOwner is the address of the resource in a reference, which may name an
// attribute and an instance.
func attributeOwner(reference string) string {
	parts := strings.SplitN(reference, ".", 3)
	if len(parts) < 2 {
		return reference
	}
	name, _, _ := strings.Cut(parts[1], "[")
	return parts[0] + "." + name
}

func indexText(index any) string {
	if index == nil {
		return ""
	}
	text, _ := json.Marshal(index)
	return string(text) + "]"
}

// module is the configuration of a module by its address, such as module.a["x"].module.b.
func (p *planned) module(address string) *module {
	m := &p.Configuration.RootModule
	for address != "" {
		rest, is := strings.CutPrefix(address, "module.")
		if !is {
			break
		}
		end := strings.IndexAny(rest, ".[")
		name := rest
		if end >= 0 {
			name = rest[:end]
		}
		call := m.ModuleCalls[name].Module
		m = &call
		_, address, _ = strings.Cut(rest, ".module.")
		if address != "" {
			address = "module." + address
		}
	}
	return m
}

func (m *module) expressions(address string) map[string]struct {
	References []string `json:"references"`
} {
	for i := range m.Resources {
		if m.Resources[i].Address == address {
			return m.Resources[i].Expressions
		}
	}
	return nil
}
