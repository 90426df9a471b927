package durability_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/app/apptest"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// fixture is the service on a store of its own, in this process.
type fixture struct {
	*apptest.Service
	t *testing.T
	// What populate leaves behind.
	organization    ident.OrganizationID
	member, invitee string
	open            handshake.Handshake
	created         org.Creation
}

// newFixture opens a fixture; beforeCommit is that of the store. Jobs that are due
// later do not run: the clock does not move.
func newFixture(t *testing.T, url string, beforeCommit func() error) *fixture {
	t.Helper()
	return &fixture{t: t, Service: apptest.OpenService(t, apptest.ServiceOptions{
		Store: url, Start: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Seed: *seed,
		Behavior:     map[string]string{"create-account": "synchronous", "account-closure-delay": "1h"},
		BeforeCommit: beforeCommit,
	})}
}

// call calls an operation as an account. The input is JSON.
func (f *fixture) call(as, operation, input string) (map[string]any, error) {
	f.t.Helper()
	op := orgapi.Operations[operation]
	in := op.NewRequest()
	if err := json.Unmarshal([]byte(input), in); err != nil {
		f.t.Fatalf("%s: %v", operation, err)
	}
	if violation := in.Validate(); violation != nil {
		f.t.Fatalf("%s: %v", operation, violation)
	}
	out, err := op.Invoke(apptest.As(context.Background(), as), f.Service.Service, in)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(out)
	if err != nil {
		f.t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		f.t.Fatal(err)
	}
	return answer, nil
}

// must calls an operation that has to succeed.
func (f *fixture) must(as, operation, input string) map[string]any {
	f.t.Helper()
	answer, err := f.call(as, operation, input)
	if err != nil {
		f.t.Fatalf("%s: %v", operation, err)
	}
	return answer
}

// at finds a text in an answer, by the names of the members on the way; of a list
// it takes the first element.
func at(answer map[string]any, path string) string {
	var v any = answer
	for name := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[name]
		case []any:
			v = inner[0]
		}
	}
	text, _ := v.(string)
	return text
}

const (
	manager       = "100000000001"
	firstAccount  = "200000000001"
	secondAccount = "200000000002"
)

// populate makes a small organization: a member that was invited, one that was
// created, and an invitation that is open.
func (f *fixture) populate() {
	f.t.Helper()
	f.Ensure(f.t, manager, firstAccount, secondAccount)
	f.member, f.invitee = firstAccount, secondAccount
	f.organization = ident.OrganizationID(at(f.must(manager, "CreateOrganization", `{}`), "Organization.Id"))
	f.must(firstAccount, "AcceptHandshake", `{"HandshakeId":"`+f.invite(firstAccount, "first"+marked)+`"}`)
	f.must(manager, "CreateAccount", `{"AccountName":"second`+marked+`","Email":"second@made.example","Tags":[{"Key":"token","Value":"second`+marked+`"}]}`)
	open := ident.HandshakeID(f.invite(secondAccount, "third"+marked))
	err := f.Store.View(context.Background(), func(v *store.View) (err error) {
		if f.open, err = v.Handshake(open); err != nil {
			return err
		}
		creations, err := v.Creations(f.organization, nil, page.Newest, 1)
		f.created = creations[0]
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// invite invites an account and returns the handshake.
func (f *fixture) invite(account, token string) string {
	f.t.Helper()
	return at(f.must(manager, "InviteAccountToOrganization", invitationOf(account, token)), "Handshake.Id")
}

func invitationOf(account, token string) string {
	return `{"Target":{"Id":"` + account + `","Type":"ACCOUNT"},"Notes":"` + token + `","Tags":[{"Key":"token","Value":"` + token + `"}]}`
}

// join makes the invitee a member, and does nothing else of what an answer does.
func (f *fixture) join(tx *store.Tx) error {
	o, err := tx.Organization(f.organization)
	if err != nil {
		return err
	}
	return tx.InsertMembership(ident.AccountID(f.invitee), org.Membership{
		Organization: o.ID, Parent: o.Root.Parent(), ParentPath: o.RootPath(), Method: org.Invited, Joined: tx.Now().Add(-time.Minute),
	})
}

var errRollback = errors.New("rolled back on purpose")

// expect corrupts the rows in a transaction that is rolled back, and expects the
// check to notice. Without a corruption it expects no finding.
func (f *fixture) expect(corrupt func(*store.Tx) error) {
	f.t.Helper()
	err := f.Store.Update(context.Background(), func(tx *store.Tx) error {
		if corrupt != nil {
			if err := corrupt(tx); err != nil {
				return err
			}
		}
		findings, err := inspect(&tx.View, []ident.OrganizationID{f.organization})
		if err != nil {
			return err
		}
		if (len(findings) > 0) != (corrupt != nil) {
			f.t.Errorf("the check says %q", findings)
		}
		return errRollback
	})
	if !errors.Is(err, errRollback) {
		f.t.Fatal(err)
	}
}
