package config_test

import (
	"accord/internal/config"
	"strings"
	"testing"
)

func TestUnknownMembersOfTheFileAreRejected(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{"lisen": ":1"}`, `file accord.json: unknown setting "lisen"; did you mean listen?`},
		{`{"rules": {"direct-transfer": ["on"]}, "store": "memory"}`, `file accord.json: unknown setting "rules"; docs/settings.md lists all names`},
		{`{"Listen": ":1"}`, `file accord.json: unknown setting "Listen"; did you mean listen or admin-listen?`},
		{`{"behavior": {"direct-transfers": "on"}}`, `unknown behavior "direct-transfers"; did you mean direct-transfer?`},
		{`{"config": "other.json"}`, `file accord.json, line 1: setting config is not allowed in the file itself`},
		{"{\"listen\": \":1\",\n \"listen\": \":2\"}", `file accord.json, line 2: "listen" appears twice`},
		{`{"quota": {"unit-depth": 1, "unit-depth": 2}}`, `file accord.json, line 1: "unit-depth" appears twice`},
		{`{"listen": true}`, `setting listen: "on" (accord.json) is not allowed; allowed: host:port, the port a number from 0 to 65535`},
		{`{"listen": null}`, `file accord.json, line 1: setting listen is not a string, a number or a boolean`},
		{`{"listen": ["a:1"]}`, `file accord.json, line 1: setting listen is not a string, a number or a boolean`},
		{`{"behavior": "direct-transfer=on"}`, `file accord.json, line 1: setting behavior is not an object of names and values`},
		{`{"behavior": {"direct-transfer": {}}}`, `file accord.json, line 1: setting behavior direct-transfer is not a string, a number or a boolean`},
		{`[]`, `file accord.json, line 1: not a JSON object of settings`},
		{``, `file accord.json, line 1: the file ends too early`},
		{`{"listen": ":1"`, `file accord.json, line 1: the file ends too early`},
		{`{"behavior": {`, `file accord.json, line 1: the file ends too early`},
		{`{"listen": ":1"} {}`, `file accord.json, line 1: unexpected data after the object of settings`},
	} {
		_, err := withFile(test.text).load()
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v\nwant %s", test.text, err, test.want)
		}
	}
}

func TestFileMayHaveCommentsTrailingCommasAndBooleans(t *testing.T) {
	c := withFile("{\n // for tests\n \"store\": \"memory\", /* read-only */ \"admin-writes\": false,\n \"behavior\": {\"direct-transfer\": true,},\n}").mustLoad(t)
	if c.Store != "memory" || c.AdminWrites || !c.Behavior.DirectTransfer {
		t.Errorf("%+v", c)
	}
	_, err := withFile("{\n // one\n /* two\n */ \"lsten\": 1, \"clock\": []}").load()
	if err == nil || !strings.Contains(err.Error(), "line 4: setting clock") {
		t.Errorf("the line of an error after comments: %v", err)
	}
}

func TestFileWithBadSyntaxIsRejected(t *testing.T) {
	for _, text := range []string{
		`{"listen" ":1"}`, `{listen: ":1"}`, `{"listen": 01}`, `{"unknown": ]}`, "\xff", `{"listen": ":1"} x`,
	} {
		_, err := withFile(text).load()
		if err == nil || !strings.HasPrefix(err.Error(), "file accord.json") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// FuzzFile holds that no file makes Load panic, and that a file which is taken
// gives settings that would be taken elsewhere too.
func FuzzFile(f *testing.F) {
	f.Add(`{"listen": ":1", "behavior": {"direct-transfer": "on"}, "quota": {"unit-depth": 3}}`)
	f.Add(`{"store": "memory", "fidelity": "native", "log-level": "debug"}`)
	f.Add(`{"unknown": [[[{}]]], "listen": 1e3}`)
	f.Add(`{"behavior": {"a": `)
	f.Add(`[`)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := withFile(text).load()
		if err != nil {
			return
		}
		flags := config.Input{
			"listen": {c.Listen}, "admin-listen": {c.AdminListen}, "store": {c.Store},
			"default-account": {string(c.DefaultAccount)}, "clock": {string(c.Clock)}, "log-format": {string(c.LogFormat)},
			"log-level": {strings.ToLower(c.LogLevel.String())},
		}
		if _, err := (inputs{flags: flags}).load(); err != nil {
			t.Errorf("%s was taken, but not as flags: %v", text, err)
		}
	})
}
