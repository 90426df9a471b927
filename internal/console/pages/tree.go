package pages

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"accord/internal/console/visit"
)

// node is a root, a unit or an account of an organization.
type node struct {
	ID, Name string
	// Kind is "root", "unit" or "account".
	Kind string
	// State is that of an account which is not active; empty otherwise.
	State, Email string
	// Loaded says that Children are known, of which there may be More; Selected that the page
	// shows the node.
	Loaded, Selected, More bool
	Children               []node
}

// branchPages bounds how many pages of the API are read of the children of one node.
const branchPages = 5

// kindsByPrefix are the kinds of nodes by how their IDs begin.
var kindsByPrefix = []struct{ prefix, kind string }{{"r-", "root"}, {"ou-", "unit"}}

// kindOf is the kind of a node.
func kindOf(id string) string {
	for _, k := range kindsByPrefix {
		if strings.HasPrefix(id, k.prefix) {
			return k.kind
		}
	}
	return "account"
}

// unitOf is a unit as the API shows it.
type unitOf struct{ ID, Name, Path string }

// memberOf is an account as the API shows it to its organization.
type memberOf struct {
	ID, Name, Email, State, Arn string
	Paths                       []string
	JoinedMethod                string
	JoinedTimestamp             instant
}

func (m memberOf) node() node {
	n := node{ID: m.ID, Name: m.Name, Kind: "account", Email: m.Email}
	if m.State != "ACTIVE" {
		n.State = m.State
	}
	return n
}

// each reads a list of the API, page by page, as far as a bound; the token is that of the
// first page.
func each[T any](v *visit.Visit, operation, member string, in map[string]any, token string, most int) (all []T, next string, err error) {
	for range most {
		asked := map[string]any{"MaxResults": perPage}
		for name, value := range in {
			asked[name] = value
		}
		if token != "" {
			asked["NextToken"] = token
		}
		var page map[string]json.RawMessage
		if err := v.Call(operation, asked, &page); err != nil {
			return nil, "", err
		}
		var items []T
		if text, some := page[member]; some {
			if err := json.Unmarshal(text, &items); err != nil {
				return nil, "", err
			}
		}
		all, token = append(all, items...), ""
		if text, more := page["NextToken"]; more {
			if err := json.Unmarshal(text, &token); err != nil {
				return nil, "", err
			}
		}
		if token == "" {
			return all, "", nil
		}
	}
	return all, token, nil
}

// branch reads the children of a node.
func branch(v *visit.Visit, n *node) error {
	n.Loaded = true
	in := map[string]any{"ParentId": n.ID}
	units, moreUnits, err := each[unitOf](v, "ListOrganizationalUnitsForParent", "OrganizationalUnits", in, "", branchPages)
	if err != nil {
		return err
	}
	accounts, moreAccounts, err := each[memberOf](v, "ListAccountsForParent", "Accounts", in, "", branchPages)
	if err != nil {
		return err
	}
	for _, u := range units {
		n.Children = append(n.Children, node{ID: u.ID, Name: u.Name, Kind: "unit"})
	}
	for _, a := range accounts {
		n.Children = append(n.Children, a.node())
	}
	n.More = moreUnits != "" || moreAccounts != ""
	slices.SortStableFunc(n.Children, func(a, b node) int {
		return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	return nil
}

// grow reads the branches on a path from the root, whose last node is selected.
func grow(v *visit.Visit, n *node, path []string) error {
	if len(path) == 1 {
		n.Selected = true
	}
	if n.Kind == "account" {
		return nil
	}
	if err := branch(v, n); err != nil || len(path) < 2 {
		return err
	}
	i := slices.IndexFunc(n.Children, func(c node) bool { return c.ID == path[1] })
	if i < 0 {
		// It is beyond the bound of the branch.
		n.Children = append(n.Children, node{ID: path[1], Name: path[1], Kind: kindOf(path[1])})
		i = len(n.Children) - 1
	}
	return grow(v, &n.Children[i], path[1:])
}

// errNoNode says that there is no such node.
var errNoNode = &visit.Failure{Status: http.StatusNotFound, Message: "The organization has no such root, unit or account."}
