// Package chart gathers what the page of an organization shows, and changes it.
package chart

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"accord/internal/console/visit"
)

// Node is a root, a unit or an account of an organization.
type Node struct {
	ID, Name string
	Kind     Kind
	// State and Email are those of an account.
	State, Email string
	// Policies are those that are attached here, without those of AWS.
	Policies []Policy
	// Loaded says that Children are known; with More, the address of the branch with this
	// token has further ones. Selected says that the page shows the node.
	Loaded, Selected bool
	More             string
	Children         []Node
	Shown
}

// Shown is what the tree shows of a node beside its name. It is made once: a template that works it
// out takes longer for a thousand nodes than to read them.
type Shown struct {
	// Path is that of its page, below the base.
	Path string
	// Branch is the address of what is below it; empty for an account. Rest is that of the accounts
	// that are not loaded, and List the path of the list that has them; empty if there are none.
	Branch, Rest, List string
	// Remark is the state of an account that is not active.
	Remark string
	// Marks are the first policies, and AllMarks how many there are, if that are more.
	Marks    []Policy
	AllMarks int
}

// mostMarks is how many policies are shown at a node.
const mostMarks = 4

// show makes what is shown of a node.
func (n *Node) show(v *visit.Visit) {
	address := func(path string) string { return v.Link("/organization" + path) }
	n.Path = strings.TrimPrefix(address("/"+n.ID), visit.Base)
	if n.Kind != Account {
		n.Branch = address("/branches/" + n.ID)
	}
	if n.More != "" {
		n.Rest = address("/branches/" + n.ID + "?after=" + url.QueryEscape(n.More))
		n.List = strings.TrimPrefix(address("/accounts?below="+n.ID), visit.Base)
	}
	if !n.active() {
		n.Remark = n.State
	}
	n.Marks = n.Policies
	if len(n.Policies) > mostMarks {
		n.Marks, n.AllMarks = n.Policies[:mostMarks], len(n.Policies)
	}
}

// active reports whether nothing is to be said of the state of the node.
func (n *Node) active() bool { return n.State == "" || n.State == "ACTIVE" }

func (m Member) node() Node {
	return Node{ID: m.ID, Name: m.Name, Kind: Account, Email: m.Email, State: m.State}
}

// How many pages of the API are read of the children of one node: of units all that a
// person can see through, of accounts a part at a time.
const (
	unitPages    = 50
	accountPages = 5
)

// grow reads the children of a node: units, and a part of the accounts.
func (n *Node) grow(v *visit.Visit) error {
	n.Loaded = true
	in := map[string]any{"ParentId": n.ID}
	units, _, err := visit.Each[Described](v, "ListOrganizationalUnitsForParent", "OrganizationalUnits", in, "", unitPages)
	if err != nil {
		return err
	}
	for _, u := range units {
		n.Children = append(n.Children, Node{ID: u.ID, Name: u.Name, Kind: Unit})
	}
	byName(n.Children)
	return n.growAccounts(v, "")
}

// growAccounts reads the part of the accounts below a node that begins at a token.
func (n *Node) growAccounts(v *visit.Visit, token string) error {
	n.Loaded = true
	accounts, more, err := visit.Each[Member](v, "ListAccountsForParent", "Accounts", map[string]any{"ParentId": n.ID}, token, accountPages)
	if err != nil {
		return err
	}
	from := len(n.Children)
	for _, account := range accounts {
		n.Children = append(n.Children, account.node())
	}
	byName(n.Children[from:])
	n.More = more
	return nil
}

func byName(nodes []Node) {
	slices.SortStableFunc(nodes, func(a, b Node) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
}

// growTo reads the branches on a path from the root, at whose end is the selected node.
func (n *Node) growTo(v *visit.Visit, path []string, selected Node) error {
	n.Selected = len(path) == 1
	if n.Kind == Account {
		return nil
	}
	if err := n.grow(v); err != nil || n.Selected {
		return err
	}
	i := slices.IndexFunc(n.Children, func(c Node) bool { return c.ID == path[1] })
	if i < 0 {
		// It is in a part that was not read.
		n.Children, i = append(n.Children, selected), len(n.Children)
	}
	return n.Children[i].growTo(v, path[1:], selected)
}

// each visits a node and all below it.
func (n *Node) each(visit func(*Node)) {
	visit(n)
	for i := range n.Children {
		n.Children[i].each(visit)
	}
}
