package pages

import (
	"cmp"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// chart is what the page of the organization shows.
type chart struct {
	Organization organizationOf
	Tree         node
	// Node is the selected one, Parent the ID of its parent; empty for the root.
	Node   node
	Parent string
	// Account is the selected account, if it is one.
	Account  *memberOf
	Policies []attached
	Tags     []tag
	// Units are those that the tree shows, as places to move to.
	Units []node
	// Manages says that the person acts as the management account.
	Manages bool
	Find    string
	Found   []visit.Account
}

// attached is a policy that is attached to a node.
type attached struct {
	ID, Name, Type string
	AwsManaged     bool
}

// Short is the type without what all types have.
func (a attached) Short() string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(a.Type, "_POLICY"), "_", " "))
}

type tag struct{ Key, Value string }

// rootOf is a root as the API shows it.
type rootOf struct {
	ID, Name    string
	PolicyTypes []struct{ Type, Status string }
}

// PageTitle is the title of the page.
func (c chart) PageTitle() string { return "Organization" }

func showOrganization(v *visit.Visit) (any, error) {
	var described struct{ Organization organizationOf }
	switch err := v.Call("DescribeOrganization", nil, &described); {
	case visit.Is(err, "AWSOrganizationsNotInUseException"):
		return chart{}, nil
	case err != nil:
		return nil, err
	}
	c := chart{Organization: described.Organization, Manages: described.Organization.Management == v.As, Find: v.URL.Query().Get("find")}
	var roots struct{ Roots []rootOf }
	if err := v.Call("ListRoots", nil, &roots); err != nil || len(roots.Roots) == 0 {
		return c, unlessDenied(err)
	}
	root := roots.Roots[0]
	c.Tree = node{ID: root.ID, Name: root.Name, Kind: "root"}
	path, err := c.pathTo(v, cmp.Or(v.PathValue("node"), root.ID))
	if err != nil {
		return nil, err
	}
	if err := grow(v, &c.Tree, path); err != nil {
		return nil, err
	}
	c.note(&c.Tree, path)
	if err := c.details(v, root); err != nil {
		return nil, err
	}
	return c, c.search(v)
}

// unlessDenied is an error apart from that of a member, which sees no tree.
func unlessDenied(err error) error {
	if visit.Is(err, "AccessDeniedException") {
		return nil
	}
	return err
}

// pathTo finds the nodes from the root to one.
func (c *chart) pathTo(v *visit.Visit, id string) ([]string, error) {
	path := ""
	var err error
	switch kindOf(id) {
	case "root":
		if id != c.Tree.ID {
			return nil, errNoNode
		}
		return []string{id}, nil
	case "unit":
		var found struct{ OrganizationalUnit unitOf }
		err = v.Call("DescribeOrganizationalUnit", map[string]string{"OrganizationalUnitId": id}, &found)
		path = found.OrganizationalUnit.Path
	default:
		var found struct{ Account memberOf }
		err = v.Call("DescribeAccount", map[string]string{"AccountId": id}, &found)
		c.Account = &found.Account
		if len(found.Account.Paths) > 0 {
			path = found.Account.Paths[0]
		}
	}
	if err != nil {
		return nil, unknownNode(err)
	}
	// o-…/r-…/ou-…/…/
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 3 {
		return nil, errNoNode
	}
	return parts[1:], nil
}

// unknownNode is the page for an ID that names nothing.
func unknownNode(err error) error {
	if visit.Is(err, "OrganizationalUnitNotFoundException", "ParentNotFoundException", "AccountNotFoundException", "InvalidInputException") {
		return errNoNode
	}
	return err
}

// note finds the selected node and the units of the tree.
func (c *chart) note(n *node, path []string) {
	if n.Selected {
		c.Node = *n
		if len(path) > 1 {
			c.Parent = path[len(path)-2]
		}
	}
	if n.Kind != "account" {
		c.Units = append(c.Units, *n)
	}
	for i := range n.Children {
		c.note(&n.Children[i], path)
	}
}

// details reads what is attached to the selected node. For the root, its own types count.
func (c *chart) details(v *visit.Visit, root rootOf) error {
	for _, t := range root.PolicyTypes {
		if t.Status != "ENABLED" {
			continue
		}
		found, _, err := each[attached](v, "ListPoliciesForTarget", "Policies", map[string]any{"TargetId": c.Node.ID, "Filter": t.Type}, "", branchPages)
		if err != nil {
			return unlessDenied(err)
		}
		c.Policies = append(c.Policies, found...)
	}
	var tags struct{ Tags []tag }
	err := v.Call("ListTagsForResource", map[string]string{"ResourceId": c.Node.ID}, &tags)
	c.Tags = tags.Tags
	return unlessDenied(err)
}

// mostFound bounds what a search lists.
const mostFound = 50

// search finds accounts of the organization by ID, address, or a part of the name, among the
// first 1000 of the server.
func (c *chart) search(v *visit.Visit) error {
	if c.Find == "" || !v.Powers {
		return nil
	}
	all, _, err := v.Accounts("1000")
	if err != nil {
		return err
	}
	asked := strings.ToLower(c.Find)
	for _, a := range all {
		text := strings.ToLower(string(a.ID) + " " + a.Name + " " + a.Email)
		if string(a.Organization) == c.Organization.ID && strings.Contains(text, asked) && len(c.Found) < mostFound {
			c.Found = append(c.Found, a)
		}
	}
	return nil
}

// showBranch reads the children of one node, for a tree that grows.
func showBranch(v *visit.Visit) (any, error) {
	n := node{ID: v.PathValue("node"), Kind: kindOf(v.PathValue("node"))}
	if n.Kind == "account" {
		return nil, errNoNode
	}
	return n, unknownNode(branch(v, &n))
}

// actOnOrganization changes the tree.
func actOnOrganization(v *visit.Visit) (string, error) {
	id, text := v.PathValue("node"), v.PostFormValue
	here := "/organization/" + id
	var operation string
	var in map[string]any
	switch text("do") {
	case "create-unit":
		var made struct{ OrganizationalUnit unitOf }
		err := v.Call("CreateOrganizationalUnit", map[string]any{"ParentId": id, "Name": text("name")}, &made)
		return v.Link("/organization/" + made.OrganizationalUnit.ID), visit.At("name", err)
	case "create-account":
		operation, in = "CreateAccount", map[string]any{"Email": text("email"), "AccountName": text("name")}
	case "rename":
		operation, in = "UpdateOrganizationalUnit", map[string]any{"OrganizationalUnitId": id, "Name": text("name")}
	case "delete":
		operation, in = "DeleteOrganizationalUnit", map[string]any{"OrganizationalUnitId": id}
		here = "/organization/" + text("parent")
	case "move":
		operation, in = "MoveAccount", map[string]any{"AccountId": id, "SourceParentId": text("parent"), "DestinationParentId": text("to")}
	case "close":
		operation, in = "CloseAccount", map[string]any{"AccountId": id}
	case "remove":
		operation, in = "RemoveAccountFromOrganization", map[string]any{"AccountId": id}
		here = "/organization/" + text("parent")
	default:
		return "", visit.ErrUnknownForm
	}
	return v.Link(here), visit.At(fieldsOfTree[text("do")], v.Call(operation, in, nil))
}

// fieldsOfTree are the fields that refusals of forms are about.
var fieldsOfTree = map[string]string{"create-account": "email", "rename": "name", "move": "to"}

// IsManagement reports whether the selected account is the management account.
func (c chart) IsManagement() bool { return ident.AccountID(c.Node.ID) == c.Organization.Management }
