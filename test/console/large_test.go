package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"accord/internal/seed"
	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

// largePage is a page that is opened, with its name in the table.
type largePage struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// TestPagesOfALargeOrganizationInABrowser stay small: with 10,000 accounts in 2,000 units, no page
// asks for more, sends more or shows more than its bounds. How long a person waits is printed. The
// control has bounds that every page breaks.
func TestPagesOfALargeOrganizationInABrowser(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	folder := npm.Install(t, "scenarios")
	const units, each = 2000, 5
	s := process.Start(t, "--clock", "virtual", "--quota", "accounts-registered=unlimited")
	send(t, http.MethodPost, s.AdminURL+"/seed", string(largeSeed(t, units, each)))
	organization := send(t, http.MethodGet, s.AdminURL+"/organizations", "")["organizations"].([]any)[0].(map[string]any)["id"].(string)
	middle := send(t, http.MethodGet, s.AdminURL+"/accounts?limit=1&text=0500-3&organization="+organization, "")["accounts"].([]any)[0].(map[string]any)
	account, unit := middle["id"].(string), middle["parent"].(string)
	invite := `{"Target": {"Type": "EMAIL", "Id": "guest%d@example.com"}}`
	for n := range 300 {
		call(t, s, alice, "InviteAccountToOrganization", fmt.Sprintf(invite, n))
	}
	as := "?as=" + alice
	pages := []largePage{
		{"Home", "/console/" + as},
		{"the tree, whose root has 2,000 units", "/console/organization" + as},
		{"a unit in the tree", "/console/organization/" + unit + as},
		{"an account in the tree", "/console/organization/" + account + as},
		{"the tree, with a search", "/console/organization" + as + "&find=0042-3"},
		{"the list", "/console/organization/accounts" + as},
		{"the list, with a search", "/console/organization/accounts" + as + "&find=0042-3"},
		{"an account", "/console/organization/accounts/" + account + as + "&action=s3:GetObject"},
		{"Handshakes", "/console/handshakes" + as},
		{"Inbox", "/console/inbox"},
		{"Calls", "/console/calls"},
		{"Time", "/console/time"},
	}
	type bounds map[string]int
	scenario := func(of bounds) string {
		text, err := json.Marshal(map[string]any{"bounds": of, "pages": pages})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Logf("evidence: pages of %d accounts\n%s", units*each, run(t, s, folder, "large.mjs", scenario(bounds{"requests": 8, "sent": 800_000, "elements": 8_000})))
	if said, err := attempt(t, s, folder, "large.mjs", scenario(bounds{"requests": 0, "sent": 0, "elements": 0})); err == nil || !strings.Contains(said, "the list: elements") {
		t.Errorf("the control: bounds of nothing are kept: %v\n%s", err, said)
	}
}

// largeSeed describes an organization whose root has units, each with an attached policy and accounts.
func largeSeed(t *testing.T, units, each int) []byte {
	t.Helper()
	o := seed.Organization{
		Management: seed.Account{ID: alice, Name: "Management"},
		Quotas:     map[string]int64{"accounts-per-organization": 1 << 20, "units-per-organization": 1 << 20, "policies-service-control": 1 << 20, "invitations-per-day": 1 << 20},
	}
	for i := range units {
		policy := fmt.Sprintf("guard-%04d", i/2)
		if i%2 == 0 {
			o.Policies = append(o.Policies, seed.Policy{Name: policy, Text: seed.Text{
				Content: fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bucket-%d"}]}`, i),
			}})
		}
		o.Root.Units = append(o.Root.Units, seed.Unit{
			Name: fmt.Sprintf("Unit %04d", i), Target: seed.Target{Policies: []seed.Ref{seed.Ref(policy)}},
			Accounts: []seed.Account{{Name: fmt.Sprintf("account-%04d-{n}", i), Count: each}},
		})
	}
	text, err := (&seed.Document{Version: seed.Version, Organizations: []seed.Organization{o}}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
