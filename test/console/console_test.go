// Package console_test has a real Chromium use the console of the real program.
package console_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/console/pages"
	"accord/internal/console/visit"
	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// run runs a scenario against a server, and returns what it wrote.
func run(t *testing.T, s *process.Server, folder, script string, args ...string) string {
	t.Helper()
	out, err := attempt(t, s, folder, script, args...)
	if err != nil {
		t.Errorf("%s %v: %v\n%s", script, args, err, out)
	}
	return out
}

// attempt runs a scenario that may fail.
func attempt(t *testing.T, s *process.Server, folder, script string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), require.Tool(t, "node"), append([]string{filepath.Join(folder, script)}, args...)...)
	c.Env = append(s.Environ(alice), "CHROMIUM="+require.Chromium(t))
	out, err := c.CombinedOutput()
	return string(out), err
}

const (
	alice = "111111111111"
	bob   = "222222222222"
)

// TestTheStoryOfAnInvitationInABrowser: by mouse, by keyboard alone, and with JavaScript off.
func TestTheStoryOfAnInvitationInABrowser(t *testing.T) {
	require.Full(t)
	require.Chromium(t)
	folder := npm.Install(t, "scenarios")
	for _, way := range []string{"mouse", "keyboard", "without JavaScript"} {
		t.Run(way, func(t *testing.T) {
			if way != "keyboard" {
				require.Long(t)
			}
			run(t, process.Start(t, "--clock", "virtual"), folder, "story.mjs", way)
		})
	}
}

// TestStatesInABrowser: snapshots, differences, a reset, and an import from another process with
// its drift, by mouse, by keyboard alone, and with JavaScript off.
func TestStatesInABrowser(t *testing.T) {
	require.Full(t)
	require.Chromium(t)
	folder := npm.Install(t, "scenarios")
	for _, way := range []string{"without JavaScript", "mouse", "keyboard"} {
		t.Run(way, func(t *testing.T) {
			if way != "without JavaScript" {
				require.Long(t)
			}
			s, other := process.Start(t, "--clock", "virtual"), process.Start(t, "--clock", "virtual")
			run(t, s, folder, "states.mjs", way, other.URL, other.AdminURL)
		})
	}
}

// TestAllFeaturesWithThreeMembersInABrowser: to the end, by mouse; with the tree by keyboard,
// and what another client does on a page that is open.
func TestAllFeaturesWithThreeMembersInABrowser(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	run(t, process.Start(t), npm.Install(t, "scenarios"), "features.mjs")
}

// TestOpenPagesTakeOverWhatOthersChange in a browser: focus, open branches and opened rows stay.
func TestOpenPagesTakeOverWhatOthersChange(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	run(t, process.Start(t), npm.Install(t, "scenarios"), "live.mjs")
}

// TestSettingsInABrowser: by mouse, by keyboard alone, and with JavaScript off.
func TestSettingsInABrowser(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	folder := npm.Install(t, "scenarios")
	for _, way := range []string{"mouse", "keyboard", "without JavaScript"} {
		t.Run(way, func(t *testing.T) {
			run(t, process.Start(t, "--clock", "virtual", "--fidelity", "native", "--quota", "unit-depth=3"), folder, "settings.mjs", way)
		})
	}
}

// TestTheEditorOfPoliciesInABrowser: what is wrong is marked while one types.
func TestTheEditorOfPoliciesInABrowser(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	run(t, process.Start(t), npm.Install(t, "scenarios"), "editor.mjs")
}

// TestTheScenariosNoticeWhatMustNotBe is their control.
func TestTheScenariosNoticeWhatMustNotBe(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	run(t, process.Start(t), npm.Install(t, "scenarios"), "control.mjs")
}

// send sends a request as JSON, and returns the answer.
func send(t *testing.T, method, url, body string, headers ...string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	var members map[string]any
	if err != nil || answer.StatusCode != http.StatusOK || json.NewDecoder(bytes.NewReader(text)).Decode(&members) != nil {
		t.Fatalf("%s %s: %d %s", method, url, answer.StatusCode, text)
	}
	return members
}

