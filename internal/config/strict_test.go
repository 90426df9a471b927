package config_test

import (
	"strings"
	"testing"

	"accord/internal/config"
)

// TestStrictModeIsStrict: it does not start with a door that is open.
func TestStrictModeIsStrict(t *testing.T) {
	closed := map[string]string{"auth": "strict", "secret-key-file": "key", "admin-token-file": "token"}
	for name, test := range map[string]struct {
		change map[string]string
		want   string
	}{
		"control: closed":       {nil, ""},
		"a Unix socket":         {map[string]string{"admin-token-file": "", "admin-listen": "unix:///run/admin"}, ""},
		"a key in a variable":   {map[string]string{"secret-key-file": "", "secret-key": strings.Repeat("a", 64)}, ""},
		"no key outside":        {map[string]string{"secret-key-file": ""}, "secret key outside"},
		"loopback alone":        {map[string]string{"admin-token-file": ""}, "token of the admin API"},
		"a seed":                {map[string]string{"random-seed": "1"}, "guessed"},
		"two sources of keys":   {map[string]string{"secret-key": strings.Repeat("a", 64)}, "one of them"},
		"not the word":          {map[string]string{"auth": "closed"}, "open or strict"},
		"a key that is not one": {map[string]string{"secret-key-file": "", "secret-key": "planted"}, "64 hexadecimal digits"},
	} {
		in := config.Input{}
		for _, settings := range []map[string]string{closed, test.change} {
			for setting, value := range settings {
				in[setting] = []string{value}
				if value == "" {
					delete(in, setting)
				}
			}
		}
		c, err := inputs{flags: in}.load()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && !c.Strict() || err != nil && strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// TestASecretKeyOnTheCommandLineIsWarnedOf, and not in a variable.
func TestASecretKeyOnTheCommandLineIsWarnedOf(t *testing.T) {
	key := strings.Repeat("ab", 32)
	flag := inputs{flags: config.Input{"secret-key": {key}}}.mustLoad(t)
	if len(flag.Warnings) != 1 || strings.Contains(flag.Warnings[0], key) {
		t.Errorf("a flag: %q", flag.Warnings)
	}
	if c := (inputs{env: map[string]string{"ACCORD_SECRET_KEY": key}}).mustLoad(t); len(c.Warnings) != 0 {
		t.Errorf("a variable: %q", c.Warnings)
	}
}
