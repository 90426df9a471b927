package durability_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // Reads the rows of PostgreSQL.

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/test/postgres"
)

// everyRow reads all tables without the store.
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
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, fmt.Sprint(values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestAFailedCommitLeavesNothing makes each change twice: first with a commit that
// fails, after which the caller gets an error and every row is as it was, and then
// with one that succeeds.
func TestAFailedCommitLeavesNothing(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
		"PostgreSQL": func(t *testing.T) string { return postgres.URL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			url := url(t)
			failing := false
			f := newFixture(t, url, func() error {
				if failing {
					return errors.New("failed on purpose")
				}
				return nil
			})
			f.Ensure(t, manager, firstAccount, secondAccount)
			known, writes := map[string]string{}, 0
			for _, step := range scenario {
				input := step.input
				for name, value := range known {
					input = strings.ReplaceAll(input, "$"+name, value)
				}
				if orgapi.Operations[step.operation].Access.ReadOnly() {
					known[step.name] = at(f.must(step.as, step.operation, input), step.path)
					continue
				}
				writes++
				before := everyRow(t, url)
				failing = true
				_, err := f.call(step.as, step.operation, input)
				failing = false
				var internal *api.Error
				if !errors.As(err, &internal) || internal.Status != 500 {
					t.Errorf("%s with a commit that fails: %v", step.operation, err)
				}
				if diff := cmp.Diff(before, everyRow(t, url)); diff != "" {
					t.Errorf("%s with a commit that fails left something behind:\n%s", step.operation, diff)
				}
				answer := f.must(step.as, step.operation, input)
				if cmp.Equal(before, everyRow(t, url)) {
					t.Errorf("%s changed nothing: it does not show that a failed commit leaves nothing", step.operation)
				}
				if step.name != "" {
					known[step.name] = at(answer, step.path)
				}
			}
			t.Logf("evidence: %d commits failed, every row as before; the same calls, when the commit succeeds, change rows", writes)
		})
	}
}

// scenario calls every operation that writes, each where it succeeds. The text at
// path in the answer replaces $name in later inputs.
var scenario = []struct{ as, operation, input, name, path string }{
	{manager, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`, "", ""},
	{manager, "InviteAccountToOrganization", invitationOf(firstAccount, "first"), "first", "Handshake.Id"},
	{firstAccount, "DeclineHandshake", `{"HandshakeId":"$first"}`, "", ""},
	{manager, "InviteAccountToOrganization", `{"Target":{"Id":"account-` + firstAccount + `@example.com","Type":"EMAIL"}}`, "second", "Handshake.Id"},
	{manager, "CancelHandshake", `{"HandshakeId":"$second"}`, "", ""},
	{manager, "InviteAccountToOrganization", invitationOf(firstAccount, "third"), "third", "Handshake.Id"},
	{firstAccount, "AcceptHandshake", `{"HandshakeId":"$third"}`, "", ""},
	{manager, "CreateAccount", `{"AccountName":"new","Email":"new@made.example","Tags":[{"Key":"a","Value":"b"}]}`, "new", "CreateAccountStatus.AccountId"},
	{manager, "CreateGovCloudAccount", `{"AccountName":"pair","Email":"pair@made.example"}`, "pair", "CreateAccountStatus.AccountId"},
	{firstAccount, "LeaveOrganization", `{}`, "", ""},
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

	{secondAccount, "CreateOrganization", `{}`, "", ""},
	{secondAccount, "DeleteOrganization", `{}`, "", ""},
	{secondAccount, "CreateOrganization", `{}`, "", ""},
	{secondAccount, "InviteOrganizationToTransferResponsibility", `{"Type":"BILLING","Target":{"Id":"` + manager + `","Type":"ACCOUNT"},"StartTimestamp":` + december + `,"SourceName":"bill"}`, "transfer", "Handshake.Id"},
	{manager, "AcceptHandshake", `{"HandshakeId":"$transfer"}`, "", ""},
	{secondAccount, "ListInboundResponsibilityTransfers", `{"Type":"BILLING"}`, "billing", "ResponsibilityTransfers.0.Id"},
	{secondAccount, "UpdateResponsibilityTransfer", `{"Id":"$billing","Name":"other"}`, "", ""},
	{secondAccount, "TerminateResponsibilityTransfer", `{"Id":"$billing"}`, "", ""},

	{manager, "CloseAccount", `{"AccountId":"$new"}`, "", ""},
	{manager, "RemoveAccountFromOrganization", `{"AccountId":"$pair"}`, "", ""},
}

// december is 1 December 2026 in epoch seconds, when a transfer can begin.
const december = "1796083200"

func TestTheScenarioHasEveryWrite(t *testing.T) {
	called := map[string]bool{}
	for _, step := range scenario {
		called[step.operation] = true
	}
	for name, operation := range orgapi.Operations {
		if !operation.Access.ReadOnly() && !called[name] {
			t.Errorf("%s is not in the scenario", name)
		}
	}
}
