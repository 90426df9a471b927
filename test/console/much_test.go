package console_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
)

// deep is an account deep in the tree of much, with the longest name and most tags.
const deep = "999999999999"

// much writes a seed with what is hard to show: names of the longest size that are one word,
// of other scripts and directions, a deep tree, most tags of the longest size, most policies
// on one unit, a branch with several pages, and handshakes from many days.
func much(t *testing.T) string {
	t.Helper()
	type object = map[string]any
	word := strings.Repeat("W", 50)
	tags := object{strings.Repeat("k", 128): strings.Repeat("v", 256)}
	for n := range 49 {
		tags[fmt.Sprintf("key-%02d", n)] = fmt.Sprintf("value %d", n)
	}
	var policies []object
	var names []string
	for n := range 8 {
		names = append(names, fmt.Sprintf("%d %s", n, strings.Repeat("p", 100)))
		policies = append(policies, object{"name": names[n], "description": strings.Repeat("d", 400), "content": object{
			"Version": "2012-10-17", "Statement": []object{{"Sid": strings.Repeat("s", 60), "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}},
		}})
	}
	unit := object{"name": "المستوى الخامس", "accounts": []object{
		{"id": deep, "name": word, "email": strings.Repeat("a", 50) + "@example.com", "tags": tags},
		{"name": "東京の開発チームのアカウント", "email": "tokyo@example.com"},
		{"name": "فريق التطوير في القاهرة 2", "email": "cairo@example.com"},
	}}
	for _, name := range []string{"レベル四", word + word, "Eight policies"} {
		unit = object{"name": name, "units": []object{unit}}
	}
	unit["policies"] = names
	var handshakes []object
	for n := range 20 {
		handshakes = append(handshakes, object{"to": fmt.Sprintf("guest%d@example.com", n), "requested": fmt.Sprintf("%dh", 17*n+1)})
	}
	text, err := json.Marshal(object{"version": 1, "organizations": []object{{
		"management": object{"id": alice, "name": word, "email": "alice@example.com"}, "created": "90d",
		"quotas": object{"accounts-per-organization": 1000}, "policies": policies, "handshakes": handshakes,
		"root": object{"units": []object{unit, {"name": "Many", "accounts": []object{{"name": "many-{n:03}", "count": 250}}}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "much.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// startFull starts a server with much, and returns it with the addresses of pages that show it.
func startFull(t *testing.T) (*process.Server, []string) {
	t.Helper()
	s := process.Start(t, "--clock", "virtual", "--seed", much(t), "--behavior", "email-verification=off")
	sent := call(t, s, alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}, "Notes": "`+strings.Repeat("n", 1024)+`"}`)
	id := sent["Handshake"].(map[string]any)["Id"].(string)
	all := paths(alice, id)
	for n, path := range all {
		all[n] = strings.NewReplacer("accounts/"+alice, "accounts/"+deep, "organization/"+alice, "organization/"+deep).Replace(path)
	}
	return s, append(all, "/console/organization/accounts/"+deep+"?as="+alice+"&action=organizations:LeaveOrganization", "/console/organization/accounts?as="+alice+"&find=W")
}
