package storetest

import (
	"fmt"
	"strings"
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/internal/store/identities"
)

// own and other are the accounts of the cases about identities.
const own, other = ident.AccountID("100000000001"), ident.AccountID("200000000002")

// identityOf is an identity with every column set.
func identityOf(account ident.AccountID, kind iam.Kind, name string) iam.Identity {
	return iam.Identity{
		Account: account, Kind: kind, ID: "ID" + string(kind) + string(account) + iam.Key(name), Name: name, Path: "/team/", Created: epoch,
		RoleSettings: iam.RoleSettings{Description: "Of " + name, TrustPolicy: `{"Statement":[]}`, MaxSession: 3600},
	}
}

// keyOf is an access key.
func keyOf(account ident.AccountID, user, id string) iam.AccessKey {
	return iam.AccessKey{ID: id, Account: account, User: user, Sealed: "v1.k." + id, Status: iam.Active, Created: epoch}
}

// managedOf is a managed policy with one version, which is added apart.
func managedOf(account ident.AccountID, name string) iam.ManagedPolicy {
	return iam.ManagedPolicy{
		Account: account, ID: "ANPA" + string(account) + name, Name: name, Path: "/", Description: "d",
		DefaultVersion: 1, LastVersion: 1, Created: epoch, Updated: epoch,
	}
}

// insert adds identities.
func (t *fixture) insert(all ...iam.Identity) {
	t.Helper()
	t.write(func(tx *store.Tx) error {
		return each(all, func(i iam.Identity) error { return identities.Insert(tx, i) })
	})
}

func named(account ident.AccountID, kind iam.Kind, name string) func(v *store.View) (iam.Identity, error) {
	return func(v *store.View) (iam.Identity, error) { return identities.Get(v, account, kind, name) }
}

// moves wants a change to give the account another version, and other accounts none.
func (t *fixture) moves(what string, change func(tx *store.Tx) error) {
	t.Helper()
	version := func(account ident.AccountID) int64 {
		return read(t, func(v *store.View) (int64, error) { return identities.Version(v, account) })
	}
	before, others := version(own), version(other)
	t.write(change)
	if after := version(own); after <= before {
		t.Errorf("%s: the version is %d, and was %d", what, after, before)
	}
	if after := version(other); after != others {
		t.Errorf("%s: the version of another account became %d, and was %d", what, after, others)
	}
}

// whole wants the rows to contradict nothing.
func (t *fixture) whole() {
	t.Helper()
	if findings := read(t, (*store.View).Contradictions); len(findings) > 0 {
		t.Errorf("findings: %q", findings)
	}
}

