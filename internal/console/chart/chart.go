package chart

import (
	"cmp"
	"slices"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/export"
	"accord/internal/ident"
)

// Chart is what the page of an organization shows.
type Chart struct {
	Organization Organization
	Tree         Node
	// Cut says that some policies are without badges.
	Cut bool
	// Node is the selected one, Path the way to its parent, and Parent the ID of that; empty for
	// the root.
	Node   Node
	Path   []Node
	Parent string
	// Account is the selected account, if it is one.
	Account *Member
	// Policies are all that are attached to the node, also those of AWS.
	Policies []Policy
	Tags     []Tag
	// Places are those that the account can be moved to, and AllPlaces says that there are no
	// others.
	Places    []Place
	AllPlaces bool
	// Creations are accounts that are being created, and those that could not be.
	Creations []Creation
	Find      string
	Found     []Row
	// FoundCut says that not all accounts were looked at.
	FoundCut bool
	Formats  []export.Format
}

// Tag is a tag of a resource.
type Tag struct{ Key, Value string }

// Place is a root or a unit with the names of what is above it.
type Place struct{ ID, Name string }

// Creation is a request for an account.
type Creation struct{ ID, AccountName, AccountID, State, FailureReason string }

// PageTitle is the title of the page.
func (c Chart) PageTitle() string {
	if c.Node.Name == "" || c.Node.Kind == Root {
		return "Organization"
	}
	return c.Node.Name + " · Organization"
}

// IsManagement reports whether the selected account is the management account.
func (c Chart) IsManagement() bool { return ident.AccountID(c.Node.ID) == c.Organization.Management }

// Show reads the organization of the account, and the node of the address; without one, the
// root.
func Show(v *visit.Visit) (any, error) {
	c := Chart{Find: strings.TrimSpace(v.URL.Query().Get("find")), Formats: export.Formats()}
	described, err := Describe(v)
	if err != nil || described == nil {
		return c, err
	}
	c.Organization = *described
	root, err := DescribeRoot(v)
	if err != nil || root == nil {
		return c, unlessDenied(err)
	}
	c.Tree = Node{ID: root.ID, Name: root.Name, Kind: Root}
	path, selected, err := c.locate(v, cmp.Or(v.PathValue("node"), root.ID))
	if err != nil {
		return c, orNoNode(err)
	}
	if err := c.Tree.growTo(v, path, selected); err != nil {
		return c, err
	}
	if c.Cut, err = mark(v, c.Organization.ID, &c.Tree, root.Enabled()); err != nil {
		return c, err
	}
	c.remember(path)
	if err := c.detail(v, root); err != nil {
		return c, err
	}
	if c.Find != "" {
		c.Found, c.FoundCut, err = search(v, c.Organization.ID, c.Find, mostFound)
	}
	return c, err
}

// locate finds the IDs from the root to a node, and the node.
func (c *Chart) locate(v *visit.Visit, id string) (path []string, n Node, err error) {
	switch n = (Node{ID: id, Kind: KindOf(id)}); n.Kind {
	case Root:
		if id != c.Tree.ID {
			return nil, n, errNoNode
		}
		return []string{id}, c.Tree, nil
	case Unit:
		var unit Described
		unit, err = DescribeUnit(v, id)
		n.Name, path = unit.Name, Path(unit.Path)
	default:
		var member Member
		member, err = DescribeMember(v, id)
		n, path, c.Account = member.node(), member.Path(), &member
	}
	if err == nil && len(path) < 2 {
		err = errNoNode
	}
	return path, n, err
}

// remember finds the selected node and the way to it.
func (c *Chart) remember(path []string) {
	c.Tree.each(func(n *Node) {
		if n.Selected {
			c.Node = *n
		} else if slices.Contains(path, n.ID) {
			c.Path, c.Parent = append(c.Path, *n), n.ID
		}
	})
}

// detail reads what the page says of the selected node.
func (c *Chart) detail(v *visit.Visit, root *RootOf) (err error) {
	if c.Policies, err = attached(v, c.Node.ID, root.Enabled()); unlessDenied(err) != nil {
		return err
	}
	c.Tags, _, err = visit.Each[Tag](v, "ListTagsForResource", "Tags", map[string]any{"ResourceId": c.Node.ID}, "", 3)
	if unlessDenied(err) != nil {
		return err
	}
	if c.Node.Kind == Account {
		c.Places, c.AllPlaces, err = places(v, Node{ID: root.ID, Name: root.Name})
		return err
	}
	var requests struct {
		CreateAccountStatuses []Creation
	}
	err = v.Call("ListCreateAccountStatus", map[string]any{"States": []string{"IN_PROGRESS", "FAILED"}, "MaxResults": 10}, &requests)
	c.Creations = requests.CreateAccountStatuses
	return unlessDenied(err)
}

// mostPlaces bounds how many pages of units are read for the places of an account: more are no menu.
const mostPlaces = 60

// placePages bounds how many of them are the children of one node.
const placePages = 10

// places are the root and all units below it, and whether that are all.
func places(v *visit.Visit, root Node) (all []Place, complete bool, err error) {
	left, complete := mostPlaces, true
	var below func(id, name string) error
	below = func(id, name string) error {
		all = append(all, Place{id, name})
		if left <= 0 {
			complete = false
			return nil
		}
		units, more, err := visit.Each[Described](v, "ListOrganizationalUnitsForParent", "OrganizationalUnits", map[string]any{"ParentId": id}, "", min(left, placePages))
		if err != nil {
			return err
		}
		left -= max(1, (len(units)+visit.PerPage-1)/visit.PerPage)
		complete = complete && more == ""
		slices.SortFunc(units, func(a, b Described) int { return strings.Compare(a.Name, b.Name) })
		for _, u := range units {
			if err := below(u.ID, name+" / "+u.Name); err != nil {
				return err
			}
		}
		return nil
	}
	err = below(root.ID, root.Name)
	return all, complete, unlessDenied(err)
}

// ShowBranch reads the children of one node, for a tree that grows: all, or those from a token
// on.
func ShowBranch(v *visit.Visit) (any, error) {
	id, token := v.PathValue("node"), v.URL.Query().Get("after")
	n := Node{ID: id, Kind: KindOf(id)}
	if n.Kind == Account {
		return n, errNoNode
	}
	var err error
	if token == "" {
		err = n.grow(v)
	} else {
		err = n.growAccounts(v, token)
	}
	if err != nil {
		return n, orNoNode(err)
	}
	root, err := DescribeRoot(v)
	if err != nil || root == nil {
		return n, err
	}
	described, err := Describe(v)
	if err != nil || described == nil {
		return n, err
	}
	_, err = mark(v, described.ID, &n, root.Enabled())
	return n, err
}
