package console_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

// TestPictures makes the pictures of docs/console.md; ACCORD_PICTURES names their folder. With
// ACCORD_PICTURES_OF=all they are those of every page in every state, at each width, light and
// dark, and sheets that show many of them at once, for a person to look at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("ACCORD_PICTURES")
	if folder == "" {
		require.Long(t)
		folder = t.TempDir()
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	require.Chromium(t)
	scripts := npm.Install(t, "scenarios")
	if os.Getenv("ACCORD_PICTURES_OF") == "all" {
		picturesOfAll(t, folder, scripts)
		return
	}
	t.Setenv("WIDTHS", "1120")
	t.Setenv("HEIGHT", "470")
	t.Setenv("SCHEMES", "light")
	t.Setenv("WHOLE", "off")
	s := process.Start(t, "--clock", "virtual", "--seed", "../../examples/seeds/landing-zone.yaml", "--quota", "accounts-per-organization=50")
	run(t, s, scripts, "shots.mjs", append([]string{folder}, mainPages(t, s)...)...)
}

// mainPages are those of docs/console.md, of an organization in which something goes on.
func mainPages(t *testing.T, s *process.Server) []string {
	t.Helper()
	later := func(by string) { send(t, http.MethodPost, s.AdminURL+"/clock", `{"advance": "`+by+`"}`) }
	invite := func(email string) string {
		sent := call(t, s, alice, "InviteAccountToOrganization", `{"Target": {"Type": "EMAIL", "Id": "`+email+`"}, "Notes": "Please join us."}`)
		return sent["Handshake"].(map[string]any)["Id"].(string)
	}
	send(t, http.MethodPost, s.AdminURL+"/accounts", `{"id": "`+bob+`", "name": "Analytics", "email": "analytics@example.com"}`)
	invite("archive@example.com")
	later("9d")
	answer := `{"HandshakeId": "` + invite("analytics@example.com") + `"}`
	call(t, s, alice, "CancelHandshake", `{"HandshakeId": "`+invite("vendor@example.com")+`"}`)
	later("4d")
	call(t, s, bob, "AcceptHandshake", answer)
	invite("partner@example.com")
	later("3d")
	waits := invite("payments@example.com")
	later("2d7h")
	root := call(t, s, alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	unit := func(parent, name string) string {
		for _, listed := range call(t, s, alice, "ListOrganizationalUnitsForParent", `{"ParentId": "`+parent+`"}`)["OrganizationalUnits"].([]any) {
			if u := listed.(map[string]any); u["Name"] == name {
				return u["Id"].(string)
			}
		}
		t.Fatalf("there is no unit %s in %s", name, parent)
		return ""
	}
	var policy string
	for _, listed := range call(t, s, alice, "ListPolicies", `{"Filter": "SERVICE_CONTROL_POLICY"}`)["Policies"].([]any) {
		if p := listed.(map[string]any); p["Name"] == "ProtectTrails" {
			policy = p["Id"].(string)
		}
	}
	as := "?as=" + alice
	return []string{
		"organization=/console/organization/" + unit(unit(root, "Workloads"), "Production") + as, "handshakes=/console/handshakes" + as, "handshake=/console/handshakes/" + waits + as,
		"policy=/console/policies/" + policy + as + "&try=attach&target=" + root + "#would", "time=/console/time" + as,
	}
}

// picturesOfAll are those of every page without data, with little, with much and with errors.
func picturesOfAll(t *testing.T, folder, scripts string) {
	t.Helper()
	s := process.Start(t, "--clock", "virtual", "--behavior", "email-verification=off")
	run(t, s, scripts, "shots.mjs", append([]string{folder}, named("empty", paths("", "h-00000000000000000000000000000000"))...)...)
	run(t, s, scripts, "shots.mjs", append([]string{folder}, named("", paths(alice, furnish(t, s)))...)...)
	run(t, s, scripts, "shots.mjs", folder, "link=/console/nowhere", "sign-in=/console/sign-in", "unknown=/console/handshakes?as=999999999999",
		"choose=/console/handshakes", "way=/console/time?since=0", "gone=/console/handshakes/h-00000000000000000000000000000000?as="+alice)
	var more []string
	for name, path := range furnishPolicies(t, s) {
		more = append(more, name+"="+path)
	}
	run(t, s, scripts, "shots.mjs", append([]string{folder}, more...)...)
	run(t, s, scripts, "refused.mjs", folder)
	full, pages := startFull(t)
	run(t, full, scripts, "shots.mjs", append([]string{folder}, named("much", pages)...)...)
	run(t, full, scripts, "sheets.mjs", folder)
}

// named are the arguments of the script that makes pictures: a name before each path.
func named(state string, paths []string) []string {
	var all []string
	for _, path := range paths {
		name := strings.Trim(strings.TrimPrefix(strings.SplitN(path, "?", 2)[0], "/console"), "/")
		switch {
		case name == "":
			name = "home"
		case strings.HasPrefix(name, "handshakes/"):
			name = "handshake"
		case strings.HasPrefix(name, "policies/p-"):
			name = "policy"
		default:
			name = strings.ReplaceAll(name, "/", "-")
		}
		if state != "" {
			name += "-" + state
		}
		all = append(all, name+"="+path)
	}
	return all
}
