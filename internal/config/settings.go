package config

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"accord/internal/ident"
)

// Setting is a row of the table.
type Setting struct {
	// Name is the name of the flag, without dashes, and of the member in the file.
	Name string
	// Default is the value when none is given; empty when Unset says what holds.
	Default string
	// Unset says for people what holds when there is no value at all.
	Unset string
	// Help says in one line what the setting does.
	Help string
	// Form stands for the value in a line of help, e.g. "FILE".
	Form string
	// Values are the only values, if the setting takes one of a few words.
	Values []string
	// Repeatable settings hold any number of name=value pairs: the flag is given
	// once for each, the variable holds them with commas between, and the member of
	// the file is an object.
	Repeatable bool

	// allowed says which values are taken, if there is more to say than Form does.
	allowed string
	// secret settings can hold a password, which no message shows.
	secret bool
	// put stores a value and reports whether it is one. It is nil for settings
	// that Load hands on: the behaviors and quotas.
	assign func(*Config, string) bool
}

// Settings returns all settings in the order in which they are listed.
func Settings() []Setting { return slices.Clone(settings) }

// settings is THE table. Rows are stored from first to last.
var settings = []Setting{
	{
		Name: "listen", Default: "127.0.0.1:8016", Form: "HOST:PORT", allowed: addressForm,
		Help:   "address of the listener that speaks the wire protocol; port 0 takes any free one",
		assign: func(c *Config, v string) bool { c.Listen = v; return isAddress(v) },
	},
	{
		Name: "admin-listen", Default: "127.0.0.1:8017", Form: "HOST:PORT", allowed: addressForm,
		Help:   "address of the second listener: health, metrics, clock, accounts, quotas, faults, reset",
		assign: func(c *Config, v string) bool { c.AdminListen = v; return isAddress(v) },
	},
	{
		Name: "store", Default: "sqlite:./accord.db", Form: "URL", secret: true,
		allowed: "memory, sqlite:PATH or postgres://USER@HOST/DATABASE",
		Help:    "where the state is kept; memory is gone at the end",
		assign:  func(c *Config, v string) bool { c.Store = v; return isStoreURL(v) },
	},
	{
		Name: "default-account", Default: "000000000000", Form: "ACCOUNT", allowed: "12 digits",
		Help:   "account of a caller whose access key is not a 12-digit account id",
		assign: func(c *Config, v string) bool { c.DefaultAccount = ident.AccountID(v); return isAccountID(v) },
	},
	{
		Name: "clock", Default: string(System), Values: []string{string(System), string(Virtual)},
		Help:   "what time it is; virtual: time stands until the second listener moves it",
		assign: func(c *Config, v string) bool { c.Clock = Clock(v); return true },
	},
	{
		Name: "fidelity", Values: []string{"documented", "native"}, Unset: "documented",
		Help: "short for the behavior fidelity; native: what the service does today where it differs from its reference",
	},
	{
		Name: "behavior", Form: "NAME=VALUE", Unset: "each behavior's own", Repeatable: true,
		Help: "changes a behavior, as listed in docs/settings.md",
	},
	{
		Name: "quota", Form: "NAME=NUMBER", Unset: "each quota's own", Repeatable: true,
		Help: "changes a quota, as listed in docs/settings.md; 0 allows nothing, unlimited switches it off",
	},
	{
		Name: "journal", Form: "FILE", Unset: "off",
		Help:   "file to which calls and changes are written, one JSON object a line",
		assign: func(c *Config, v string) bool { c.Journal = v; return true },
	},
	{
		Name: "log-format", Default: string(Text), Values: []string{string(Text), string(JSON)},
		Help:   "form of the log",
		assign: func(c *Config, v string) bool { c.LogFormat = LogFormat(v); return true },
	},
	{
		Name: "log-level", Default: "info", Values: []string{"debug", "info", "warn", "error"},
		Help:   "least level that is logged",
		assign: func(c *Config, v string) bool { return c.LogLevel.UnmarshalText([]byte(v)) == nil },
	},
	{
		Name: "admin-writes", Default: "on", Values: []string{"on", "off"},
		Help:   "whether the second listener may change the world: clock, accounts, quotas, faults, reset",
		assign: func(c *Config, v string) bool { c.AdminWrites = v == "on"; return true },
	},
	{
		Name: "config", Form: "FILE", Unset: "no file",
		Help:   "JSON file of settings by their names; flags and variables win over it",
		assign: func(c *Config, v string) bool { c.File = v; return true },
	},
}

const addressForm = "host:port, the port a number from 0 to 65535"

// Env returns the name of the setting's environment variable.
func (s Setting) Env() string {
	return "ACCORD_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Allowed says which values the setting takes, for people.
func (s Setting) Allowed() string {
	switch {
	case len(s.Values) > 0:
		return strings.Join(s.Values, " or ")
	case s.allowed != "":
		return s.allowed
	default:
		return s.Form
	}
}

// placeholder stands for the value in a line of help.
func (s Setting) placeholder() string {
	if len(s.Values) > 0 {
		return strings.Join(s.Values, "|")
	}
	return s.Form
}

// set stores a value in the configuration.
func (s Setting) set(c *Config, w given) error {
	known := len(s.Values) == 0 || slices.Contains(s.Values, w.value)
	if !known || !s.assign(c, w.value) {
		return s.notAllowed(w)
	}
	return nil
}

// refuse says that a value is not taken, and what is.
func (s Setting) notAllowed(w given) error {
	value := w.value
	if scheme, _, cut := strings.Cut(value, "://"); s.secret && cut {
		value = scheme + "://…"
	}
	return fmt.Errorf("setting %s: %q%s is not allowed; allowed: %s", s.Name, value, w.from(), s.Allowed())
}

// settingNames returns the names of all settings.
func settingNames() []string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return names
}

// lookup returns the setting of the name.
func find(name string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

func isAddress(v string) bool {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isStoreURL(v string) bool {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(v, scheme); ok {
			return rest != ""
		}
	}
	return v == "memory"
}

func isAccountID(v string) bool {
	return len(v) == 12 && strings.Trim(v, "0123456789") == ""
}
