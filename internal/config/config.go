// Package config holds every setting of the server once: its name, default, help
// and environment variable. It reads them from the command line, then from
// ACCORD_… variables, then from a JSON file, and returns typed values.
//
// It opens nothing but the file and starts nothing. It does not depend on the
// library that parses the command line, which declares the flags from the table
// and passes what was given:
//
//	input := config.Input{}
//	for _, s := range config.Settings() {
//		command.Flags().Var(input.Flag(s), s.Name, s.Help)
//	}
//	// and, once the command line is parsed:
//	c, err := config.Load(input, os.Getenv, os.ReadFile)
//
// A *config.Flag is both a flag.Value and a pflag.Value.
package config

//go:generate go run accord/cmd/settingsdoc ../../docs/settings.md

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"accord/internal/behavior"
	"accord/internal/quota"
	"accord/internal/store"
)

// Load reads the settings: from the command line, then from the environment, where
// an empty variable counts as absent, then from the file that the setting config
// names, read with readFile. Behaviors and quotas of the three are merged, name by
// name.
//
// The error is for the person who starts the server. Each of its lines names a
// setting, the value given and what is allowed; it shows no password.
func Load(input Input, env func(string) string, readFile func(string) ([]byte, error)) (Config, error) {
	var c Config
	var errs errorList

	from := sources{commandLine(input, &errs), environment(env)}
	if path, ok := from.find("config"); ok && path.value != "" {
		from = append(from, file(path, readFile, &errs))
	}

	for _, s := range settings {
		g, ok := from.find(s.Name)
		if !ok {
			g = given{s.Default, Origin{Source: FromDefault}}
		}
		if s.assign != nil {
			c.Origins.Settings = append(c.Origins.Settings, s.inForce(g))
		}
		if s.assign != nil && (ok || s.Default != "") {
			errs.add(s.set(&c, g))
		}
	}
	if g, ok := from.find("store"); ok && g.origin.Source == FromFlag && store.HasPassword(g.value) {
		c.Warnings = append(c.Warnings, "the password in --store is shown by the process list; store-password-file, ACCORD_STORE or PGPASSFILE are not")
	}
	if c.AdminListen == c.Listen && c.Listen != "" && !strings.HasSuffix(c.Listen, ":0") {
		errs.add(fmt.Errorf("setting admin-listen: %q is not allowed; allowed: another address than that of listen", c.AdminListen))
	}
	if isAddress(c.AdminListen) && !IsLoopback(c.AdminListen) && c.AdminTokenFile == "" {
		errs.add(fmt.Errorf("setting admin-listen: %q can be reached from other machines, and whoever reaches the admin API can delete everything; "+
			"give it a token with --admin-token-file FILE, or listen on 127.0.0.1:8017 or unix:///PATH", c.AdminListen))
	}
	if g, ok := from.find("secret-key"); ok && g.origin.Source == FromFlag {
		c.Warnings = append(c.Warnings, "the key in --secret-key is shown by the process list; secret-key-file and ACCORD_SECRET_KEY are not")
	}
	c.checkStrict(&errs)
	if r := c.JournalRotation; c.Journal == "" && r != (Rotation{}) {
		c.Warnings = append(c.Warnings, "journal-max-size, journal-max-age and journal-keep do nothing without journal")
	} else if r.Keep > 0 && r.Size == 0 && r.Age == 0 {
		c.Warnings = append(c.Warnings, "journal-keep does nothing without journal-max-size or journal-max-age: the journal grows in one file")
	}
	if (c.TLSCertificate == "") != (c.TLSKey == "") {
		errs.add(errors.New("settings tls-cert and tls-key: one of them is missing"))
	}
	if c.TLSCertificate != "" && c.TLSSelfSigned {
		errs.add(errors.New("setting tls: self-signed is not allowed together with tls-cert"))
	}

	var err error
	behaviors, quotas := from.pairs("behavior", "fidelity", &errs), from.pairs("quota", "", &errs)
	c.BehaviorSettings = valuesOf(behaviors)
	c.Origins.Behaviors, c.Origins.Quotas = originsOf(behaviors), originsOf(quotas)
	c.Behavior, err = behavior.Parse(c.BehaviorSettings)
	errs.add(err)
	// A wrong profile is reported already; quotas are validated all the same.
	profile := cmp.Or(c.Behavior.QuotaProfile, quota.Profile2026)
	c.Quotas, err = quota.New(profile, valuesOf(quotas))
	errs.add(err)

	if len(errs) > 0 {
		return Config{}, errors.Join(errs...)
	}
	return c, nil
}

// checkStrict refuses settings by which others than the owners of its keys get in.
func (c *Config) checkStrict(errs *errorList) {
	outside := c.SecretKeyFile != "" || len(c.SecretKeys) > 0
	if c.SecretKeyFile != "" && len(c.SecretKeys) > 0 {
		errs.add(errors.New("settings secret-key and secret-key-file: give one of them"))
	}
	if !c.Strict() {
		return
	}
	if !outside {
		errs.add(errors.New("setting auth: strict needs a secret key outside of the store, so that whoever has the store cannot sign; give it one with --secret-key-file FILE, which is made if it is missing, or ACCORD_SECRET_KEY"))
	}
	if _, socket := SocketPath(c.AdminListen); !socket && c.AdminTokenFile == "" {
		errs.add(errors.New("setting auth: strict needs a token of the admin API, which can do everything: --admin-token-file FILE, or --admin-listen unix:///PATH"))
	}
	if c.RandomSeed != nil {
		errs.add(errors.New("setting auth: strict is not allowed with random-seed, from which access keys can be guessed"))
	}
}
