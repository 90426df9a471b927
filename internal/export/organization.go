package export

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/seed"
)

// organization is an organization of a document with its references resolved.
type organization struct {
	*seed.Organization
	root       *unit
	management *account
	// units begin with the root; parents come before their children. accounts begin with the
	// management account, and follow the tree.
	units    []*unit
	accounts []*account
	policies []*policy
	admins   []administrator
	// unresolved are references to what is not in the document.
	unresolved []string
}

// target is what a root, a unit and an account have in common.
type target struct {
	id, name string
	// since is when it was made or joined; zero if the document does not say.
	since  time.Time
	parent *unit
	tags   seed.Tags
	// attached are the policies on it, in their order.
	attached []*policy
	// withoutDefault are the policy types whose default policy is detached.
	withoutDefault []string
	// identifier names it in code.
	identifier string
}

type unit struct {
	target
	// path are the names of the units on the way, the own one last; empty for the root.
	path     []string
	units    []*unit
	accounts []*account
}

type account struct {
	target
	email, state, role string
}

// The states of an account that is open. [AWS: Account, State]
const (
	stateActive  = "ACTIVE"
	statePending = "PENDING_ACTIVATION"
)

// isOpen reports whether an account is one that tools keep: those that are suspended or
// closed cannot be changed any more.
func (a *account) isOpen() bool { return a.state == stateActive || a.state == statePending }

type policy struct {
	*seed.Policy
	identifier string
}

// isKnown reports whether the document has the policy: those of AWS are only referred to.
func (p *policy) isKnown() bool { return p.Name != "" }

type administrator struct {
	account *account
	service string
	// identifier names it in code.
	identifier string
}

// resolver makes organizations of a document.
type resolver struct {
	index *seed.Index
	// clock is that of the document.
	clock time.Time
	all   []*organization
	// alone are the accounts in no organization.
	alone   []*account
	members map[*seed.Member]*account
	// units are by their paths in the document.
	units    map[string]*unit
	policies map[*seed.Policy]*policy
}

// resolve resolves the references of a document.
func resolve(d *seed.Document) *resolver {
	r := &resolver{
		index:   seed.NewIndex(d),
		members: map[*seed.Member]*account{}, units: map[string]*unit{}, policies: map[*seed.Policy]*policy{},
	}
	r.clock = time.Unix(0, 0)
	if d.Clock != nil {
		r.clock = *d.Clock
	}
	for i := range d.Organizations {
		o := &organization{Organization: &d.Organizations[i]}
		for j := range o.Policies {
			p := &policy{Policy: &o.Policies[j]}
			r.policies[p.Policy] = p
			o.policies = append(o.policies, p)
		}
		r.all = append(r.all, o)
	}
	for i := range r.index.Branches {
		r.addUnit(&r.index.Branches[i])
	}
	for i := range r.index.Members {
		r.addAccount(&r.index.Members[i])
	}
	for i, o := range r.all {
		for _, a := range o.DelegatedAdministrators {
			if m, err := r.index.Member(i, a.Account); err != nil {
				o.missing(err)
			} else {
				o.admins = append(o.admins, administrator{account: r.members[m], service: a.Service})
			}
		}
	}
	return r
}

func (o *organization) missing(err error) {
	o.unresolved = append(o.unresolved, printable(err.Error()))
}

func (r *resolver) target(i int, id, name string, t seed.Target) target {
	out := target{id: id, name: name, tags: t.Tags, withoutDefault: t.WithoutDefault}
	for _, ref := range t.Policies {
		p, managed, err := r.index.Policy(i, ref)
		switch {
		case err != nil:
			r.all[i].missing(err)
		case p == nil:
			out.attached = append(out.attached, &policy{Policy: &seed.Policy{ID: managed}})
		default:
			out.attached = append(out.attached, r.policies[p])
		}
	}
	return out
}

// instant is when something was; an age counts back from the clock of the document.
func (r *resolver) instant(w *seed.When) time.Time {
	if w == nil {
		return time.Time{}
	}
	return w.Instant(r.clock)
}

