package seed

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/spelling"
)

// check finds what no form of a single member can say: names that name nothing, things
// that exist twice, members that contradict each other.
func (f *File) check() Problems {
	c := &checker{file: f, ids: map[string]string{}, addresses: map[string]string{}}
	d := &f.Document
	if d.Version != Version {
		c.wrong("version", "this program reads version %d, and this is version %d", Version, d.Version)
		return c.problems
	}
	if !c.counts() {
		return c.problems
	}
	c.index = NewIndex(d)
	for i := range c.index.Members {
		c.member(&c.index.Members[i])
	}
	for i := range c.index.Branches {
		c.branch(&c.index.Branches[i])
	}
	for i := range d.Organizations {
		c.organization(i, &d.Organizations[i], fmt.Sprintf("organizations[%d]", i))
	}
	for i := range d.Transfers {
		c.transfer(&d.Transfers[i], fmt.Sprintf("transfers[%d]", i))
	}
	return c.problems
}

// checker collects problems.
type checker struct {
	file     *File
	index    *Index
	problems Problems
	// ids and addresses are those that were seen, with the path of each.
	ids, addresses map[string]string
}

func (c *checker) wrong(path, format string, args ...any) {
	if len(c.problems) == 2*maxProblems {
		return
	}
	// The accounts of a count share their entry, and what is wrong with it.
	if p := c.file.At(path, fmt.Sprintf(format, args...)); !slices.Contains(c.problems, p) {
		c.problems = append(c.problems, p)
	}
}

// counts bounds the accounts before they are made of their patterns.
func (c *checker) counts() bool {
	d, total := &c.file.Document, 0
	count := func(accounts []Account) {
		for i := range accounts {
			total += max(1, accounts[i].Count)
		}
	}
	var below func(u *Unit)
	below = func(u *Unit) {
		count(u.Accounts)
		for i := range u.Units {
			below(&u.Units[i])
		}
	}
	count(d.Accounts)
	for i := range d.Organizations {
		total += max(1, d.Organizations[i].Management.Count)
		below(&d.Organizations[i].Root)
	}
	if total > MaxAccounts {
		c.wrong("", "%d accounts are more than %d", total, MaxAccounts)
	}
	return total <= MaxAccounts
}

// once rejects an ID that appears twice.
func (c *checker) once(id, path string) {
	if id == "" {
		return
	}
	if other, seen := c.ids[id]; seen {
		c.wrong(path, "the ID %s is that of %s too", id, other)
		return
	}
	c.ids[id] = path
}

func (c *checker) member(m *Member) {
	given := m.Entry
	switch {
	case given.Count > 0 && given.ID != "":
		c.wrong(m.Path+".id", "accounts of a count cannot have one ID")
		return
	case given.Count > 0 && m.Management:
		c.wrong(m.Path+".count", "a management account is one")
		return
	case given.Count > 1 && numbered(given.Name+given.Email, 1) == numbered(given.Name+given.Email, 2):
		c.wrong(m.Path+".count", "the name or the address needs {n}, the number of the account, or {n:05} with at most 12 digits")
		return
	case given.ID == "" && given.Name == "" && given.Email == "":
		c.wrong(m.Path, "an account needs a name, an address or an ID")
		return
	}
	if !c.literal(m) {
		return
	}
	c.once(m.ID, m.Path+".id")
	address := ident.Email(m.Email).Key()
	if other, seen := c.addresses[address]; seen {
		c.wrong(m.Path, "the address %.80s is that of %s too", m.Email, other)
		return
	}
	c.addresses[address] = m.Path
	if given.Unit != "" && !m.Management {
		c.wrong(m.Path+".unit", "an account stands in the list of its unit; only a management account says it so")
	}
	if m.Management {
		c.unit(m.Organization, m.Unit, m.Path+".unit")
		if m.JoinedMethod != "" && m.JoinedMethod != "INVITED" {
			c.wrong(m.Path+".joinedMethod", "a management account counts as INVITED")
		}
	}
	if m.Organization < 0 {
		for _, has := range []struct {
			is     bool
			member string
		}{
			{len(m.Policies) > 0, "policies"}, {len(m.Tags) > 0, "tags"}, {len(m.WithoutDefault) > 0, "withoutDefault"},
			{m.JoinedMethod != "", "joinedMethod"}, {m.Joined != nil, "joined"},
		} {
			if has.is {
				c.wrong(m.Path+"."+has.member, "an account that is in no organization has none")
			}
		}
	} else {
		c.target(m.Organization, &m.Target, m.Path)
	}
	c.identities(&m.Account, m.Path)
}

