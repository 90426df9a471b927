package change

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/whatif/model"
)

// Words says what a change does, with the names of an organization.
func (c *Change) Words(o *model.Organization) string {
	var targets []string
	for _, t := range c.Target {
		targets = append(targets, named(o, t))
	}
	on := strings.Join(targets, ", ")
	switch {
	case c.Attach != "":
		return "attach " + c.policy(o, c.Attach) + " to " + on
	case c.Detach != "":
		return "detach " + c.policy(o, c.Detach) + " from " + on
	case c.Update != "":
		return "update " + c.policy(o, c.Update)
	case c.Move != "":
		return "move " + named(o, c.Move) + " to " + named(o, c.To)
	case c.Unit != "":
		return "create the unit " + c.Name + " in " + named(o, c.To)
	}
	return c.String()
}

// policy is the ID of a policy with its name, and the file of its new content.
func (c *Change) policy(o *model.Organization, id string) string {
	text := id
	if p := o.Policy(ident.PolicyID(id)); p != nil && p.Name != id {
		text += " (" + p.Name + ")"
	}
	if c.File != "" && c.File != id {
		text += " from " + c.File
	}
	return text
}

// named is an ID with the name of its root, unit or account.
func named(o *model.Organization, id string) string {
	name := ""
	switch {
	case id == "root" || id == string(o.Root):
		name = org.RootName
	case o.Unit(ident.UnitID(id)) != nil:
		name = o.Unit(ident.UnitID(id)).Name
	case o.Account(ident.AccountID(id)) != nil:
		name = o.Account(ident.AccountID(id)).Name
	}
	if name == "" || strings.EqualFold(name, id) {
		return id
	}
	return id + " (" + name + ")"
}