func (r *resolver) addUnit(b *seed.Branch) {
	o := r.all[b.Organization]
	u := &unit{target: r.target(b.Organization, b.ID, b.Unit.Name, b.Target)}
	u.since = r.instant(b.Unit.Created)
	r.units[b.Path], o.units = u, append(o.units, u)
	if b.Depth == 0 {
		u.name, o.root = string(seed.RootName), u
		return
	}
	// The path of a unit leads through its parent.
	u.parent = r.units[b.Path[:strings.LastIndex(b.Path, ".units[")]]
	u.path = append(u.parent.path[:len(u.parent.path):len(u.parent.path)], u.name)
	u.parent.units = append(u.parent.units, u)
}

func (r *resolver) addAccount(m *seed.Member) {
	a := &account{email: m.Email, state: cmp.Or(m.State, stateActive), role: m.RoleName}
	r.members[m] = a
	if m.Organization < 0 {
		a.target = target{id: m.ID, name: m.Name}
		r.alone = append(r.alone, a)
		return
	}
	o := r.all[m.Organization]
	a.target = r.target(m.Organization, m.ID, m.Name, m.Target)
	a.since = r.instant(m.Joined)
	if m.Management {
		o.management, a.parent = a, o.root
		if b, err := r.index.Branch(m.Organization, m.Unit); err != nil {
			o.missing(err)
		} else {
			a.parent = r.units[b.Path]
		}
	} else {
		a.parent = r.units[m.Path[:strings.LastIndex(m.Path, ".accounts[")]]
	}
	a.parent.accounts, o.accounts = append(a.parent.accounts, a), append(o.accounts, a)
}

// ownTags are the tags without those of AWS, which are not a tool's to set.
func ownTags(tags seed.Tags) seed.Tags {
	return slices.DeleteFunc(slices.Clone(tags), func(t seed.Tag) bool { return strings.HasPrefix(t.Key, "aws:") })
}

// origin says where an exported text is from.
func (o *organization) origin() string {
	if o.ID == "" {
		return "Written by accord export."
	}
	return "The organization " + o.ID + ", written by accord export."
}

// fullName is what the identifier of a unit is made of: its name after those of the units
// that it is in, of which the nearest fit.
func (u *unit) fullName() string {
	path := u.path
	for len(path) > 1 && utf8.RuneCountInString(strings.Join(path, " ")) > longestIdentifier {
		path = path[1:]
	}
	return strings.Join(path, " ")
}

// unitsNamed get identifiers of their names with a suffix, and so do accountsNamed and
// policiesNamed; nobody knows when a policy was made.
func unitsNamed(units []*unit, suffix string) []named {
	return mapped(units, func(u *unit) named { return named{u.fullName() + suffix, u.id, u.since, &u.identifier} })
}

func accountsNamed(accounts []*account, suffix string) []named {
	return mapped(accounts, func(a *account) named { return named{a.name + suffix, a.id, a.since, &a.identifier} })
}

func policiesNamed(policies []*policy, suffix string) []named {
	return mapped(policies, func(p *policy) named { return named{p.Name + suffix, p.ID, time.Time{}, &p.identifier} })
}

// targets are all targets of policies.
func (o *organization) targets() []*target {
	var all []*target
	for _, u := range o.units {
		all = append(all, &u.target)
	}
	for _, a := range o.accounts {
		all = append(all, &a.target)
	}
	return all
}

// noteClosed notes which accounts tools do not keep.
func (o *organization) noteClosed(f *File) {
	for _, a := range o.accounts {
		if !a.isOpen() {
			f.note("the account %s (%s), which is %s", a.name, a.id, a.state)
		}
	}
}

// noteServices notes the services that have access, and who administers them.
func (o *organization) noteServices(f *File) {
	for _, s := range o.TrustedServices {
		f.note("the trusted access of %s", s.Service)
	}
	for _, a := range o.admins {
		f.note("that the account %s (%s) administers %s", a.account.name, a.account.id, a.service)
	}
}

// noteDetached notes where default policies are detached.
func (o *organization) noteDetached(f *File) {
	for _, of := range o.targets() {
		for _, kind := range of.withoutDefault {
			f.note("that the default policy of the type %s is detached from %s", kind, strings.TrimSpace(of.name+" "+of.id))
		}
	}
}

// mapped is a list of what a function makes of each.
func mapped[T, U any](list []T, f func(T) U) []U {
	var all []U
	for _, value := range list {
		all = append(all, f(value))
	}
	return all
}