// literal rejects patterns where nothing is counted. What has an ID was read from somewhere,
// and may have any name.
func (c *checker) literal(m *Member) bool {
	if m.Entry.Count > 0 || m.ID != "" {
		return true
	}
	for _, of := range []struct{ member, text string }{{"name", m.Entry.Name}, {"email", m.Entry.Email}} {
		if numbered(of.text, 1) != of.text {
			c.wrong(m.Path+"."+of.member, "{n} is the number of an account of a count, and there is no count")
			return false
		}
	}
	return true
}

func (c *checker) unit(organization int, name Ref, path string) {
	if _, err := c.index.Branch(organization, name); err != nil {
		c.wrong(path, "%s", err)
	}
}

func (c *checker) account(organization int, name Ref, path string) {
	if _, err := c.index.Member(organization, name); err != nil {
		c.wrong(path, "%s", err)
	}
}

func (c *checker) target(organization int, t *Target, path string) {
	for i, name := range t.Policies {
		if _, _, err := c.index.Policy(organization, name); err != nil {
			c.wrong(fmt.Sprintf("%s.policies[%d]", path, i), "%s", err)
		}
	}
}

func (c *checker) branch(b *Branch) {
	c.once(b.ID, b.Path+".id")
	switch {
	case b.Depth == 0 && b.ID != "" && !strings.HasPrefix(b.ID, "r-"), b.Depth > 0 && b.ID != "" && !strings.HasPrefix(b.ID, "ou-"):
		c.wrong(b.Path+".id", "the ID of a root begins with r-, that of a unit with ou-")
	case b.Depth == 0 && b.Unit.Name != "" && b.Unit.Name != string(RootName):
		c.wrong(b.Path+".name", "the root has the name Root")
	case b.Depth > 0 && b.Unit.Name == "":
		c.wrong(b.Path, "name is missing")
	}
	names := map[string]bool{}
	for i := range b.Units {
		name := b.Units[i].Name
		if names[name] {
			c.wrong(fmt.Sprintf("%s.units[%d].name", b.Path, i), "a unit beside it has the name %.80q too", name)
		}
		names[name] = true
	}
	c.target(b.Organization, &b.Target, b.Path)
}

func (c *checker) organization(i int, o *Organization, path string) {
	c.once(o.ID, path+".id")
	names := map[string]bool{}
	for j := range o.Policies {
		p, at := &o.Policies[j], fmt.Sprintf("%s.policies[%d]", path, j)
		c.once(p.ID, at+".id")
		c.policy(p, at)
		if name := p.TypeOrDefault() + "/" + p.Name; names[name] {
			c.wrong(at+".name", "a policy of the same type has the name %.80q too", p.Name)
		} else {
			names[name] = true
		}
	}
	if p := o.DelegationPolicy; p != nil && p.Content == "" {
		c.wrong(path+".delegationPolicy", "content or file is missing")
	}
	for j := range o.DelegatedAdministrators {
		c.account(i, o.DelegatedAdministrators[j].Account, fmt.Sprintf("%s.delegatedAdministrators[%d].account", path, j))
	}
	for j := range o.Handshakes {
		c.handshake(i, &o.Handshakes[j], fmt.Sprintf("%s.handshakes[%d]", path, j))
	}
	for j := range o.AccountCreations {
		c.creation(i, &o.AccountCreations[j], fmt.Sprintf("%s.accountCreations[%d]", path, j))
	}
}

func (c *checker) policy(p *Policy, path string) {
	if p.Name == "" {
		c.wrong(path, "name is missing")
	}
	if p.Content == "" {
		c.wrong(path, "content or file is missing")
	}
}

