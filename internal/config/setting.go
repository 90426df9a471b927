package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"accord/internal/store"
)

// Setting is a row of the table.
type Setting struct {
	// Name is the name of the flag, without dashes, and of the member in the file.
	Name string
	// Default is the value if none is given; empty if Unset describes it.
	Default string
	// Unset describes what holds if there is no value at all.
	Unset string
	// Help says in one line what the setting does.
	Help string
	// Form stands for the value in a line of help, e.g. "FILE".
	Form string
	// Values are the only values, if the setting takes one of a few words.
	Values []string
	// Repeatable settings hold any number of name=value pairs: the flag is given
	// once for each, the variable separates them by commas, and the member of the
	// file is an object.
	Repeatable bool

	// allowed describes the values if Form does not say enough.
	allowed string
	// secret settings can hold a password, which no message shows.
	secret bool
	// hidden settings are secrets, of which no message shows anything.
	hidden bool
	// assign assigns a value and reports whether it is valid. It is nil for settings
	// that Load treats itself: fidelity, behavior and quota.
	assign func(*Config, string) bool
}

// Env returns the name of the setting's environment variable.
func (s Setting) Env() string {
	return "ACCORD_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Allowed describes the values that the setting takes.
func (s Setting) Allowed() string {
	switch n := len(s.Values); {
	case n > 1:
		return strings.Join(s.Values[:n-1], ", ") + " or " + s.Values[n-1]
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

// given is a value and where it came from.
type given struct {
	value  string
	origin Origin
}

// from names the origin in a message; it is empty for a default.
func (g given) from() string {
	if g.origin.Name == "" {
		return ""
	}
	return " (" + g.origin.Name + ")"
}

// set assigns a value to the configuration.
func (s Setting) set(c *Config, g given) error {
	known := len(s.Values) == 0 || slices.Contains(s.Values, g.value)
	if !known || !s.assign(c, g.value) {
		return s.notAllowed(g)
	}
	return nil
}

// inForce is a value as people may see it.
func (s Setting) inForce(g given) Value {
	v := Value{Name: s.Name, Shown: g.value, Default: cmp.Or(s.Default, s.Unset), Help: s.Help, Origin: g.origin}
	switch {
	case g.value == "" || g.value == s.Default:
	case s.hidden:
		v.Shown = "…"
	case s.secret:
		v.Shown = store.Name(g.value)
	}
	return v
}

// notAllowed returns the error for a value, with the values that are allowed.
func (s Setting) notAllowed(g given) error {
	value := g.value
	switch {
	case s.hidden:
		value = "…"
	case s.secret:
		value = withoutPassword(value)
	}
	return fmt.Errorf("setting %s: %q%s is not allowed; allowed: %s", s.Name, value, g.from(), s.Allowed())
}

// withoutPassword returns what an error may show of a value that can hold a password: of
// a URL the scheme, and of the words NAME=VALUE, such as those of libpq, the first name.
func withoutPassword(value string) string {
	if scheme, _, cut := strings.Cut(value, "://"); cut {
		return scheme + "://…"
	}
	if name, _, cut := strings.Cut(value, "="); cut {
		return name + "=…"
	}
	return value
}

const addressForm = "host:port, the port a number from 0 to 65535"

// areHosts reports whether all names can be the host of a URL.
func areHosts(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return name == "" || len(name) > 253 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_") != ""
	})
}

// SocketPath returns the path of an address unix:///PATH, and whether it is one.
func SocketPath(address string) (string, bool) {
	path, ok := strings.CutPrefix(address, "unix://")
	return path, ok && strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/")
}

// IsLoopback reports whether only this machine reaches an address.
func IsLoopback(address string) bool {
	if _, socket := SocketPath(address); socket {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || host == "localhost"
}

func isAddress(v string) bool {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// or lists alternatives.
func or(values []string) string {
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}
