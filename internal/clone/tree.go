package clone

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"accord/internal/seed"
)

// tree is the root with the units and the accounts below it.
type tree struct {
	root  *node
	nodes []*node
	byID  map[string]*node
	mu    sync.Mutex
}

// node is the root or a unit.
type node struct {
	unit
	units    []*node
	accounts []account
}

// read reads the units and the accounts. Without the ID of the root, which the caller may not
// have been allowed to read, everything is directly in the root.
func (t *tree) read(ctx context.Context, c *caller, root string) error {
	t.root = &node{unit: unit{Id: root}}
	t.byID = map[string]*node{root: t.root}
	var accounts []account
	var read bool
	err := together(ctx,
		func(ctx context.Context) error {
			if root == "" {
				return nil
			}
			return t.units(ctx, c, t.root, 0)
		},
		func(ctx context.Context) (err error) {
			accounts, read, err = listOf[account](ctx, c, "ListAccounts", Input{})
			return err
		})
	if err != nil {
		return err
	}
	t.collect(t.root)
	return t.place(ctx, c, accounts, read)
}

// The bounds of the tree. AWS allows five units below each other, and 2,000 in all by default.
// [AWS: quotas]
const maxDepth, maxUnits = 10, 20_000

// units reads the units below one that is at a depth.
func (t *tree) units(ctx context.Context, c *caller, n *node, depth int) error {
	below, _, err := listOf[unit](ctx, c, "ListOrganizationalUnitsForParent", Input{ParentId: n.Id})
	if err != nil {
		return err
	}
	if len(below) > 0 && depth == maxDepth {
		return fmt.Errorf("ListOrganizationalUnitsForParent of %s: more than %d units are below each other", n.Id, maxDepth)
	}
	for _, u := range below {
		child := &node{unit: u}
		if err := t.add(child); err != nil {
			return err
		}
		n.units = append(n.units, child)
	}
	return each(ctx, len(n.units), func(ctx context.Context, i int) error { return t.units(ctx, c, n.units[i], depth+1) })
}

// add keeps a tree from having circles.
func (t *tree) add(n *node) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.byID) > maxUnits {
		return fmt.Errorf("ListOrganizationalUnitsForParent: there are more than %d units", maxUnits)
	}
	if t.byID[n.Id] != nil {
		return &Contradiction{"ListOrganizationalUnitsForParent", fmt.Sprintf("the unit %q appears twice", n.Id)}
	}
	t.byID[n.Id] = n
	return nil
}

// collect lists the nodes from the top.
func (t *tree) collect(n *node) {
	t.nodes = append(t.nodes, n)
	for _, below := range n.units {
		t.collect(below)
	}
}

// place puts each account into its unit: by its path if the server gives paths, else by what
// the units list. The order is that of ListAccounts, in which none is
// twice.
func (t *tree) place(ctx context.Context, c *caller, accounts []account, read bool) error {
	parents := map[string]string{}
	for _, a := range accounts {
		if parent := ParentIn(a.Paths...); t.byID[parent] != nil {
			parents[a.Id] = parent
		}
	}
	if t.root.Id != "" && (len(parents) < len(accounts) || !read) {
		inUnits := make([][]account, len(t.nodes))
		err := each(ctx, len(t.nodes), func(ctx context.Context, i int) (err error) {
			inUnits[i], _, err = listOf[account](ctx, c, "ListAccountsForParent", Input{ParentId: t.nodes[i].Id})
			return err
		})
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, a := range accounts {
			known[a.Id] = true
		}
		listed := map[string]string{}
		for i, list := range inUnits {
			for _, a := range list {
				if other := listed[a.Id]; other != "" {
					return &Contradiction{"ListAccountsForParent", fmt.Sprintf("the account %s appears in %s and in %s", a.Id, other, t.nodes[i].Id)}
				}
				listed[a.Id], parents[a.Id] = t.nodes[i].Id, t.nodes[i].Id
				if !known[a.Id] {
					known[a.Id] = true
					accounts = append(accounts, a)
				}
			}
		}
	}
	for _, a := range accounts {
		at := t.byID[parents[a.Id]]
		if at == nil {
			at = t.root
			c.note("ListAccountsForParent", a.Id, "no unit lists the account; it is in the root here")
		}
		at.accounts = append(at.accounts, a)
	}
	return nil
}

// ParentIn is the parent of an account or a unit in the first of its paths, o-…/r-…/ou-…/ACCOUNT/;
// empty if that does not say it.
func ParentIn(paths ...string) string {
	if len(paths) == 0 {
		return ""
	}
	parts := strings.Split(strings.Trim(paths[0], "/"), "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[len(parts)-2]
}

// targets are the IDs of the root, the units and the accounts.
func (t *tree) targets() []string {
	var ids []string
	for _, n := range t.nodes {
		if n.Id != "" {
			ids = append(ids, n.Id)
		}
		for _, a := range n.accounts {
			ids = append(ids, a.Id)
		}
	}
	return ids
}

// size is the number of accounts.
func (t *tree) size() int {
	n := 0
	for _, at := range t.nodes {
		n += len(at.accounts)
	}
	return n
}

// find returns an account and where it is; nil if it was not listed.
func (t *tree) find(id string) (*node, account) {
	for _, n := range t.nodes {
		for _, a := range n.accounts {
			if a.Id == id {
				return n, a
			}
		}
	}
	return nil, account{}
}

// tags are the tags of everything by its ID.
type tags map[string]seed.Tags

// read reads the tags of all IDs.
func (t *tags) read(ctx context.Context, c *caller, ids []string) error {
	found := make([][]tag, len(ids))
	err := each(ctx, len(ids), func(ctx context.Context, i int) (err error) {
		found[i], _, err = listOf[tag](ctx, c, "ListTagsForResource", Input{ResourceId: ids[i]})
		return err
	})
	*t = tags{}
	for i, id := range ids {
		for _, one := range found[i] {
			(*t)[id] = append((*t)[id], seed.Tag(one))
		}
	}
	return err
}
