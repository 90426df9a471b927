package config_test

import (
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/behavior"
	"accord/internal/config"
	"accord/internal/quota"
)

// inputs are those of Load: flags, variables, and files by path.
type inputs struct {
	flags config.Input
	env   map[string]string
	files map[string]string
}

func (in inputs) load() (config.Config, error) {
	return config.Load(in.flags,
		func(name string) string { return in.env[name] },
		func(path string) ([]byte, error) {
			text, ok := in.files[path]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		})
}

func (in inputs) mustLoad(t *testing.T) config.Config {
	t.Helper()
	c, err := in.load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withFile returns inputs whose command line names a file of this text.
func withFile(text string) inputs {
	return inputs{flags: config.Input{"config": {"accord.json"}}, files: map[string]string{"accord.json": text}}
}

// documented is this test's own copy of the settings: default, variable.
var documented = map[string][2]string{
	"listen":          {"127.0.0.1:8016", "ACCORD_LISTEN"},
	"admin-listen":    {"127.0.0.1:8017", "ACCORD_ADMIN_LISTEN"},
	"admin-hosts":     {"", "ACCORD_ADMIN_HOSTS"},
	"allow-origins":   {"", "ACCORD_ALLOW_ORIGINS"},
	"tls":             {"off", "ACCORD_TLS"},
	"tls-ca":          {"accord-ca.pem", "ACCORD_TLS_CA"},
	"tls-cert":        {"", "ACCORD_TLS_CERT"},
	"tls-key":         {"", "ACCORD_TLS_KEY"},
	"max-connections": {"", "ACCORD_MAX_CONNECTIONS"},
	"body-memory":     {"", "ACCORD_BODY_MEMORY"},
	"store":           {"sqlite:./accord.db", "ACCORD_STORE"},
	"auth":            {"open", "ACCORD_AUTH"},
	"secret-key-file": {"", "ACCORD_SECRET_KEY_FILE"},
	"secret-key":      {"", "ACCORD_SECRET_KEY"},
	"root-key-file":   {"", "ACCORD_ROOT_KEY_FILE"},
	"default-account": {"000000000000", "ACCORD_DEFAULT_ACCOUNT"},
	"clock":           {"system", "ACCORD_CLOCK"},
	"random-seed":     {"", "ACCORD_RANDOM_SEED"},
	"seed":            {"", "ACCORD_SEED"},
	"init":            {"", "ACCORD_INIT"},
	"init-errors":     {"continue", "ACCORD_INIT_ERRORS"},
	"fidelity":        {"", "ACCORD_FIDELITY"},
	"behavior":        {"", "ACCORD_BEHAVIOR"},
	"quota":           {"", "ACCORD_QUOTA"},
	"journal":         {"", "ACCORD_JOURNAL"},
	"log-format":      {"auto", "ACCORD_LOG_FORMAT"},
	"log-level":       {"info", "ACCORD_LOG_LEVEL"},
	"admin-writes":    {"on", "ACCORD_ADMIN_WRITES"},
	"config":          {"", "ACCORD_CONFIG"},

	"admin-token-file":    {"", "ACCORD_ADMIN_TOKEN_FILE"},
	"journal-max-size":    {"off", "ACCORD_JOURNAL_MAX_SIZE"},
	"journal-max-age":     {"off", "ACCORD_JOURNAL_MAX_AGE"},
	"journal-keep":        {"all", "ACCORD_JOURNAL_KEEP"},
	"store-password-file": {"", "ACCORD_STORE_PASSWORD_FILE"},
	"store-wait":          {"30s", "ACCORD_STORE_WAIT"},
	"store-check":         {"unclean", "ACCORD_STORE_CHECK"},
	"store-network-file":  {"off", "ACCORD_STORE_NETWORK_FILE"},
	"min-free-space":      {"64MiB", "ACCORD_MIN_FREE_SPACE"},
	"snapshots":           {"50", "ACCORD_SNAPSHOTS"},
	"snapshot-space":      {"256MiB", "ACCORD_SNAPSHOT_SPACE"},
	"accept-clock":        {"off", "ACCORD_ACCEPT_CLOCK"},
}

func TestTableHoldsEverySetting(t *testing.T) {
	missing := maps.Clone(documented)
	for _, s := range config.Settings() {
		want, ok := missing[s.Name]
		if !ok {
			t.Errorf("setting %s is not documented, or appears twice", s.Name)
		}
		delete(missing, s.Name)
		if s.Default != want[0] || s.Env() != want[1] {
			t.Errorf("setting %s: default %q, variable %s; want %q, %s", s.Name, s.Default, s.Env(), want[0], want[1])
		}
		if s.Help == "" || s.Allowed() == "" || (s.Default == "") == (s.Unset == "") {
			t.Errorf("setting %s is incomplete: %+v", s.Name, s)
		}
	}
	for name := range missing {
		t.Errorf("setting %s is missing", name)
	}
}

func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	c := inputs{}.mustLoad(t)
	if got := c.Quotas.Of(quota.UnitsPerOrganization, quota.Facts{}); got != 2000 {
		t.Errorf("units-per-organization is %d", got)
	}
	c.Quotas = nil
	if len(c.BehaviorSettings) > 0 {
		t.Errorf("behaviors that nobody set: %v", c.BehaviorSettings)
	}
	c.BehaviorSettings, c.Origins = nil, config.Origins{}
	want := config.Config{
		Listen:       "127.0.0.1:8016",
		AdminListen:  "127.0.0.1:8017",
		TLSAuthority: "accord-ca.pem",
		Store:        "sqlite:./accord.db",
		StoreWait:    30 * time.Second, StoreCheck: "unclean", MinFreeSpace: 64 << 20, Snapshots: 50, SnapshotSpace: 256 << 20,
		Auth:           config.OpenAuth,
		DefaultAccount: "000000000000",
		Clock:          config.System,
		Behavior:       behavior.Default(),
		LogFormat:      config.Auto,
		LogLevel:       slog.LevelInfo,
		AdminWrites:    true,
		InitErrors:     config.ContinueAfterInitErrors,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEachSettingIsReadFromAllThreeSources(t *testing.T) {
	for _, test := range []struct {
		name, value string
		got         func(config.Config) any
		want        any
	}{
		{"listen", "[::1]:0", func(c config.Config) any { return c.Listen }, "[::1]:0"},
		{"admin-listen", "localhost:9000", func(c config.Config) any { return c.AdminListen }, "localhost:9000"},
		{"admin-listen", "unix:///run/accord/admin.sock", func(c config.Config) any { return c.AdminListen }, "unix:///run/accord/admin.sock"},
		{"secret-key-file", "/run/secrets/key", func(c config.Config) any { return c.SecretKeyFile }, "/run/secrets/key"},
		{"secret-key", strings.Repeat("0f", 32), func(c config.Config) any { return c.SecretKeys[0].Text() }, strings.Repeat("0f", 32)},
		{"root-key-file", "/run/root", func(c config.Config) any { return c.RootKeyFile }, "/run/root"},
		{"admin-token-file", "/run/secrets/token", func(c config.Config) any { return c.AdminTokenFile }, "/run/secrets/token"},
		{"admin-hosts", "accord,accord.example.com", func(c config.Config) any { return c.AdminHosts }, []string{"accord", "accord.example.com"}},
		{"allow-origins", "https://A.example.com,http://localhost:5173", func(c config.Config) any { return c.AllowOrigins }, []string{"https://a.example.com", "http://localhost:5173"}},
		{"tls", "self-signed", func(c config.Config) any { return c.TLSSelfSigned }, true},
		{"tls-ca", "ca.pem", func(c config.Config) any { return c.TLSAuthority }, "ca.pem"},
		{"max-connections", "10000", func(c config.Config) any { return c.MaxConnections }, 10_000},
		{"body-memory", "1048576", func(c config.Config) any { return c.BodyMemory }, int64(1 << 20)},
		{"body-memory", "1024KiB", func(c config.Config) any { return c.BodyMemory }, int64(1 << 20)},
		{"body-memory", "32MiB", func(c config.Config) any { return c.BodyMemory }, int64(32 << 20)},
		{"body-memory", "2GiB", func(c config.Config) any { return c.BodyMemory }, int64(2 << 30)},
		{"body-memory", "64 MB", func(c config.Config) any { return c.BodyMemory }, int64(64_000_000)},
		{"store", "memory", func(c config.Config) any { return c.Store }, "memory"},
		{"store", "sqlite:/data/a b.db", func(c config.Config) any { return c.Store }, "sqlite:/data/a b.db"},
		{"store", "postgres://me:pw@db/accord", func(c config.Config) any { return c.Store }, "postgres://me:pw@db/accord"},
		{"store", "postgresql://db/accord", func(c config.Config) any { return c.Store }, "postgresql://db/accord"},
		{"store-password-file", "/run/secrets/store", func(c config.Config) any { return c.StorePasswordFile }, "/run/secrets/store"},
		{"store-check", "always", func(c config.Config) any { return c.StoreCheck }, "always"},
		{"store-network-file", "on", func(c config.Config) any { return c.StoreNetworkFile }, true},
		{"snapshots", "0", func(c config.Config) any { return c.Snapshots }, 0},
		{"snapshot-space", "1GiB", func(c config.Config) any { return c.SnapshotSpace }, int64(1 << 30)},
		{"min-free-space", "5000000", func(c config.Config) any { return c.MinFreeSpace }, uint64(5_000_000)},
		{"min-free-space", "3GB", func(c config.Config) any { return c.MinFreeSpace }, uint64(3_000_000_000)},
		{"min-free-space", "3GiB", func(c config.Config) any { return c.MinFreeSpace }, uint64(3 << 30)},
		{"store-wait", "0", func(c config.Config) any { return c.StoreWait }, time.Duration(0)},
		{"store-wait", "1m30s", func(c config.Config) any { return c.StoreWait }, 90 * time.Second},
		{"default-account", "012345678901", func(c config.Config) any { return string(c.DefaultAccount) }, "012345678901"},
		{"seed", "org.yaml", func(c config.Config) any { return c.Seed }, "org.yaml"},
		{"init", "ready.d", func(c config.Config) any { return c.Init }, "ready.d"},
		{"init-errors", "stop", func(c config.Config) any { return c.InitErrors }, config.StopOnInitErrors},
		{"random-seed", "18446744073709551615", func(c config.Config) any { return *c.RandomSeed }, uint64(math.MaxUint64)},
		{"clock", "virtual", func(c config.Config) any { return c.Clock }, config.Virtual},
		{"fidelity", "native", func(c config.Config) any { return c.Behavior.WireStyle }, api.Native},
		{"journal", "journal.ndjson", func(c config.Config) any { return c.Journal }, "journal.ndjson"},
		{"journal-max-size", "100MB", func(c config.Config) any { return c.JournalRotation.Size }, int64(100_000_000)},
		{"journal-max-size", "100MiB", func(c config.Config) any { return c.JournalRotation.Size }, int64(100 << 20)},
		{"journal-max-size", "off", func(c config.Config) any { return c.JournalRotation.Size }, int64(0)},
		{"journal-max-age", "7d", func(c config.Config) any { return c.JournalRotation.Age }, 7 * 24 * time.Hour},
		{"journal-keep", "9", func(c config.Config) any { return c.JournalRotation.Keep }, 9},
		{"log-format", "json", func(c config.Config) any { return c.LogFormat }, config.JSON},
		{"log-format", "terminal", func(c config.Config) any { return c.LogFormat }, config.Terminal},
		{"log-level", "debug", func(c config.Config) any { return c.LogLevel }, slog.LevelDebug},
		{"log-level", "warn", func(c config.Config) any { return c.LogLevel }, slog.LevelWarn},
		{"log-level", "error", func(c config.Config) any { return c.LogLevel }, slog.LevelError},
		{"admin-writes", "off", func(c config.Config) any { return c.AdminWrites }, false},
		{"admin-writes", "on", func(c config.Config) any { return c.AdminWrites }, true},
	} {
		for source, in := range map[string]inputs{
			"flag":     {flags: config.Input{test.name: {test.value}}},
			"variable": {env: map[string]string{documented[test.name][1]: test.value}},
			"file":     withFile(`{"` + test.name + `": "` + test.value + `"}`),
		} {
			c, err := in.load()
			if err != nil {
				t.Errorf("%s=%s from a %s: %v", test.name, test.value, source, err)
			} else if diff := cmp.Diff(test.want, test.got(c)); diff != "" {
				t.Errorf("%s=%s from a %s: -want +got\n%s", test.name, test.value, source, diff)
			}
		}
	}
}

func TestFlagWinsOverVariableWinsOverFile(t *testing.T) {
	w := withFile(`{"listen": "file:1", "admin-listen": "file:2", "admin-token-file": "token", "journal": "file"}`)
	w.env = map[string]string{"ACCORD_LISTEN": "env:1", "ACCORD_ADMIN_LISTEN": "localhost:2"}
	w.flags["listen"] = []string{"first:1", "flag:1"}
	c := w.mustLoad(t)
	if c.Listen != "flag:1" || c.AdminListen != "localhost:2" || c.Journal != "file" || c.File != "accord.json" {
		t.Errorf("got %+v", c)
	}
}

func TestEmptyVariableCountsAsAbsentAnEmptyFlagDoesNot(t *testing.T) {
	w := withFile(`{"journal": "file", "store": "memory"}`)
	w.env = map[string]string{"ACCORD_STORE": ""}
	w.flags["journal"] = []string{""}
	c := w.mustLoad(t)
	if c.Journal != "" || c.Store != "memory" {
		t.Errorf("got %+v", c)
	}
}

func TestBehaviorsAndQuotasOfAllSourcesAreMerged(t *testing.T) {
	w := withFile(`{
		"behavior": {"direct-transfer": "on", "account-closure-delay": "1m", "finalizing-time": "1s"},
		"quota": {"unit-depth": 1, "units-per-organization": "unlimited", "tags-per-resource": 1}
	}`)
	w.env = map[string]string{
		"ACCORD_BEHAVIOR": "account-closure-delay=2m, finalizing-time=2s",
		"ACCORD_QUOTA":    "unit-depth=2,tags-per-resource=2",
	}
	w.flags["behavior"] = []string{"finalizing-time=9s", "finalizing-time=3s"}
	w.flags["quota"] = []string{"tags-per-resource=3"}
	c := w.mustLoad(t)

	want := behavior.Default()
	want.DirectTransfer = true
	want.AccountClosureDelay = 2 * time.Minute
	want.FinalizingTime = 3 * time.Second
	if diff := cmp.Diff(want, c.Behavior); diff != "" {
		t.Errorf("behaviors: -want +got\n%s", diff)
	}
	for name, want := range map[quota.Name]int64{
		quota.UnitDepth: 2, quota.TagsPerResource: 3, quota.UnitsPerOrganization: quota.Unlimited,
	} {
		if got := c.Quotas.Of(name, quota.Facts{}); got != want {
			t.Errorf("quota %s is %d, want %d", name, got, want)
		}
	}
}

func TestFidelityIsTheBehaviorOfThatName(t *testing.T) {
	native := behavior.Default()
	native.WireStyle, native.DirectTransfer, native.InviteDuringEnableAllFeatures = api.Native, true, true
	single := native
	single.DirectTransfer = false

	file := withFile(`{"behavior": {"direct-transfer": "off"}, "fidelity": "documented"}`)
	file.flags["fidelity"] = []string{"native"}

	for name, test := range map[string]struct {
		inputs inputs
		want   behavior.Set
	}{
		"flag":                        {inputs{flags: config.Input{"fidelity": {"native"}}}, native},
		"behavior":                    {inputs{flags: config.Input{"behavior": {"fidelity=native"}}}, native},
		"both, the same":              {inputs{flags: config.Input{"behavior": {"fidelity=native"}, "fidelity": {"native"}}}, native},
		"single behavior of the file": {file, single},
		"flag over variable": {inputs{
			flags: config.Input{"fidelity": {"documented"}},
			env:   map[string]string{"ACCORD_BEHAVIOR": "fidelity=native"},
		}, behavior.Default()},
	} {
		c, err := test.inputs.load()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(test.want, c.Behavior); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestQuotaProfileReachesTheQuotas(t *testing.T) {
	c := inputs{flags: config.Input{"behavior": {"quota-profile=2024"}, "quota": {"unit-depth=4"}}}.mustLoad(t)
	for name, want := range map[quota.Name]int64{quota.UnitsPerOrganization: 1000, quota.UnitDepth: 4} {
		if got := c.Quotas.Of(name, quota.Facts{}); got != want {
			t.Errorf("quota %s is %d, want %d", name, got, want)
		}
	}
}
