package change

import (
	"cmp"
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
	configuration
	out Plan
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
	p := planned{configuration: configuration{ids: map[string]string{}}}
	if err := json.Unmarshal(text, &p.plan); err != nil {
		return Plan{}, fmt.Errorf("not the output of terraform show -json: %w", err)
	}
	if p.FormatVersion == "" || p.ResourceChanges == nil {
		return Plan{}, fmt.Errorf("not the output of terraform show -json of a plan: there is no member %s", map[bool]string{true: "format_version", false: "resource_changes"}[p.FormatVersion == ""])
	}
	p.root = &p.Configuration.RootModule
	p.collectIDs(&p.PriorState.Values.RootModule)
	p.collectNew()
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
	depths := depthsOf(p.out.Changes)
	slices.SortStableFunc(p.out.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(depths[a.Unit], depths[b.Unit]))
	})
	return p.out, nil
}

// rank orders changes: first what others name, then attachments, then what removes, so that
// no target is without a policy in between.
func rank(c Change) int {
	order := []string{c.Enable, c.Unit, c.Move, c.Update, c.Attach, c.Detach, c.Disable}
	return slices.IndexFunc(order, func(text string) bool { return text != "" })
}

// depthsOf are how many new units new units are in: a plan lists them by their addresses.
func depthsOf(changes []Change) map[string]int {
	parents := map[string]string{}
	for _, c := range changes {
		if c.Unit != "" {
			parents[c.Unit] = c.To
		}
	}
	depths := map[string]int{}
	for unit := range parents {
		for above := parents[unit]; parents[above] != "" && depths[unit] < len(parents); above = parents[above] {
			depths[unit]++
		}
	}
	return depths
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

// New policies and units have these before their addresses, instead of IDs.
const (
	newPolicy = "p-new-"
	newUnit   = "ou-new-"
)

// collectNew names what does not exist yet; also what is replaced. Others name it.
func (p *planned) collectNew() {
	prefixes := map[string]string{"aws_organizations_policy": newPolicy, "aws_organizations_organizational_unit": newUnit}
	for i := range p.ResourceChanges {
		r := &p.ResourceChanges[i]
		if prefix := prefixes[r.Type]; prefix != "" && r.has("create") {
			p.ids[r.Address] = prefix + r.Address
		}
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

// unit adds a unit that is made, also in the place of another one, which has to be empty then.
func (p *planned) unit(r *resourceChange) error {
	if !r.has("create") {
		p.ignore(r, "units that are renamed or deleted change no verdict")
		return nil
	}
	to, err := p.resolve(r, "parent_id")
	if err != nil {
		return err
	}
	p.add(Change{Unit: newUnit + r.Address, Name: r.after("name"), To: to})
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
	if !r.has("create") && r.has("update") && r.before("content") != r.after("content") {
		if r.after("content") == "" {
			return fmt.Errorf("content is not known in the plan")
		}
		p.add(Change{Update: r.before("id"), Document: Document(r.after("content")), File: r.Address})
	}
	return nil
}

func (p *planned) attachment(r *resourceChange) error {
	if kept, _ := r.Change.Before["skip_destroy"].(bool); kept && r.has("delete") {
		p.ignore(r, "skip_destroy leaves the policy attached")
	} else if r.has("delete") {
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
	if address, isNew := strings.CutPrefix(id, newPolicy); isNew {
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
	p.hops = maxHops
	if m := p.module(r.Module); m != nil {
		for i := range m.Resources {
			if m.Resources[i].Address == r.Type+"."+r.Name {
				if id := p.named(r.Module, m.Resources[i].Expressions.references(name), indexText(r.Index)); id != "" {
					return id, nil
				}
			}
		}
	}
	return "", fmt.Errorf("%s is known only when the plan is applied, and which resource it is the ID of is not clear", name)
}
