package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/origin"
	"accord/internal/secret"
	"accord/internal/store"
)

// Settings returns all settings in the order in which they are listed.
func Settings() []Setting { return slices.Clone(settings) }

// find returns the setting of the name.
func find(name string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

// settingNames returns the names of all settings.
func settingNames() []string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return names
}

// settings is THE table. Values are assigned from first to last.
var settings = []Setting{
	{
		Name: "listen", Default: "127.0.0.1:8016", Form: "HOST:PORT", allowed: addressForm,
		Help:   "address of the API; port 0 picks a free port",
		assign: func(c *Config, v string) bool { c.Listen = v; return isAddress(v) },
	},
	{
		Name: "admin-listen", Default: "127.0.0.1:8017", Form: "HOST:PORT", allowed: addressForm + ", or unix:///PATH",
		Help: "address of the admin API: health, metrics, clock, accounts, quotas, faults, reset; or unix:///PATH, a socket for this user only",
		assign: func(c *Config, v string) bool {
			c.AdminListen = v
			_, socket := SocketPath(v)
			return socket || isAddress(v)
		},
	},
	{
		Name: "admin-token-file", Form: "FILE", Unset: "no token",
		Help:   "file with the token of the admin API, mode 0600, which is made if it is missing; needed for an address beyond this machine",
		assign: func(c *Config, v string) bool { c.AdminTokenFile = v; return v != "" },
	},
	{
		Name: "admin-hosts", Form: "HOST,...", Unset: "IP addresses and localhost", allowed: "names of hosts, separated by commas",
		Help:   "further names of hosts by which the admin API may be called, such as that of a container",
		assign: func(c *Config, v string) bool { c.AdminHosts = strings.Split(v, ","); return areHosts(c.AdminHosts) },
	},
	{
		Name: "allow-origins", Form: "ORIGIN,...", Unset: "no web page may use the API", allowed: "origins such as https://console.example.com, separated by commas",
		Help: "web pages that may use the API, by their origins; their browsers can read its answers",
		assign: func(c *Config, v string) bool {
			for text := range strings.SplitSeq(v, ",") {
				page, ok := origin.Parse(text)
				if !ok {
					return false
				}
				c.AllowOrigins = append(c.AllowOrigins, page)
			}
			return true
		},
	},
	{
		Name: "tls", Default: "off", Values: []string{"off", "self-signed"},
		Help:   "answer the API with TLS; self-signed: with a certificate made at each start, for tests",
		assign: func(c *Config, v string) bool { c.TLSSelfSigned = v == "self-signed"; return true },
	},
	{
		Name: "tls-ca", Default: "accord-ca.pem", Form: "FILE",
		Help:   "where --tls self-signed writes the certificate that clients have to trust",
		assign: func(c *Config, v string) bool { c.TLSAuthority = v; return v != "" },
	},
	{
		Name: "tls-cert", Form: "FILE", Unset: "no TLS",
		Help:   "certificate for TLS, in PEM; its chain may follow",
		assign: func(c *Config, v string) bool { c.TLSCertificate = v; return true },
	},
	{
		Name: "tls-key", Form: "FILE", Unset: "no TLS",
		Help:   "private key of the certificate, in PEM",
		assign: func(c *Config, v string) bool { c.TLSKey = v; return true },
	},
	{
		Name: "max-connections", Form: "NUMBER", Unset: "600, or fewer if the process may open fewer files", allowed: "a number from 1 to 1000000",
		Help: "connections of the API that may be open at once; beyond it those that wait longest for their clients are closed",
		assign: func(c *Config, v string) bool {
			c.MaxConnections, _ = strconv.Atoi(v)
			return c.MaxConnections >= 1 && c.MaxConnections <= 1_000_000
		},
	},
	{
		Name: "body-memory", Form: "SIZE", Unset: "64MiB, or a sixteenth of the memory limit", allowed: sizeForm + ", at least 1MiB",
		Help: "memory that the bodies of all requests may take together; beyond it requests are answered with status 503",
		assign: func(c *Config, v string) (valid bool) {
			c.BodyMemory, valid = parseSize(v)
			return valid && c.BodyMemory >= 1<<20
		},
	},
	{
		Name: "store", Default: "sqlite:./accord.db", Form: "URL", secret: true,
		allowed: or(store.URLForms()),
		Help:    "where state is kept; memory: lost on exit",
		assign:  func(c *Config, v string) bool { c.Store = v; return store.IsURL(v) },
	},
	{
		Name: "store-password-file", Form: "FILE", Unset: "the password of the URL, of PGPASSWORD or of PGPASSFILE",
		Help:   "file with the password of a PostgreSQL store, read before each connection",
		assign: func(c *Config, v string) bool { c.StorePasswordFile = v; return true },
	},
	{
		Name: "store-wait", Default: "30s", Form: "DURATION", allowed: "a duration such as 30s; 0 gives up at once",
		Help: "how long the start waits for a PostgreSQL store that is not there yet, or that another server migrates",
		assign: func(c *Config, v string) bool {
			var err error
			c.StoreWait, err = time.ParseDuration(v)
			return err == nil && c.StoreWait >= 0
		},
	},
	{
		Name: "store-check", Default: "unclean", Values: []string{"unclean", "always", "off"},
		Help:   "when the file of a SQLite store is read as a whole at the start, to find damage; unclean: after its server was killed",
		assign: func(c *Config, v string) bool { c.StoreCheck = v; return true },
	},
	{
		Name: "store-network-file", Default: "off", Values: []string{"on", "off"},
		Help:   "permit the file of a SQLite store on NFS, SMB, 9p, FUSE and other file systems of the network, whose locks may not hold",
		assign: func(c *Config, v string) bool { c.StoreNetworkFile = v == "on"; return true },
	},
	{
		Name: "min-free-space", Default: "64MiB", Form: "SIZE", allowed: sizeForm,
		Help: "space on the file system of a SQLite store below which the server is not ready",
		assign: func(c *Config, v string) bool {
			n, valid := parseSize(v)
			c.MinFreeSpace = uint64(n) //nolint:gosec // Not negative.
			return valid
		},
	},
	{
		Name: "auth", Default: string(OpenAuth), Values: []string{string(OpenAuth), string(StrictAuth)},
		Help:   "who may call; open: an access key ID is an account, unless this server issued the key; strict: only keys that it issued",
		assign: func(c *Config, v string) bool { c.Auth = Auth(v); return true },
	},
	{
		Name: "secret-key-file", Form: "FILE", Unset: "a key in the store",
		Help:   "file with the keys that encrypt the secrets in the store, mode 0600, which is made if it is missing; --auth strict needs it",
		assign: func(c *Config, v string) bool { c.SecretKeyFile = v; return v != "" },
	},
	{
		Name: "secret-key", Form: "KEY", Unset: "the keys of secret-key-file", allowed: "64 hexadecimal digits; older keys may follow, after spaces", hidden: true,
		Help: "the same keys themselves, for a variable of a container; a flag is shown by the process list",
		assign: func(c *Config, v string) bool {
			var err error
			c.SecretKeys, err = secret.ParseKeys(v)
			return err == nil
		},
	},
	{
		Name: "root-key-file", Form: "FILE", Unset: "none is made",
		Help:   "where the start on a store without accounts writes the access key of the root user of a first account, as a credentials file of AWS clients",
		assign: func(c *Config, v string) bool { c.RootKeyFile = v; return v != "" },
	},
	{
		Name: "default-account", Default: "000000000000", Form: "ACCOUNT", allowed: "12 digits",
		Help:   "account of callers whose access key ID is not a 12-digit account ID",
		assign: func(c *Config, v string) bool { c.DefaultAccount = ident.AccountID(v); return c.DefaultAccount.Valid() },
	},
	{
		Name: "clock", Default: string(System), Values: []string{string(System), string(Virtual)},
		Help:   "source of time; virtual: moves only through the admin API",
		assign: func(c *Config, v string) bool { c.Clock = Clock(v); return true },
	},
	{
		Name: "accept-clock", Default: "off", Values: []string{"off", "on"},
		Help:   "at the start, go on from the time of the system although the store has seen a later one: the time of the service goes back",
		assign: func(c *Config, v string) bool { c.AcceptClock = v == "on"; return true },
	},
	{
		Name: "seed", Form: "FILE", Unset: "an empty store", allowed: "a file in YAML or JSON; the number from which IDs are drawn is --random-seed",
		Help: "make the accounts and organizations of a file before the server is ready, once: docs/start-from-a-state.md",
		assign: func(c *Config, v string) bool {
			_, err := strconv.ParseUint(v, 10, 64)
			c.Seed = v
			return err != nil
		},
	},
	{
		Name: "init", Form: "DIR", Unset: "no scripts",
		Help:   "run the executable *.sh and the *.py of a folder, and of those below, in the order of their names when the server is ready, with the environment of accord env",
		assign: func(c *Config, v string) bool { c.Init = v; return v != "" },
	},
	{
		Name: "init-errors", Default: string(ContinueAfterInitErrors), Values: []string{string(ContinueAfterInitErrors), string(StopOnInitErrors)},
		Help:   "what a script of --init that fails does: the others run, or the server stops",
		assign: func(c *Config, v string) bool { c.InitErrors = InitErrors(v); return true },
	},
	{
		Name: "random-seed", Form: "NUMBER", Unset: "the randomness of the system", allowed: "a number from 0 to 18446744073709551615",
		Help: "draw IDs, tokens and keys from a number, for tests: the same requests in the same order get the same IDs, which can be guessed",
		assign: func(c *Config, v string) bool {
			seed, err := strconv.ParseUint(v, 10, 64)
			c.RandomSeed = &seed
			return err == nil
		},
	},
	{
		Name: "fidelity", Values: []string{"documented", "native"}, Unset: "documented",
		Help: "short for the behavior fidelity; native: what the service does today where it differs from its reference",
	},
	{
		Name: "behavior", Form: "NAME=VALUE", Unset: "each behavior's default", Repeatable: true,
		Help: "set a behavior listed in docs/settings.md",
	},
	{
		Name: "quota", Form: "NAME=NUMBER", Unset: "each quota's default", Repeatable: true,
		Help: "set a quota listed in docs/settings.md; 0 allows nothing, unlimited switches it off",
	},
	{
		Name: "journal", Form: "FILE", Unset: "off",
		Help:   "file for event records of calls and changes, one JSON object a line",
		assign: func(c *Config, v string) bool { c.Journal = v; return true },
	},
	{
		Name: "journal-max-size", Default: "off", Form: "SIZE", allowed: "off, or " + sizeForm,
		Help:   "begin a new file of the journal when it has this size, e.g. 100MB; the old one is renamed",
		assign: func(c *Config, v string) (valid bool) { c.JournalRotation.Size, valid = parseLimit(v); return valid },
	},
	{
		Name: "journal-max-age", Default: "off", Form: "DURATION", allowed: "off, or a duration such as 7d or 12h",
		Help:   "begin a new file of the journal when it is as old as this",
		assign: func(c *Config, v string) (valid bool) { c.JournalRotation.Age, valid = parseAge(v); return valid },
	},
	{
		Name: "journal-keep", Default: "all", Form: "NUMBER", allowed: "all, or a number from 1 to 1000000",
		Help: "how many renamed files of the journal are kept; the oldest are removed",
		assign: func(c *Config, v string) bool {
			if v == "all" {
				c.JournalRotation.Keep = 0
				return true
			}
			n, err := strconv.Atoi(v)
			c.JournalRotation.Keep = n
			return err == nil && n >= 1 && n <= 1_000_000
		},
	},
	{
		Name: "snapshots", Default: "50", Form: "NUMBER", allowed: "a number from 0 to 10000",
		Help: "how many named snapshots the store keeps at most",
		assign: func(c *Config, v string) bool {
			n, err := strconv.Atoi(v)
			c.Snapshots = n
			return err == nil && n >= 0 && n <= 10_000
		},
	},
	{
		Name: "snapshot-space", Default: "256MiB", Form: "SIZE", allowed: sizeForm,
		Help:   "how much the files of all named snapshots may take together",
		assign: func(c *Config, v string) (valid bool) { c.SnapshotSpace, valid = parseSize(v); return valid },
	},
	{
		Name: "log-format", Default: string(Auto), Values: []string{string(Auto), string(Text), string(JSON), string(Terminal)},
		Help:   "format of the log; auto: terminal if standard error is one, else text",
		assign: func(c *Config, v string) bool { c.LogFormat = LogFormat(v); return true },
	},
	{
		Name: "log-level", Default: "info", Values: []string{"debug", "info", "warn", "error"},
		Help:   "minimum log level",
		assign: func(c *Config, v string) bool { return c.LogLevel.UnmarshalText([]byte(v)) == nil },
	},
	{
		Name: "admin-writes", Default: "on", Values: []string{"on", "off"},
		Help:   "allow changes through the admin API: clock, accounts, quotas, faults, reset",
		assign: func(c *Config, v string) bool { c.AdminWrites = v == "on"; return true },
	},
	{
		Name: "config", Form: "FILE", Unset: "no file",
		Help:   "file of settings by name, JSON with comments; flags and variables override it",
		assign: func(c *Config, v string) bool { c.File = v; return true },
	},
}