// call calls an operation of Organizations as an account.
func call(t *testing.T, s *process.Server, account, operation, body string) map[string]any {
	t.Helper()
	return send(t, http.MethodPost, s.URL, body, "Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", "AWSOrganizationsV20161128."+operation,
		"Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20261102/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=unsigned")
}

// furnish makes an organization with a member, handshakes in all states and texts that are
// long, and returns the ID of a handshake that waits.
func furnish(t *testing.T, s *process.Server) string {
	t.Helper()
	register := func(id, name, email string) {
		send(t, http.MethodPost, s.AdminURL+"/accounts", `{"id": "`+id+`", "name": "`+name+`", "email": "`+email+`"}`)
	}
	register(alice, "Example Corporation", "alice@example.com")
	register(bob, "Research and development of everything that has no other name yet, northern branch", "bob+a.very.long.address.of.a.team@subsidiary.example.com")
	call(t, s, alice, "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	invite := func(kind, id, notes string) string {
		sent := call(t, s, alice, "InviteAccountToOrganization", `{"Target": {"Type": "`+kind+`", "Id": "`+id+`"}, "Notes": "`+notes+`"}`)
		return sent["Handshake"].(map[string]any)["Id"].(string)
	}
	answer := func(account, operation, id string) {
		call(t, s, account, operation, `{"HandshakeId": "`+id+`"}`)
	}
	invite("ACCOUNT", "555555555555", "")
	send(t, http.MethodPost, s.AdminURL+"/clock", `{"advance": "16d"}`)
	answer(bob, "AcceptHandshake", invite("ACCOUNT", bob, "Welcome"))
	answer("333333333333", "DeclineHandshake", invite("ACCOUNT", "333333333333", ""))
	answer(alice, "CancelHandshake", invite("EMAIL", "dave@example.com", ""))
	root := call(t, s, alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	for _, name := range []string{"Workloads", "Sandbox", "Security and everything that has to do with it in all regions"} {
		call(t, s, alice, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "`+name+`"}`)
	}
	send(t, http.MethodPost, s.AdminURL+"/clock", `{"advance": "3d"}`)
	send(t, http.MethodPost, s.AdminURL+"/snapshots", `{"name": "base"}`)
	waits := invite("EMAIL", "eve@example.com", `Please join us.\nThe contract is signed.`)
	send(t, http.MethodPost, s.AdminURL+"/clock", `{"advance": "2d7h"}`)
	return waits
}

// paths are the addresses of all pages, for an account and a handshake.
func paths(as, handshake string) []string {
	var all []string
	for _, p := range pages.Table {
		if p.Part != "" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{handshake}", handshake, "{node}", cmp.Or(as, alice), "{account}", cmp.Or(as, alice), "{policy}", "p-FullAWSAccess", "{name}", "base").Replace(visit.Base + p.Path)
		if as != "" {
			path += "?as=" + as
		}
		all = append(all, path)
	}
	return all
}

// TestEveryPageIsAccessible: axe-core finds no violation, light and dark, without data, with
// little and with much.
func TestEveryPageIsAccessible(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	folder := npm.Install(t, "scenarios")
	s := process.Start(t, "--clock", "virtual")
	run(t, s, folder, "walk.mjs", append(paths("", "h-00000000000000000000000000000000"), "/console/nowhere")...)
	run(t, process.Start(t, "--admin-token-file", filepath.Join(t.TempDir(), "token")), folder, "walk.mjs", "/console/sign-in")
	waits := furnish(t, s)
	full, addresses := startFull(t)
	run(t, full, folder, "walk.mjs", addresses...)
	t.Logf("evidence: axe-core finds nothing: %s", run(t, s, folder, "walk.mjs", append(append(paths(alice, waits), "/console/inbox", "/console/time?since=0"), slices.Sorted(maps.Values(furnishPolicies(t, s)))...)...))
}
