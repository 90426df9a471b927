package organizations_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/identities"
)

var update = flag.Bool("update", false, "write the golden table of permissions")

// principal is a caller of the table: an account, and the role of a session if it is one.
type principal struct {
	name    string
	account string
	role    string
	// user is a user of the account; its ID is empty for none.
	user iam.Identity
}

// user makes a user with an inline policy, unless it is empty.
func (w *fixture) user(account, name, policy string) iam.Identity {
	w.t.Helper()
	made := iam.Identity{Account: ident.AccountID(account), Kind: iam.User, ID: "AIDA" + account + "000" + name, Name: name, Path: "/", Created: w.clock.Now()}
	err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		if err := identities.Insert(tx, made); err != nil || policy == "" {
			return err
		}
		return identities.PutInlinePolicy(tx, made, iam.InlinePolicy{Name: "Inline", Document: policy})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// callerOf is the caller of a call by a user.
func callerOf(i iam.Identity) api.Caller {
	return api.Caller{
		Account: string(i.Account), Kind: api.IAMUser, Principal: i.ARN(ident.AWS), UserID: i.ID, Partition: string(ident.AWS), AccessKeyID: "AKIA0000000000000000",
	}
}

// sessionOf is the context of a call by a session of a role, as sts AssumeRole makes it.
func (w *fixture) sessionOf(account, role string) api.Caller {
	return api.Caller{
		Account: account, Principal: "arn:aws:sts::" + account + ":assumed-role/" + role + "/session", UserID: "AROA00000000000000000:session",
		RoleARN: "arn:aws:iam::" + account + ":role/" + role, Partition: string(ident.AWS), AccessKeyID: "ASIA0000000000000000",
		SessionCreated: w.clock.Now(), Registration: w.accountRow(account).Sequence,
	}
}

// The table of all operations and callers says who is refused, and by what: by policies
// ("gate"), by the standing of the account ("standing", or an exception in short), or not
// ("yes").
// Whatever an operation does then is not committed. [AWS: Service Authorization Reference;
// guide; assumed: the order]
func TestEveryOperationDecidesEveryCallerAsTheTableSays(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	a.trust(config)
	everything := func(name string) string {
		return a.draft(orgapi.PolicyTypeServiceControlPolicy, name, denying("*", "organizations:*"))
	}
	callers := []principal{
		{name: "management", account: alice},
		{name: "administrator there", account: alice, user: w.user(alice, "admin", allowing("*"))},
		{name: "user there", account: alice, user: w.user(alice, "nobody", "")},
	}
	member := func(name, role string) string {
		id := fmt.Sprintf("3000000000%02d", len(callers))
		a.member(id)
		callers = append(callers, principal{name: name, account: id, role: role})
		return id
	}
	plain := member("member", "")
	callers = append(callers,
		principal{name: "administrator in member", account: plain, user: w.user(plain, "admin", allowing("*"))},
		principal{name: "user in member", account: plain, user: w.user(plain, "nobody", "")})
	session := member("session in member", "OrganizationAccountAccessRole")
	delegates := []string{member("delegate", ""), member("delegate, other grant", "")}
	administrator := member("administrator", "")
	a.delegate(administrator, config)
	var grants []string
	for name, op := range orgapi.Operations {
		if op.Access.Delegable {
			grants = append(grants, `"organizations:`+name+`"`)
		}
	}
	slices.Sort(grants)
	a.putPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + delegates[0] + `"},"Action":[` + strings.Join(grants, ",") +
		`],"Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"` + delegates[1] + `"},"Action":"organizations:ListRoots","Resource":"*"}]}`)
	callers = append(callers,
		principal{name: "administrator in delegate", account: delegates[0], user: w.user(delegates[0], "admin", allowing("*"))},
		principal{name: "user in delegate", account: delegates[0], user: w.user(delegates[0], "nobody", "")})
	dev := a.unit(a.root, "Dev")
	a.attach(everything("In a unit"), dev)
	a.move(member("SCP on its unit", ""), a.root, dev)
	a.attach(everything("On an account"), member("SCP on the account", ""))
	lacking := member("SCP that lacks it", "")
	a.attach(a.draft(orgapi.PolicyTypeServiceControlPolicy, "Lacks", allowing("s3:*")), lacking)
	a.detach(fullAccess, lacking)
	closed := member("closed", "")
	must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &closed})
	w.pass(0)
	w.as(dave).organization(all)
	callers = append(callers, principal{name: "stranger", account: dave}, principal{name: "standalone", account: w.as(carol).id})

	requests := ofOrganization()
	id := new("h-00000000000000000000000000000000")
	requests["CreateOrganization"] = &orgapi.CreateOrganizationRequest{}
	requests["AcceptHandshake"] = &orgapi.AcceptHandshakeRequest{HandshakeId: id}
	requests["CancelHandshake"] = &orgapi.CancelHandshakeRequest{HandshakeId: id}
	requests["DeclineHandshake"] = &orgapi.DeclineHandshakeRequest{HandshakeId: id}
	outcomes := map[string][]string{}
	ask := func(callers []principal) {
		w.failCommits = true
		for name := range orgapi.Operations {
			for _, c := range callers {
				outcomes[name] = append(outcomes[name], w.outcomeOf(c, name, requests[name]))
			}
		}
		w.failCommits = false
	}
	ask(callers)
	// On the root it binds all members, and not the management account.
	a.attach(everything("In the root"), a.root)
	bound := []principal{
		{name: "SCP on the root", account: plain}, {name: "session under it", account: session, role: "OrganizationAccountAccessRole"},
		{name: "management over it", account: alice},
	}
	ask(bound)
	got := written(append(callers, bound...), outcomes)

	const golden = "testdata/permissions.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(got, "\n"); lines != 64 {
		t.Errorf("the table has %d lines", lines)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-want +got; -update writes it)\n%s", diff)
	}
}

// written is the table: a line for each operation, and a column for each caller.
func written(callers []principal, outcomes map[string][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(first string, rest []string) { _, _ = fmt.Fprintln(w, first+"\t"+strings.Join(rest, "\t")) }
	var names []string
	for _, c := range callers {
		names = append(names, c.name)
	}
	line("", names)
	for _, name := range slices.Sorted(maps.Keys(outcomes)) {
		line(name, outcomes[name])
	}
	_ = w.Flush()
	return b.String()
}

// outcomeOf calls an operation and tells what refused the caller.
func (w *fixture) outcomeOf(c principal, operation string, in api.Request) string {
	w.t.Helper()
	ctx := actor{w, c.account}.context()
	if c.user.ID != "" {
		ctx = api.WithCaller(ctx, callerOf(c.user))
	}
	if c.role != "" {
		ctx = api.WithCaller(ctx, w.sessionOf(c.account, c.role))
	}
	if fault := in.Validate(); fault != nil {
		w.t.Fatalf("%s: %v", operation, fault)
	}
	_, err := orgapi.Operations[operation].Invoke(ctx, w.service, in)
	var told *api.Error
	if err != nil && !errors.As(err, &told) {
		w.t.Fatalf("%s: %v", operation, err)
	}
	switch {
	case err == nil:
		return "yes"
	case told.Recorded == "AccessDenied":
		return "gate"
	}
	switch told.Type {
	case denied:
		return "standing"
	case "AWSOrganizationsNotInUseException":
		return "not in use"
	case "AlreadyInOrganizationException":
		return "already in"
	case "MasterCannotLeaveOrganizationException":
		return "management"
	case "UnrecognizedClientException":
		return "key"
	}
	return "yes"
}
