package clients_test

import (
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// TestTheAWSCLIReadsTheSameBeforeAndAfter a snapshot is loaded: by the same server, from a
// file by another one with another store. The control is the state in between.
func TestTheAWSCLIReadsTheSameBeforeAndAfter(t *testing.T) {
	aws := require.Tool(t, "aws")
	accord, file := process.Program(t), filepath.Join(t.TempDir(), "base.snapshot")
	s := serve(t)
	call := func(s *process.Server, args ...string) string {
		t.Helper()
		return strings.TrimSpace(string(run(t, s, aws, append([]string{"organizations"}, args...)...)))
	}
	call(s, "create-organization")
	root := call(s, "list-roots", "--query", "Roots[0].Id", "--output", "text")
	unit := call(s, "create-organizational-unit", "--parent-id", root, "--name", "Unit", "--query", "OrganizationalUnit.Id", "--output", "text")
	call(s, "invite-account-to-organization", "--target", "Type=ACCOUNT,Id="+member)
	call(s, "tag-resource", "--resource-id", unit, "--tags", "Key=a,Value=b")
	call(s, "create-account", "--account-name", "Made", "--email", "made@example.com")
	call(s, "list-accounts") // The account is made.
	read := func(s *process.Server) string {
		t.Helper()
		var all []string
		for _, args := range [][]string{
			{"describe-organization"}, {"list-roots"}, {"list-accounts"}, {"list-handshakes-for-organization"}, {"list-create-account-status"},
			{"list-organizational-units-for-parent", "--parent-id", root}, {"list-tags-for-resource", "--resource-id", unit},
			{"describe-organizational-unit", "--organizational-unit-id", unit},
		} {
			all = append(all, call(s, args...))
		}
		return strings.Join(all, "\n")
	}
	before := read(s)
	page := call(s, "list-accounts", "--max-items", "1", "--page-size", "1", "--query", "NextToken")
	run(t, s, accord, "snapshot", "save", "base", "--file", file)

	call(s, "delete-organizational-unit", "--organizational-unit-id", unit)
	call(s, "create-organizational-unit", "--parent-id", root, "--name", "Other")
	if between := call(s, "list-organizational-units-for-parent", "--parent-id", root); strings.Contains(before, between) {
		t.Errorf("the control: nothing has changed: %s", between)
	}
	run(t, s, accord, "reset", "--snapshot", "base")
	if after := read(s); after != before {
		t.Errorf("after the load:\n%s\nbefore:\n%s", after, before)
	}
	// A page that was begun before goes on.
	if next := call(s, "list-accounts", "--page-size", "1", "--starting-token", strings.Trim(page, `"`), "--query", "length(Accounts)", "--output", "text"); next != "1" {
		t.Errorf("the next page has %s accounts", next)
	}

	other := process.Start(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"))
	run(t, other, accord, "snapshot", "load", "--file", file)
	if after := read(other); after != before {
		t.Errorf("of the other server:\n%s\nwant:\n%s", after, before)
	}
	t.Logf("evidence: %d bytes of answers, the same before and after, and by another server", len(before))
}
