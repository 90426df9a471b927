package durability_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // Reads the rows of PostgreSQL.

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/organizations"
	"accord/internal/store"
	"accord/test/postgres"
)

// world is the service on a store of its own, in this process.
type world struct {
	t       *testing.T
	store   *store.Store
	service *organizations.Service
	// What stage leaves behind.
	organization  ident.OrganizationID
	member, guest string
	open          handshake.Handshake
	created       org.Creation
}

// newWorld opens a world; beforeCommit is that of the store.
func newWorld(t *testing.T, url string, beforeCommit func() error) *world {
	t.Helper()
	ctx := context.Background()
	c, source, log := clock.NewVirtual(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)), ident.NewSeededSource(*seed), slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, url, store.Options{Clock: c, Source: source, Log: log, BeforeCommit: beforeCommit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	// What is due later stays undone: time stands still.
	r, err := behavior.Parse(map[string]string{"create-account": "synchronous", "account-closure-delay": "1h"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := quota.New(r.QuotaProfile, nil)
	if err != nil {
		t.Fatal(err)
	}
	service, err := organizations.New(ctx, organizations.Options{
		Store: s, Jobs: jobs.New(s, c, log), Source: source, Behavior: r, Quotas: l, Log: log, RegisterCallers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, store: s, service: service}
}

// call calls an operation as an account. The input is JSON.
func (w *world) call(as, operation, input string) (map[string]any, error) {
	w.t.Helper()
	op := orgapi.Operations[operation]
	in := op.NewRequest()
	if err := json.Unmarshal([]byte(input), in); err != nil {
		w.t.Fatalf("%s: %v", operation, err)
	}
	if fault := in.Validate(); fault != nil {
		w.t.Fatalf("%s: %v", operation, fault)
	}
	ctx := api.WithCaller(context.Background(), api.Caller{
		Account: as, Principal: ident.RootUserARN(ident.AccountID(as)), AccessKeyID: as, RequestID: "request",
	})
	out, err := op.Invoke(ctx, w.service, in)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(out)
	if err != nil {
		w.t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		w.t.Fatal(err)
	}
	return answer, nil
}

// must calls an operation that has to succeed.
func (w *world) must(as, operation, input string) map[string]any {
	w.t.Helper()
	answer, err := w.call(as, operation, input)
	if err != nil {
		w.t.Fatalf("%s: %v", operation, err)
	}
	return answer
}

// at finds a text in an answer, by the names of the members on the way; in a list
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
	manager  = "100000000001"
	someone  = "200000000001"
	somebody = "200000000002"
)

// stage makes a small organization: a member that was invited, one that was
// created, and an invitation that is open.
func (w *world) stage() {
	w.t.Helper()
	w.exist(manager, someone, somebody)
	w.member, w.guest = someone, somebody
	w.organization = ident.OrganizationID(at(w.must(manager, "CreateOrganization", `{}`), "Organization.Id"))
	w.must(someone, "AcceptHandshake", `{"HandshakeId":"`+w.invite(someone, "first"+marked)+`"}`)
	w.must(manager, "CreateAccount", `{"AccountName":"second`+marked+`","Email":"second@made.example","Tags":[{"Key":"token","Value":"second`+marked+`"}]}`)
	open := ident.HandshakeID(w.invite(somebody, "third"+marked))
	err := w.store.View(context.Background(), func(v *store.View) (err error) {
		if w.open, err = v.Handshake(open); err != nil {
			return err
		}
		creations, err := v.Creations(w.organization, nil, page.Newest, 1)
		w.created = creations[0]
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exist(accounts ...string) {
	w.t.Helper()
	for _, id := range accounts {
		if _, err := w.service.EnsureAccount(context.Background(), ident.AccountID(id)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// invite invites an account and returns the handshake.
func (w *world) invite(account, token string) string {
	w.t.Helper()
	return at(w.must(manager, "InviteAccountToOrganization", invitationOf(account, token)), "Handshake.Id")
}

func invitationOf(account, token string) string {
	return `{"Target":{"Id":"` + account + `","Type":"ACCOUNT"},"Notes":"` + token + `","Tags":[{"Key":"token","Value":"` + token + `"}]}`
}

// join makes the guest a member and forgets everything else.
func (w *world) join(tx *store.Tx) error {
	o, err := tx.Organization(w.organization)
	if err != nil {
		return err
	}
	return tx.InsertMembership(ident.AccountID(w.guest), org.Membership{
		Organization: o.ID, Parent: o.Root.Parent(), ParentPath: o.RootPath(), Method: org.Invited, Joined: tx.Now().Add(-time.Minute),
	})
}

var errForgotten = errors.New("only to look at")

// expect spoils the rows, which nobody keeps, and wants the check to notice. It
// wants silence about rows that nobody spoils.
func (w *world) expect(spoil func(*store.Tx) error) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		if spoil != nil {
			if err := spoil(tx); err != nil {
				return err
			}
		}
		faults, err := inspect(&tx.View, []ident.OrganizationID{w.organization})
		if err != nil {
			return err
		}
		if (len(faults) > 0) != (spoil != nil) {
			w.t.Errorf("the check says %q", faults)
		}
		return errForgotten
	})
	if !errors.Is(err, errForgotten) {
		w.t.Fatal(err)
	}
}

// everyRow reads all tables, past the store.
func everyRow(t *testing.T, url string) map[string][]string {
	t.Helper()
	driver, source, list := "pgx", url, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	if path, is := strings.CutPrefix(url, "sqlite:"); is {
		driver, source, list = "sqlite", "file:"+path, `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	all := map[string][]string{}
	for _, table := range read(t, db, list) {
		table = strings.Trim(table, "[]")
		all[table] = read(t, db, "SELECT * FROM "+table)
		slices.Sort(all[table])
	}
	return all
}

// read returns the rows of a query, each as a text.
func read(t *testing.T, db *sql.DB, query string) (texts []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, fmt.Sprint(values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestNothingIsThereWhenTheCommitFails tries each change twice: first with a
// commit that fails, after which the caller is told so and every row is as it
// was, and then for good.
func TestNothingIsThereWhenTheCommitFails(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
		"PostgreSQL": func(t *testing.T) string { return postgres.URL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			url := url(t)
			failing := false
			w := newWorld(t, url, func() error {
				if failing {
					return errors.New("failed on purpose")
				}
				return nil
			})
			w.exist(manager, someone, somebody)
			known := map[string]string{}
			for _, step := range story {
				input := step.input
				for name, value := range known {
					input = strings.ReplaceAll(input, "$"+name, value)
				}
				if orgapi.Operations[step.operation].Access.ReadOnly() {
					known[step.name] = at(w.must(step.as, step.operation, input), step.path)
					continue
				}
				before := everyRow(t, url)
				failing = true
				_, err := w.call(step.as, step.operation, input)
				failing = false
				var told *api.Error
				if !errors.As(err, &told) || told.Status != 500 {
					t.Errorf("%s with a commit that fails: %v", step.operation, err)
				}
				if diff := cmp.Diff(before, everyRow(t, url)); diff != "" {
					t.Errorf("%s with a commit that fails left something behind:\n%s", step.operation, diff)
				}
				answer := w.must(step.as, step.operation, input)
				if cmp.Equal(before, everyRow(t, url)) {
					t.Errorf("%s changed nothing: it does not show that a failed commit leaves nothing", step.operation)
				}
				if step.name != "" {
					known[step.name] = at(answer, step.path)
				}
			}
		})
	}
}

// story calls every operation that changes something, each where it succeeds. What
// an answer names is kept under a name, and stands for $name in later inputs.
var story = []struct{ as, operation, input, name, path string }{
	{manager, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`, "", ""},
	{manager, "InviteAccountToOrganization", invitationOf(someone, "first"), "first", "Handshake.Id"},
	{someone, "DeclineHandshake", `{"HandshakeId":"$first"}`, "", ""},
	{manager, "InviteAccountToOrganization", `{"Target":{"Id":"account-` + someone + `@example.com","Type":"EMAIL"}}`, "second", "Handshake.Id"},
	{manager, "CancelHandshake", `{"HandshakeId":"$second"}`, "", ""},
	{manager, "InviteAccountToOrganization", invitationOf(someone, "third"), "third", "Handshake.Id"},
	{someone, "AcceptHandshake", `{"HandshakeId":"$third"}`, "", ""},
	{manager, "CreateAccount", `{"AccountName":"new","Email":"new@made.example","Tags":[{"Key":"a","Value":"b"}]}`, "new", "CreateAccountStatus.AccountId"},
	{manager, "CreateGovCloudAccount", `{"AccountName":"pair","Email":"pair@made.example"}`, "pair", "CreateAccountStatus.AccountId"},
	{someone, "LeaveOrganization", `{}`, "", ""},
	{manager, "EnableAllFeatures", `{}`, "change", "Handshake.Id"},
	{manager, "AcceptHandshake", `{"HandshakeId":"$change"}`, "", ""},

	{manager, "ListRoots", `{}`, "root", "Roots.0.Id"},
	{manager, "CreateOrganizationalUnit", `{"ParentId":"$root","Name":"one"}`, "unit", "OrganizationalUnit.Id"},
	{manager, "UpdateOrganizationalUnit", `{"OrganizationalUnitId":"$unit","Name":"two"}`, "", ""},
	{manager, "MoveAccount", `{"AccountId":"$new","SourceParentId":"$root","DestinationParentId":"$unit"}`, "", ""},
	{manager, "MoveAccount", `{"AccountId":"$new","SourceParentId":"$unit","DestinationParentId":"$root"}`, "", ""},
	{manager, "TagResource", `{"ResourceId":"$unit","Tags":[{"Key":"a","Value":"b"}]}`, "", ""},
	{manager, "UntagResource", `{"ResourceId":"$unit","TagKeys":["a"]}`, "", ""},

	{manager, "EnablePolicyType", `{"RootId":"$root","PolicyType":"TAG_POLICY"}`, "", ""},
	{manager, "CreatePolicy", `{"Name":"p","Description":"","Type":"TAG_POLICY","Content":"{\"tags\":{\"a\":{\"tag_key\":{\"@@assign\":\"a\"}}}}"}`, "policy", "Policy.PolicySummary.Id"},
	{manager, "UpdatePolicy", `{"PolicyId":"$policy","Name":"q"}`, "", ""},
	{manager, "AttachPolicy", `{"PolicyId":"$policy","TargetId":"$unit"}`, "", ""},
	{manager, "DetachPolicy", `{"PolicyId":"$policy","TargetId":"$unit"}`, "", ""},
	{manager, "DeletePolicy", `{"PolicyId":"$policy"}`, "", ""},
	{manager, "DisablePolicyType", `{"RootId":"$root","PolicyType":"TAG_POLICY"}`, "", ""},
	{manager, "DeleteOrganizationalUnit", `{"OrganizationalUnitId":"$unit"}`, "", ""},

	{manager, "EnableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, "", ""},
	{manager, "RegisterDelegatedAdministrator", `{"ServicePrincipal":"guardduty.amazonaws.com","AccountId":"$new"}`, "", ""},
	{manager, "PutResourcePolicy", `{"Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"$new\"},\"Action\":\"organizations:ListAccounts\",\"Resource\":\"*\"}]}"}`, "", ""},
	{manager, "DeleteResourcePolicy", `{}`, "", ""},
	{manager, "DeregisterDelegatedAdministrator", `{"ServicePrincipal":"guardduty.amazonaws.com","AccountId":"$new"}`, "", ""},
	{manager, "DisableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, "", ""},

	{somebody, "CreateOrganization", `{}`, "", ""},
	{somebody, "DeleteOrganization", `{}`, "", ""},
	{somebody, "CreateOrganization", `{}`, "", ""},
	{somebody, "InviteOrganizationToTransferResponsibility", `{"Type":"BILLING","Target":{"Id":"` + manager + `","Type":"ACCOUNT"},"StartTimestamp":` + december + `,"SourceName":"bill"}`, "transfer", "Handshake.Id"},
	{manager, "AcceptHandshake", `{"HandshakeId":"$transfer"}`, "", ""},
	{somebody, "ListInboundResponsibilityTransfers", `{"Type":"BILLING"}`, "billing", "ResponsibilityTransfers.0.Id"},
	{somebody, "UpdateResponsibilityTransfer", `{"Id":"$billing","Name":"other"}`, "", ""},
	{somebody, "TerminateResponsibilityTransfer", `{"Id":"$billing"}`, "", ""},

	{manager, "CloseAccount", `{"AccountId":"$new"}`, "", ""},
	{manager, "RemoveAccountFromOrganization", `{"AccountId":"$pair"}`, "", ""},
}

// december is 1 December 2026 in epoch seconds, when a transfer can begin.
const december = "1796083200"

func TestTheStoryHasEveryOperationThatChangesSomething(t *testing.T) {
	told := map[string]bool{}
	for _, step := range story {
		told[step.operation] = true
	}
	for name, operation := range orgapi.Operations {
		if !operation.Access.ReadOnly() && !told[name] {
			t.Errorf("%s is not in the story", name)
		}
	}
}
