package seed

import (
	"fmt"
	"strconv"
	"strings"

	"accord/internal/policy"
	"accord/internal/spelling"
)

// RootName names the root where a unit is named.
const RootName Ref = "Root"

// Member is one account of the document; of an entry with a count, one of many.
type Member struct {
	// Account has its own name and address, and no count.
	Account
	// Entry is what the document says, and Path where.
	Entry *Account
	Path  string
	// Organization is the index of its organization, -1 for none.
	Organization int
	// Unit is where it is: RootName, or the names from the root.
	Unit Ref
	// Management is true for the management account.
	Management bool
}

// Branch is one unit of the document, or a root.
type Branch struct {
	*Unit
	Path         string
	Organization int
	// Name is RootName, or the names from the root; Parent is that of the unit around it.
	Name, Parent Ref
	// Depth is 0 for a root.
	Depth int
}

// Index finds what references name.
type Index struct {
	// Members and Branches are in the order of the document, a parent before its children
	// and a management account before the members.
	Members  []Member
	Branches []Branch

	document *Document
	// begins has what is in no organization first, then each organization, and last the end.
	begins   []begin
	members  map[key][]int
	branches map[key]int
	policies map[key][]int
}

// begin is where the members and branches of an organization begin.
type begin struct{ members, branches int }

// key is a name within an organization.
type key struct {
	organization int
	name         string
}

// NewIndex indexes a document.
func NewIndex(d *Document) *Index {
	x := &Index{document: d, members: map[key][]int{}, branches: map[key]int{}, policies: map[key][]int{}}
	x.begin()
	for i := range d.Accounts {
		x.add(&d.Accounts[i], Member{Path: fmt.Sprintf("accounts[%d]", i), Organization: -1})
	}
	for i := range d.Organizations {
		o := &d.Organizations[i]
		path := fmt.Sprintf("organizations[%d]", i)
		x.begin()
		management := Member{Path: path + ".management", Organization: i, Unit: RootName, Management: true}
		if o.Management.Unit != "" {
			management.Unit = o.Management.Unit
		}
		x.add(&o.Management, management)
		x.addUnit(&o.Root, Branch{Path: path + ".root", Organization: i, Name: RootName})
		for j := range o.Policies {
			p := &o.Policies[j]
			for _, name := range []string{p.ID, p.Name, p.TypeOrDefault() + "/" + p.Name} {
				if name != "" {
					x.policies[key{i, name}] = append(x.policies[key{i, name}], j)
				}
			}
		}
	}
	x.begin()
	return x
}

// begin begins an organization.
func (x *Index) begin() {
	x.begins = append(x.begins, begin{len(x.Members), len(x.Branches)})
}

// MembersOf are the accounts of an organization, its management account first; of -1, those that
// are in none.
func (x *Index) MembersOf(organization int) []Member {
	return x.Members[x.begins[organization+1].members:x.begins[organization+2].members]
}

// BranchesOf are the root of an organization and its units.
func (x *Index) BranchesOf(organization int) []Branch {
	return x.Branches[x.begins[organization+1].branches:x.begins[organization+2].branches]
}

// addUnit adds a unit with all below it.
func (x *Index) addUnit(u *Unit, b Branch) {
	b.Unit = u
	x.branches[key{b.Organization, string(b.Name)}] = len(x.Branches)
	if u.ID != "" {
		x.branches[key{b.Organization, u.ID}] = len(x.Branches)
	}
	x.Branches = append(x.Branches, b)
	for i := range u.Accounts {
		x.add(&u.Accounts[i], Member{Path: fmt.Sprintf("%s.accounts[%d]", b.Path, i), Organization: b.Organization, Unit: b.Name})
	}
	for i := range u.Units {
		child := &u.Units[i]
		name := Ref(child.Name)
		if b.Depth > 0 {
			name = b.Name + "/" + name
		}
		x.addUnit(child, Branch{
			Path: fmt.Sprintf("%s.units[%d]", b.Path, i), Organization: b.Organization, Name: name, Parent: b.Name, Depth: b.Depth + 1,
		})
	}
}