func (c *checker) handshake(organization int, h *Handshake, path string) {
	c.once(h.ID, path+".id")
	if h.Kind == "ENABLE_ALL_FEATURES" {
		if h.To != "" {
			c.wrong(path+".to", "a request for all features goes to the whole organization")
		}
		for i := range h.Answers {
			a, at := &h.Answers[i], fmt.Sprintf("%s.answers[%d]", path, i)
			c.once(a.ID, at+".id")
			c.account(organization, a.Account, at+".account")
		}
		return
	}
	switch {
	case h.To == "":
		c.wrong(path, "to is missing")
	case !isOutside(h.To):
		c.account(organization, Ref(h.To), path+".to")
	}
	if len(h.Answers) > 0 {
		c.wrong(path+".answers", "only a request for all features has answers; an invitation has a state")
	}
}

func (c *checker) creation(organization int, r *Creation, path string) {
	c.once(r.ID, path+".id")
	state := r.StateOrDefault()
	if (r.FailureReason != "") != (state == "FAILED") {
		c.wrong(path, "a creation that FAILED has a failureReason, and no other one")
	}
	if state == "SUCCEEDED" {
		if r.Account == "" {
			c.wrong(path, "account is missing: a creation that SUCCEEDED made one")
		} else {
			c.account(organization, r.Account, path+".account")
		}
	}
}

// StateOrDefault is the state of a request: FAILED if it has a reason for that.
func (r *Creation) StateOrDefault() string {
	switch {
	case r.State != "":
		return r.State
	case r.FailureReason != "":
		return "FAILED"
	case r.Account != "":
		return "SUCCEEDED"
	}
	return "IN_PROGRESS"
}

func (c *checker) transfer(t *Transfer, path string) {
	c.once(t.ID, path+".id")
	for _, side := range []struct {
		member string
		of     Ref
	}{{"target", t.Target}, {"source", t.Source}} {
		switch m := c.index.Management(side.of); {
		case m != nil && !m.Management && m.Organization >= 0:
			c.wrong(path+"."+side.member, "an organization is named by its ID or its management account, and %.80q is a member", side.of)
		case m == nil && !isOutside(string(side.of)):
			c.wrong(path+"."+side.member, "there is no organization of %.80q in the document", side.of)
		}
	}
}

// isOutside reports whether a name can be that of something that the document has not: an
// ID of an account or an organization, or an address.
func isOutside(name string) bool {
	return strings.Contains(name, "@") || ident.AccountID(name).Valid() || forms["organizationId"].check(name) == ""
}

// identities checks the users, groups and roles of an account.
func (c *checker) identities(a *Account, path string) {
	groups := make([]string, len(a.Groups))
	for i := range a.Groups {
		groups[i] = a.Groups[i].Name
		c.inline(a.Groups[i].Inline, fmt.Sprintf("%s.groups[%d]", path, i))
	}
	for i := range a.Users {
		c.inline(a.Users[i].Inline, fmt.Sprintf("%s.users[%d]", path, i))
		for j, name := range a.Users[i].Groups {
			if !slices.Contains(groups, name) {
				c.wrong(fmt.Sprintf("%s.users[%d].groups[%d]", path, i, j), "the account has no group %.80q%s", name, spelling.Suggest(name, groups))
			}
		}
	}
	for i := range a.Roles {
		at := fmt.Sprintf("%s.roles[%d]", path, i)
		c.inline(a.Roles[i].Inline, at)
		if a.Roles[i].Trust.Content == "" {
			c.wrong(at+".trust", "content or file is missing")
		}
	}
	for i := range a.ManagedPolicies {
		if a.ManagedPolicies[i].Content == "" {
			c.wrong(fmt.Sprintf("%s.managedPolicies[%d]", path, i), "content or file is missing")
		}
	}
}

// inline checks the inline policies of an identity.
func (c *checker) inline(policies []Policy, path string) {
	for i := range policies {
		c.policy(&policies[i], fmt.Sprintf("%s.inline[%d]", path, i))
	}
}