var identityCases = []testCase{
	{"an identity is kept whole, and found in any case", func(t *fixture) {
		for _, kind := range []iam.Kind{iam.User, iam.Group, iam.Role, iam.InstanceProfile} {
			i := identityOf(own, kind, "Deploy.Bot+1=a,b@c-D_e")
			for n, text := range hard {
				i.Description, i.TrustPolicy = text, hard[len(hard)-1-n]
			}
			t.insert(i, identityOf(other, kind, i.Name))
			for _, name := range []string{i.Name, strings.ToUpper(i.Name), strings.ToLower(i.Name)} {
				wants(t, "by name", i, named(own, kind, name))
			}
			wants(t, "by id", i, func(v *store.View) (iam.Identity, error) { return identities.ByID(v, i.ID) })
			misses(t, "another name", named(own, kind, "Deploy"))
			t.refuses(store.ErrDuplicate, func(tx *store.Tx) error {
				twin := i
				twin.ID, twin.Name = "other", strings.ToUpper(i.Name)
				return identities.Insert(tx, twin)
			})
		}
		t.whole()
	}},
	{"users, roles and sessions of roles have IDs by their ARNs, and ARNs by their IDs", func(t *fixture) {
		user, role := identityOf(own, iam.User, "One"), identityOf(other, iam.Role, "Two")
		t.insert(user, role, identityOf(own, iam.Group, "Three"))
		session := "arn:aws:sts::200000000002:assumed-role/Two/s:1/2"
		ids := map[string]string{
			user.ARN(ident.AWS): user.ID, role.ARN(ident.AWS): role.ID, session: role.ID + ":s:1/2",
			"arn:aws:iam::100000000001:user/One": "", "arn:aws:iam::100000000001:user/team/one": "", "arn:aws:iam::100000000001:group/team/Three": "",
			"arn:aws:iam::100000000001:role/team/One": "", "arn:aws:sts::200000000002:assumed-role/Two": "", "arn:aws:sts::200000000002:assumed-role/One/s": "",
			"arn:aws:sts::200000000002:federated-user/Two": "", "arn:aws:iam::100000000001:root": "", "*": "", "": "",
		}
		for arn, id := range ids {
			wants(t, "the ID of "+arn, id, func(v *store.View) (string, error) { return identities.PrincipalID(v, arn) })
			if id != "" {
				wants(t, "the ARN of "+id, arn, func(v *store.View) (string, error) { return identities.PrincipalARN(v, ident.AWS, id) })
			}
		}
		t.write(func(tx *store.Tx) error { return identities.Delete(tx, role) })
		for _, id := range []string{role.ID, role.ID + ":s"} {
			wants(t, "the ARN of a deleted role", id, func(v *store.View) (string, error) { return identities.PrincipalARN(v, ident.AWS, id) })
		}
	}},
	{"an identity is changed and deleted", func(t *fixture) {
		i, twin := identityOf(own, iam.Role, "One"), identityOf(own, iam.Role, "Two")
		t.insert(i, twin)
		changed := i
		changed.Name, changed.Path, changed.Description, changed.TrustPolicy, changed.MaxSession = "Three", "/", "", "{}", 43200
		t.moves("a change", func(tx *store.Tx) error { return identities.Save(tx, changed, "") })
		wants(t, "changed", changed, named(own, iam.Role, "three"))
		misses(t, "under its old name", named(own, iam.Role, "One"))
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error {
			taken := changed
			taken.Name = "TWO"
			return identities.Save(tx, taken, "")
		})
		used := iam.LastUse{At: epoch.Add(time.Hour), Region: "eu-west-1"}
		t.write(func(tx *store.Tx) error { return identities.SetLastUsed(tx, i.ID, used) })
		changed.LastUsed, changed.LastUsedRegion = used.At, used.Region
		wants(t, "used", changed, named(own, iam.Role, "Three"))
		t.moves("a deletion", func(tx *store.Tx) error { return identities.Delete(tx, changed) })
		misses(t, "deleted", named(own, iam.Role, "Three"))
		wants(t, "the other one", twin, named(own, iam.Role, "Two"))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.Delete(tx, changed) })
		t.whole()
	}},
	{"identities are listed by their names without case, below a path", func(t *fixture) {
		want := []string{"+", "0", "A", "b", "C", "d_", "e1"}
		for n, name := range mixed(want) {
			i := identityOf(own, iam.User, name)
			i.Path = []string{"/", "/x/", "/x/y/", "/xy/"}[n%4]
			t.insert(i, identityOf(other, iam.User, name), identityOf(own, iam.Role, name))
		}
		list := func(prefix string, after string, limit int) []string {
			names := []string{}
			for _, i := range read(t, func(v *store.View) ([]iam.Identity, error) {
				return identities.List(v, own, iam.User, prefix, after, limit)
			}) {
				if !strings.HasPrefix(i.Path, prefix) {
					t.Errorf("%s is listed below %s", i.Path, prefix)
				}
				names = append(names, i.Name)
			}
			return names
		}
		for limit := 1; limit <= len(want)+1; limit++ {
			got, after := []string{}, ""
			for {
				page := list("/", after, limit)
				got = append(got, page...)
				if len(page) < limit {
					break
				}
				after = iam.Key(page[limit-1])
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("in pages of %d: %v, want %v", limit, got, want)
			}
		}
		if below, all := list("/x/", "", 100), list("/x", "", 100); len(below) == 0 || len(all) <= len(below) {
			t.Errorf("below /x/: %v, below /x: %v", below, all)
		}
	}},
	{"an account counts what it has", func(t *fixture) {
		t.insert(identityOf(own, iam.User, "a"), identityOf(own, iam.User, "b"), identityOf(own, iam.Group, "a"), identityOf(other, iam.User, "a"))
		t.write(func(tx *store.Tx) error { return identities.Delete(tx, identityOf(own, iam.User, "a")) })
		counts := func(account ident.AccountID) func(v *store.View) (map[iam.Kind]int64, error) {
			return func(v *store.View) (map[iam.Kind]int64, error) { return identities.Counts(v, account) }
		}
		wants(t, "of the one", map[iam.Kind]int64{iam.User: 1, iam.Group: 1}, counts(own))
		wants(t, "of a third", map[iam.Kind]int64{}, counts("300000000003"))
		t.whole()
	}},
	{"members are listed by name, from both sides", func(t *fixture) {
		group, empty := identityOf(own, iam.Group, "G"), identityOf(own, iam.Group, "H")
		users := []iam.Identity{identityOf(own, iam.User, "a"), identityOf(own, iam.User, "B"), identityOf(own, iam.User, "c")}
		t.insert(append(users, group, empty)...)
		for _, u := range mixed(users) {
			t.moves("a membership", func(tx *store.Tx) error { return identities.AddMember(tx, group, u) })
		}
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return identities.AddMember(tx, group, users[0]) })
		members := func(of iam.Identity) func(v *store.View) ([]iam.Identity, error) {
			return func(v *store.View) ([]iam.Identity, error) { return identities.Members(v, of.ID) }
		}
		groups := func(v *store.View) ([]iam.Identity, error) { return identities.MemberOf(v, users[1].ID) }
		wants(t, "the members", users, members(group))
		wants(t, "of another group", []iam.Identity{}, members(empty))
		wants(t, "the groups", []iam.Identity{group}, groups)
		t.moves("the end of a membership", func(tx *store.Tx) error { return identities.RemoveMember(tx, group, users[1]) })
		wants(t, "the groups afterwards", []iam.Identity{}, groups)
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.RemoveMember(tx, group, users[1]) })
		t.whole()
	}},
	{"tags keep their order, and their keys have no case", func(t *fixture) {
		u := identityOf(own, iam.User, "u")
		t.insert(u)
		tags := func(v *store.View) ([]org.Tag, error) { return identities.Tags(v, u.ID) }
		t.moves("tags", func(tx *store.Tx) error {
			return identities.PutTags(tx, own, u.ID, []org.Tag{{Key: "Zone", Value: "1"}, {Key: "Äpfel", Value: ""}, {Key: "cost", Value: "2"}})
		})
		t.moves("other tags", func(tx *store.Tx) error {
			return identities.PutTags(tx, own, u.ID, []org.Tag{{Key: "äPFEL", Value: "3"}, {Key: "b", Value: hard[0]}})
		})
		wants(t, "the tags", []org.Tag{{Key: "Zone", Value: "1"}, {Key: "äPFEL", Value: "3"}, {Key: "cost", Value: "2"}, {Key: "b", Value: hard[0]}}, tags)
		t.moves("a tag less", func(tx *store.Tx) error { return identities.DeleteTag(tx, own, u.ID, "ZONE") })
		t.write(func(tx *store.Tx) error { return identities.DeleteTag(tx, own, u.ID, "none") })
		wants(t, "what is left", 3, func(v *store.View) (int, error) {
			left, err := tags(v)
			return len(left), err
		})
		t.write(func(tx *store.Tx) error { return identities.Delete(tx, u) })
		wants(t, "after the end of the user", []org.Tag{}, tags)
	}},
	{"an alias belongs to one account", func(t *fixture) {
		alias := func(v *store.View) (string, error) { return identities.Alias(v, own) }
		owner := func(v *store.View) (ident.AccountID, error) { return identities.AccountOfAlias(v, "acme") }
		misses(t, "no alias", alias)
		misses(t, "no account", owner)
		t.moves("an alias", func(tx *store.Tx) error { return identities.SetAlias(tx, own, "first") })
		t.moves("another one", func(tx *store.Tx) error { return identities.SetAlias(tx, own, "acme") })
		wants(t, "the alias", "acme", alias)
		wants(t, "its account", own, owner)
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return identities.SetAlias(tx, other, "acme") })
		t.moves("no alias any more", func(tx *store.Tx) error { return identities.DeleteAlias(tx, own) })
		misses(t, "afterwards", owner)
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.DeleteAlias(tx, own) })
	}},
	{"deletions of roles are kept for a while", func(t *fixture) {
		deletion := func(id string, at time.Time) iam.RoleDeletion {
			return iam.RoleDeletion{ID: id, Account: own, RoleName: "R", Status: "FAILED", Reason: "in use", Requested: at}
		}
		found := func(account ident.AccountID, id string) func(v *store.View) (iam.RoleDeletion, error) {
			return func(v *store.View) (iam.RoleDeletion, error) { return identities.RoleDeletion(v, account, id) }
		}
		old, young := deletion("task/1", epoch.Add(-day)), deletion("task/2", epoch)
		t.moves("a deletion", func(tx *store.Tx) error { return identities.InsertRoleDeletion(tx, old, epoch.Add(-day)) })
		wants(t, "the deletion", old, found(own, "task/1"))
		misses(t, "of another account", found(other, "task/1"))
		t.write(func(tx *store.Tx) error { return identities.InsertRoleDeletion(tx, young, epoch.Add(-time.Hour)) })
		misses(t, "an old one", found(own, "task/1"))
		wants(t, "a young one", young, found(own, "task/2"))
	}},
	{"a user has a password, or none", func(t *fixture) {
		u := identityOf(own, iam.User, "u")
		t.insert(u)
		profile := func(user string) func(v *store.View) (iam.LoginProfile, error) {
			return func(v *store.View) (iam.LoginProfile, error) { return identities.LoginProfile(v, own, user) }
		}
		misses(t, "no password", profile(u.ID))
		first := iam.LoginProfile{Account: own, User: u.ID, Created: epoch, ResetRequired: true}
		t.moves("a password", func(tx *store.Tx) error { return identities.PutLoginProfile(tx, first) })
		wants(t, "the password", first, profile(u.ID))
		misses(t, "of the root user", profile(""))
		t.moves("another one", func(tx *store.Tx) error {
			return identities.PutLoginProfile(tx, iam.LoginProfile{Account: own, User: u.ID, Created: epoch.Add(day)})
		})
		wants(t, "the other one", iam.LoginProfile{Account: own, User: u.ID, Created: epoch.Add(day)}, profile(u.ID))
		t.moves("none of the root user", func(tx *store.Tx) error { return identities.PutLoginProfile(tx, iam.LoginProfile{Account: own}) })
		wants(t, "the root user", iam.LoginProfile{Account: own}, profile(""))
		t.whole()
		t.moves("no password any more", func(tx *store.Tx) error { return identities.DeleteLoginProfile(tx, own, u.ID) })
		misses(t, "afterwards", profile(u.ID))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return identities.DeleteLoginProfile(tx, own, u.ID) })
	}},
	{"features of root access belong to an organization", func(t *fixture) {
		t.foundBoth()
		o := ours
		features := func(v *store.View) (string, error) {
			all, err := identities.RootAccess(v, o.ID)
			return fmt.Sprint(all), err
		}
		sessions := func(v *store.View) (bool, error) { return identities.HasRootAccess(v, o.ID, iam.RootSessions) }
		wants(t, "none", "[]", features)
		wants(t, "no sessions", false, sessions)
		set := func(f iam.RootAccessFeature, on bool) {
			t.write(func(tx *store.Tx) error { return identities.SetRootAccess(tx, o.ID, f, on) })
		}
		set(iam.RootSessions, true)
		set(iam.RootSessions, true)
		set(iam.RootCredentialsManagement, true)
		wants(t, "both", "[RootCredentialsManagement RootSessions]", features)
		wants(t, "sessions", true, sessions)
		set(iam.RootSessions, false)
		set(iam.RootSessions, false)
		wants(t, "one", "[RootCredentialsManagement]", features)
	}},
	{"all of an account, or of all accounts, is deleted", func(t *fixture) {
		fill := func(account ident.AccountID) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				user, group := identityOf(account, iam.User, "u"), identityOf(account, iam.Group, "g")
				p := managedOf(account, "P")
				for _, err := range []error{
					identities.Insert(tx, user), identities.Insert(tx, group), identities.AddMember(tx, group, user),
					identities.PutInlinePolicy(tx, user, iam.InlinePolicy{Name: "i", Document: "{}"}),
					identities.PutTags(tx, account, user.ID, []org.Tag{{Key: "k", Value: "v"}}),
					identities.InsertPolicy(tx, p), identities.InsertVersion(tx, p, iam.Version{Number: 1, Document: "{}", Created: epoch}),
					identities.PutTags(tx, account, p.ID, []org.Tag{{Key: "k", Value: "v"}}), identities.Attach(tx, user, p.ID, p.Name),
					identities.InsertAccessKey(tx, keyOf(account, user.ID, "AKIA"+string(account))), identities.SetAlias(tx, account, "alias-"+string(account)),
					identities.InsertRoleDeletion(tx, iam.RoleDeletion{ID: "task/" + string(account), Account: account, Requested: epoch}, epoch),
				} {
					if err != nil {
						return err
					}
				}
				return nil
			}
		}
		t.write(fill(own))
		t.write(fill(other))
		t.whole()
		t.write(func(tx *store.Tx) error { return identities.DeleteAccount(tx, own) })
		t.whole()
		left := func(account ident.AccountID) int {
			return read(t, func(v *store.View) (int, error) {
				rows := 0
				for _, look := range []func() error{
					func() error { _, err := identities.Get(v, account, iam.User, "u"); return err },
					func() error { _, err := identities.Policy(v, account, "P"); return err },
					func() error { _, err := identities.AccessKey(v, "AKIA"+string(account)); return err },
					func() error { _, err := identities.Alias(v, account); return err },
					func() error { _, err := identities.RoleDeletion(v, account, "task/"+string(account)); return err },
				} {
					if look() == nil {
						rows++
					}
				}
				return rows, nil
			})
		}
		if mine, theirs := left(own), left(other); mine != 0 || theirs != 5 {
			t.Errorf("%d rows of the account and %d of the other one are left", mine, theirs)
		}
		// What was deleted can be made again.
		t.write(fill(own))
		t.whole()
		t.write(dump.DeleteEverything)
		if mine, theirs := left(own), left(other); mine != 0 || theirs != 0 {
			t.Errorf("%d and %d rows are left after a reset", mine, theirs)
		}
		t.write(fill(other))
		t.whole()
	}},
	{"an account with identities is not unused", func(t *fixture) {
		for _, a := range []org.Account{registered(own), registered(other)} {
			t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
			t.write(func(tx *store.Tx) error { return tx.InsertRegistration(a.ID) })
		}
		t.insert(identityOf(own, iam.User, "u"))
		wants(t, "unused", fmt.Sprint([]ident.AccountID{other}), func(v *store.View) (string, error) {
			ids, err := v.UnusedRegistrations(v.Now().Add(time.Second), 9)
			return fmt.Sprint(ids), err
		})
	}},
}