// add adds the accounts of an entry.
func (x *Index) add(a *Account, as Member) {
	as.Account, as.Entry = *a, a
	as.Count = 0
	for n := range max(a.Count, 1) {
		if a.Count > 0 {
			as.Name, as.Email = numbered(a.Name, n+1), numbered(a.Email, n+1)
		}
		as.complete()
		for _, name := range []string{as.ID, as.Name, as.Email} {
			if name != "" {
				x.members[key{as.Organization, name}] = append(x.members[key{as.Organization, name}], len(x.Members))
			}
		}
		x.Members = append(x.Members, as)
	}
}

// complete gives an account the name and the address that it has if the document gives
// none.
func (m *Member) complete() {
	if m.Name == "" {
		m.Name = "account-" + m.ID
		if m.ID == "" {
			m.Name, _, _ = strings.Cut(m.Email, "@")
		}
	}
	switch {
	case m.Email != "":
	case m.ID != "":
		m.Email = "account-" + m.ID + "@example.com"
	default:
		m.Email = strings.Trim(strings.Map(func(r rune) rune {
			switch {
			case 'A' <= r && r <= 'Z':
				return r + ('a' - 'A')
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.':
				return r
			}
			return '-'
		}, m.Name), ".-") + "@example.com"
	}
}

// numbered fills the number of an account into a pattern.
func numbered(pattern string, n int) string {
	before, rest, found := strings.Cut(pattern, "{n")
	if !found {
		return pattern
	}
	form, after, closed := strings.Cut(rest, "}")
	if !closed {
		return pattern
	}
	digits := strconv.Itoa(n)
	if width, err := strconv.Atoi(strings.TrimPrefix(form, ":")); err == nil && strings.HasPrefix(form, ":") && width <= 12 {
		digits = fmt.Sprintf("%0*d", width, n)
	} else if form != "" {
		return pattern
	}
	return before + digits + numbered(after, n)
}

// Member finds an account by its ID, address or name: of the organization first, then of
// those that are in none, then of the others.
func (x *Index) Member(organization int, name Ref) (*Member, error) {
	scopes := []int{organization, -1}
	for i := range x.document.Organizations {
		scopes = append(scopes, i)
	}
	for _, scope := range scopes {
		switch found := x.members[key{scope, string(name)}]; len(found) {
		case 0:
		case 1:
			return &x.Members[found[0]], nil
		default:
			return nil, fmt.Errorf("%d accounts have the name %q; use the address or the ID", len(found), name)
		}
	}
	return nil, fmt.Errorf("there is no account %.80q in the document", name)
}

// Management finds the management account of an organization by the ID of the organization,
// or by what names the account. It returns nil if neither is in the document.
func (x *Index) Management(name Ref) *Member {
	for i := range x.document.Organizations {
		if x.document.Organizations[i].ID == string(name) {
			return &x.MembersOf(i)[0]
		}
	}
	if m, err := x.Member(-1, name); err == nil {
		return m
	}
	return nil
}

// Branch finds a unit, or the root, by its ID or by the names from the root.
func (x *Index) Branch(organization int, name Ref) (*Branch, error) {
	if i, known := x.branches[key{organization, string(name)}]; known {
		return &x.Branches[i], nil
	}
	var names []string
	for _, b := range x.BranchesOf(organization) {
		names = append(names, string(b.Name))
	}
	return nil, fmt.Errorf("there is no unit %.80q in the organization%s", name, spelling.Suggest(string(name), names))
}

// Policy finds a policy by its ID, by its name, or by its type, a slash and its name where
// several types have a policy of the name. It returns nil for a policy of AWS, of which it
// returns the ID.
func (x *Index) Policy(organization int, name Ref) (*Policy, string, error) {
	for _, p := range policy.ManagedPolicies {
		if string(p.ID) == string(name) || p.Name == string(name) {
			return nil, string(p.ID), nil
		}
	}
	own := x.document.Organizations[organization].Policies
	switch found := x.policies[key{organization, string(name)}]; len(found) {
	case 0:
		var names []string
		for i := range own {
			names = append(names, own[i].Name)
		}
		return nil, "", fmt.Errorf("there is no policy %.80q in the organization%s", name, spelling.Suggest(string(name), names))
	case 1:
		return &own[found[0]], own[found[0]].ID, nil
	}
	return nil, "", fmt.Errorf("policies of several types have the name %q; write TYPE/%s, or the ID", name, name)
}

// TypeOrDefault is the type of a policy of an organization.
func (p *Policy) TypeOrDefault() string {
	if p.Type == "" {
		return string(policy.ServiceControl)
	}
	return p.Type
}
