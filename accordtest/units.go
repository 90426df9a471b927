package accordtest

// Unit is an organizational unit.
type Unit struct {
	ID   string `json:"Id"`
	ARN  string `json:"Arn"`
	Name string
	// Path leads from the organization to the unit, with a slash at its end.
	Path string
}

// Root returns the ID of the root of the actor's organization.
func (a *Actor) Root() string {
	a.t.Helper()
	for _, root := range list[struct {
		ID string `json:"Id"`
	}](a, "ListRoots", "Roots") {
		return root.ID
	}
	return ""
}

// CreateUnit creates a unit in a parent, which is the root or a unit.
func (a *Actor) CreateUnit(parent, name string) Unit {
	a.t.Helper()
	return a.unit("CreateOrganizationalUnit", map[string]any{"ParentId": parent, "Name": name})
}

// DescribeUnit returns the present state of a unit.
func (a *Actor) DescribeUnit(unit string) Unit {
	a.t.Helper()
	return a.unit("DescribeOrganizationalUnit", map[string]any{"OrganizationalUnitId": unit})
}

// RenameUnit renames a unit.
func (a *Actor) RenameUnit(unit, name string) Unit {
	a.t.Helper()
	return a.unit("UpdateOrganizationalUnit", map[string]any{"OrganizationalUnitId": unit, "Name": name})
}

func (a *Actor) unit(operation string, in any) Unit {
	a.t.Helper()
	var out struct{ OrganizationalUnit Unit }
	a.Call(operation, in, &out)
	return out.OrganizationalUnit
}

// DeleteUnit deletes a unit, which must be empty.
func (a *Actor) DeleteUnit(unit string) {
	a.t.Helper()
	a.Call("DeleteOrganizationalUnit", map[string]any{"OrganizationalUnitId": unit}, nil)
}

// Units returns the units directly in a parent, in the order of creation.
func (a *Actor) Units(parent string) []Unit {
	a.t.Helper()
	return listOf[Unit](a, "ListOrganizationalUnitsForParent", "OrganizationalUnits", map[string]any{"ParentId": parent})
}

// AccountsIn returns the accounts directly in a parent, in the order of joining.
func (a *Actor) AccountsIn(parent string) []Account {
	a.t.Helper()
	return listOf[Account](a, "ListAccountsForParent", "Accounts", map[string]any{"ParentId": parent})
}

// ParentOf returns the ID of the root or unit that an account or unit is directly in.
func (a *Actor) ParentOf(child string) string {
	a.t.Helper()
	for _, parent := range listOf[struct {
		ID string `json:"Id"`
	}](a, "ListParents", "Parents", map[string]any{"ChildId": child}) {
		return parent.ID
	}
	return ""
}

// Move moves an account from one parent to another.
func (a *Actor) Move(account, from, to string) {
	a.t.Helper()
	a.Call("MoveAccount", map[string]any{"AccountId": account, "SourceParentId": from, "DestinationParentId": to}, nil)
}
