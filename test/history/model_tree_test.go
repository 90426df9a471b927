package history_test

// The model of units and of moves.

// holds reports whether the organization has this root or unit.
func (o *organization) holds(id string) bool { return id == o.root || o.units[id] != nil }

func (o *organization) depth(id string) int {
	if id == o.root {
		return 0
	}
	return o.units[id].depth
}

func (o *organization) taken(parent, name, except string) bool {
	for id, u := range o.units {
		if id != except && u.parent == parent && u.name == name {
			return true
		}
	}
	return false
}

func (m *model) createUnit(a *account, parent, name string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.holds(parent):
		return "ParentNotFoundException"
	case a.org.taken(parent, name, ""):
		return "DuplicateOrganizationalUnitException"
	case a.org.depth(parent) >= depthQuota:
		return "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED"
	}
	return ""
}

func (m *model) renameUnit(a *account, id, name string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case a.org.units[id] == nil:
		return "OrganizationalUnitNotFoundException"
	case a.org.taken(a.org.units[id].parent, name, id):
		return "DuplicateOrganizationalUnitException"
	}
	a.org.units[id].name = name
	return ""
}

func (m *model) deleteUnit(a *account, id string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if o.units[id] == nil {
		return "OrganizationalUnitNotFoundException"
	}
	for _, u := range o.units {
		if u.parent == id {
			return "OrganizationalUnitNotEmptyException"
		}
	}
	for _, member := range m.members(o) {
		if member.parent == id {
			return "OrganizationalUnitNotEmptyException"
		}
	}
	delete(o.units, id)
	delete(o.attached, id)
	return ""
}

func (m *model) move(a, target *account, from, to string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case target.org != a.org:
		return "AccountNotFoundException"
	case !a.org.holds(from):
		return "SourceParentNotFoundException"
	case !a.org.holds(to):
		return "DestinationParentNotFoundException"
	case target.parent != from:
		return "AccountNotFoundException"
	case from == to:
		return "DuplicateAccountException"
	}
	target.parent = to
	return ""
}
