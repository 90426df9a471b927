// Package config holds every setting of the server once: its name, default,
// help, and environment variable. It reads them from the command line, then
// from ACCORD_… variables, then from a JSON file, and gives the values typed.
//
// It opens nothing but the file and starts nothing. It does not know the library
// that reads the command line; whoever does declares the flags from the table
// and hands over what was given:
//
//	given := config.Given{}
//	for _, s := range config.Settings() {
//		command.Flags().Var(given.Flag(s), s.Name, s.Help)
//	}
//	// and, once the command line was read:
//	c, err := config.Load(given, os.Getenv, os.ReadFile)
//
// A *config.Flag fits both flag.Value and pflag.Value.
package config

//go:generate go test -run TestSettingsDocumentIsUpToDate -update .

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"accord/internal/behavior"
	"accord/internal/ident"
	"accord/internal/quota"
)

// Config is the settings in force.
type Config struct {
	// Listen is the address of the listener that speaks the wire protocol, as
	// host:port; port 0 takes any free one.
	Listen string
	// AdminListen is the address of the second listener.
	AdminListen string
	// Store names the store, as store.Open takes it. It may hold a password.
	Store string
	// DefaultAccount is the caller whose access key names no account.
	DefaultAccount ident.AccountID
	// Clock says which clock gives the time.
	Clock Clock
	// Behavior are the named behaviors.
	Behavior behavior.Set
	// Quotas are the quotas.
	Quotas *quota.Set
	// Journal is the file to which calls and changes are written; empty for none.
	Journal string
	// LogFormat and LogLevel are the form of the log and the least level in it.
	LogFormat LogFormat
	LogLevel  slog.Level
	// AdminWrites lets the second listener change the world: move the clock, change
	// accounts, set faults, reset.
	AdminWrites bool
	// File is the configuration file that was read; empty for none.
	File string
}

// Clock is what gives the time.
type Clock string

// The clocks.
const (
	// System is the time of the machine.
	System Clock = "system"
	// Virtual is time that stands until the second listener moves it.
	Virtual Clock = "virtual"
)

// LogFormat is the form of log lines.
type LogFormat string

// The forms of the log.
const (
	Text LogFormat = "text"
	JSON LogFormat = "json"
)

// Load reads the settings: what the command line gave, then the variables of the
// environment, of which an empty one counts as absent, then the file that the
// setting config names, read with readFile. Behaviors and quotas of the three are
// put together, name by name.
//
// The error is for the person who started the server. Each of its lines names a
// setting, the value given and what is allowed; no password stands in it.
func Load(given Input, env func(string) string, readFile func(string) ([]byte, error)) (Config, error) {
	var c Config
	var mistakes errorList

	from := sources{commandLine(given, &mistakes), environment(env)}
	if path, ok := from.find("config"); ok && path.value != "" {
		from = append(from, file(path, readFile, &mistakes))
	}

	for _, s := range settings {
		w, ok := from.find(s.Name)
		if !ok {
			w.value = s.Default
		}
		if s.assign != nil && (ok || s.Default != "") {
			mistakes.add(s.set(&c, w))
		}
	}
	if c.AdminListen == c.Listen && c.Listen != "" && !strings.HasSuffix(c.Listen, ":0") {
		mistakes.add(fmt.Errorf("setting admin-listen: %q is not allowed; allowed: another address than that of listen", c.AdminListen))
	}

	var err error
	c.Behavior, err = behavior.Parse(from.pairs("behavior", "fidelity", &mistakes))
	mistakes.add(err)
	// A mistaken profile was just told; the quotas are looked through all the same.
	profile := cmp.Or(c.Behavior.QuotaProfile, quota.Profile2026)
	c.Quotas, err = quota.New(profile, from.pairs("quota", "", &mistakes))
	mistakes.add(err)

	if len(mistakes) > 0 {
		return Config{}, errors.Join(mistakes...)
	}
	return c, nil
}

// mistakes are gathered, so that one start tells all of them.
type errorList []error

func (m *errorList) add(err error) {
	if err != nil {
		*m = append(*m, err)
	}
}
