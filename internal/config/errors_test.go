package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/config"
)

func TestErrorNamesSettingValueAndWhatIsAllowed(t *testing.T) {
	const address = "host:port, the port a number from 0 to 65535"
	flags := func(name string, values ...string) inputs { return inputs{flags: config.Input{name: values}} }
	for _, test := range []struct {
		inputs inputs
		want   string
	}{
		{flags("listen", "8016"), `setting listen: "8016" (--listen) is not allowed; allowed: ` + address},
		{flags("listen", "localhost:http"), `setting listen: "localhost:http" (--listen) is not allowed; allowed: ` + address},
		{flags("listen", "localhost:65536"), `setting listen: "localhost:65536" (--listen) is not allowed; allowed: ` + address},
		{flags("listen", ""), `setting listen: "" (--listen) is not allowed; allowed: ` + address},
		{flags("admin-listen", "x"), `setting admin-listen: "x" (--admin-listen) is not allowed; allowed: ` + address + `, or unix:///PATH`},
		{flags("admin-hosts", "a,,b"), `setting admin-hosts: "a,,b" (--admin-hosts) is not allowed; allowed: names of hosts, separated by commas`},
		{flags("admin-hosts", "a b"), `setting admin-hosts: "a b" (--admin-hosts) is not allowed; allowed: names of hosts, separated by commas`},
		{flags("max-connections", "0"), `setting max-connections: "0" (--max-connections) is not allowed; allowed: a number from 1 to 1000000`},
		{flags("body-memory", "64 oz"), `setting body-memory: "64 oz" (--body-memory) is not allowed; allowed: a size such as 64MiB or 100MB, at least 1MiB`},
		{flags("body-memory", "2000000000GiB"), `setting body-memory: "2000000000GiB" (--body-memory) is not allowed; allowed: a size such as 64MiB or 100MB, at least 1MiB`},
		{flags("body-memory", "1KiB"), `setting body-memory: "1KiB" (--body-memory) is not allowed; allowed: a size such as 64MiB or 100MB, at least 1MiB`},
		{flags("tls", "on"), `setting tls: "on" (--tls) is not allowed; allowed: off or self-signed`},
		{flags("tls-ca", ""), `setting tls-ca: "" (--tls-ca) is not allowed; allowed: FILE`},
		{flags("tls-cert", "cert.pem"), "settings tls-cert and tls-key: one of them is missing"},
		{flags("tls-key", "key.pem"), "settings tls-cert and tls-key: one of them is missing"},
		{inputs{flags: config.Input{"tls": {"self-signed"}, "tls-cert": {"c"}, "tls-key": {"k"}}}, "setting tls: self-signed is not allowed together with tls-cert"},
		{flags("listen", "127.0.0.1:8017"), `setting admin-listen: "127.0.0.1:8017" is not allowed; allowed: another address than that of listen`},
		{flags("store", "accord.db"), `setting store: "accord.db" (--store) is not allowed; allowed: memory, sqlite:PATH or postgres://USER@HOST/DATABASE`},
		{flags("store", "sqlite:"), `setting store: "sqlite:" (--store) is not allowed; allowed: memory, sqlite:PATH or postgres://USER@HOST/DATABASE`},
		{flags("store", "mysql://me:secret@db/x"), `setting store: "mysql://…" (--store) is not allowed; allowed: memory, sqlite:PATH or postgres://USER@HOST/DATABASE`},
		{flags("store", "host=db password=secret"), `setting store: "host=…" (--store) is not allowed; allowed: memory, sqlite:PATH or postgres://USER@HOST/DATABASE`},
		{flags("store", "sqlite::memory:"), `setting store: "sqlite::memory:" (--store) is not allowed; allowed: memory, sqlite:PATH or postgres://USER@HOST/DATABASE`},
		{flags("min-free-space", "much"), `setting min-free-space: "much" (--min-free-space) is not allowed; allowed: a size such as 64MiB or 100MB`},
		{flags("store-wait", "30"), `setting store-wait: "30" (--store-wait) is not allowed; allowed: a duration such as 30s; 0 gives up at once`},
		{flags("store-wait", "-1s"), `setting store-wait: "-1s" (--store-wait) is not allowed; allowed: a duration such as 30s; 0 gives up at once`},
		{flags("default-account", "12345678901"), `setting default-account: "12345678901" (--default-account) is not allowed; allowed: 12 digits`},
		{flags("default-account", "12345678901x"), `setting default-account: "12345678901x" (--default-account) is not allowed; allowed: 12 digits`},
		{inputs{env: map[string]string{"ACCORD_CLOCK": "atomic"}}, `setting clock: "atomic" (ACCORD_CLOCK) is not allowed; allowed: system or virtual`},
		{withFile(`{"log-format": "xml"}`), `setting log-format: "xml" (accord.json) is not allowed; allowed: auto, text, json or terminal`},
		{flags("log-level", "INFO"), `setting log-level: "INFO" (--log-level) is not allowed; allowed: debug, info, warn or error`},
		{flags("admin-writes", "true"), `setting admin-writes: "true" (--admin-writes) is not allowed; allowed: on or off`},
		{flags("fidelity", "exact"), `behavior fidelity: "exact" is not allowed; allowed: documented or native`},
		{flags("behavior", "direct-transfer"), `setting behavior: "direct-transfer" (--behavior) is not allowed; allowed: NAME=VALUE`},
		{inputs{env: map[string]string{"ACCORD_BEHAVIOR": "direct-transfer=on,"}}, `setting behavior: "" (ACCORD_BEHAVIOR) is not allowed; allowed: NAME=VALUE`},
		{flags("behavior", "=on"), `setting behavior: "=on" (--behavior) is not allowed; allowed: NAME=VALUE`},
		{flags("behavior", "direct-transfer=maybe"), `behavior direct-transfer: "maybe" is not allowed; allowed: off or on`},
		{flags("behavior", "direct-transfers=on"), `unknown behavior "direct-transfers"; did you mean direct-transfer?`},
		{inputs{env: map[string]string{"ACCORD_QUOTA": "unit-depth"}}, `setting quota: "unit-depth" (ACCORD_QUOTA) is not allowed; allowed: NAME=NUMBER`},
		{flags("quota", "unit-depth=deep"), `quota unit-depth: "deep" is not allowed; allowed: a whole number of 0 or more, or unlimited`},
		{flags("config", "gone.json"), `setting config: "gone.json" (--config) cannot be read: open gone.json: file does not exist`},
		{flags("lisen", ":1"), `unknown setting "lisen"; did you mean listen?`},
		{
			inputs{flags: config.Input{"behavior": {"fidelity=documented"}, "fidelity": {"native"}}},
			`setting fidelity: "native" (--fidelity) is not allowed beside behavior fidelity=documented; give one of them`,
		},
	} {
		c, err := test.inputs.load()
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v\nwant %s", err, test.want)
		}
		if diff := cmp.Diff(config.Config{}, c); diff != "" {
			t.Errorf("settings beside an error: %s", diff)
		}
	}
}

func TestUnknownVariablesAreReported(t *testing.T) {
	got := config.UnknownVariables([]string{
		"ACCORD_LISTN=:1", "ACCORD_LISTEN=:1", "ACCORD_ADMIN=x", "PATH=/bin", "ACCORD_TEST_POSTGRES=x", "ACCORD_LONG=1", "ACCORD_REQUIRE=all", "ACCORD_COLOR=", "ACCORDION=x",
	}, "ACCORD_ADMIN")
	want := []string{
		"the environment variable ACCORD_LISTN has no effect; did you mean LISTEN?",
		"the environment variable ACCORD_COLOR has no effect",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAllErrorsAreReportedTogether(t *testing.T) {
	_, err := inputs{flags: config.Input{
		"clock": {"atomic"}, "log-format": {"xml"}, "behavior": {"quota-profile=1999", "color=red"}, "quota": {"unit-depth=deep"},
	}}.load()
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines:\n%v", len(lines), err)
	}
	for i, start := range []string{"setting clock:", "setting log-format:", "behavior quota-profile:", "unknown behavior", "quota unit-depth:"} {
		if !strings.HasPrefix(lines[i], start) {
			t.Errorf("line %d is %q, want %s…", i, lines[i], start)
		}
	}
}
