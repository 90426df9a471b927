package config_test

import (
	"strings"
	"testing"

	"accord/internal/behavior"
	"accord/internal/config"
	"accord/internal/quota"
)

// TestEachValueKeepsWhereItWasSet: the source that won, also where several have the same value,
// and the behavior that sets others.
func TestEachValueKeepsWhereItWasSet(t *testing.T) {
	in := withFile(`{
		"clock": "virtual", "store": "memory",
		"behavior": {"account-closure-delay": "1m", "finalizing-time": "1s", "quota-profile": "2024"},
		"quota": {"unit-depth": 1, "tags-per-resource": 50}
	}`)
	in.env = map[string]string{"ACCORD_QUOTA": "unit-depth=2", "ACCORD_STORE": "memory", "ACCORD_BEHAVIOR": "finalizing-time=1s"}
	in.flags["fidelity"] = []string{"native"}
	in.flags["behavior"] = []string{"direct-transfer=on"}
	c := in.mustLoad(t)

	file := config.Origin{Source: config.FromFile, Name: "accord.json"}
	settings := map[string]config.Origin{
		"clock": file, "store": {Source: config.FromEnvironment, Name: "ACCORD_STORE"},
		"config": {Source: config.FromFlag, Name: "--config"}, "listen": {Source: config.FromDefault},
	}
	for _, s := range c.Origins.Settings {
		if want, is := settings[s.Name]; is && s.Origin != want {
			t.Errorf("setting %s is from %v, want %v", s.Name, s.Origin, want)
		}
		delete(settings, s.Name)
	}
	if len(settings) > 0 {
		t.Errorf("missing: %v", settings)
	}
	behaviors := map[string]config.Origin{
		"fidelity": {Source: config.FromFlag, Name: "--fidelity"}, "wire-style": {Source: config.FromBehavior, Name: "fidelity"},
		"direct-transfer": {Source: config.FromFlag, Name: "--behavior"}, "account-closure-delay": file, "quota-profile": file,
		"finalizing-time": {Source: config.FromEnvironment, Name: "ACCORD_BEHAVIOR"}, "create-account": {Source: config.FromDefault},
	}
	for _, b := range behavior.Table() {
		if want, is := behaviors[b.Name]; is && c.OriginOfBehavior(b) != want {
			t.Errorf("behavior %s is from %v, want %v", b.Name, c.OriginOfBehavior(b), want)
		}
	}
	for name, want := range map[quota.Name]config.Origin{
		quota.UnitDepth: {Source: config.FromEnvironment, Name: "ACCORD_QUOTA"}, quota.TagsPerResource: file,
		quota.UnitsPerOrganization: {Source: config.FromBehavior, Name: "quota-profile"}, quota.AccountClosuresInProgress: {Source: config.FromDefault},
	} {
		q, _ := quota.Find(name)
		if got := c.OriginOfQuota(q); got != want {
			t.Errorf("quota %s is from %v, want %v", name, got, want)
		}
	}
}

// TestWhatIsShownHoldsNoSecret: a password of a URL in any form, and keys. The control is a
// setting without one.
func TestWhatIsShownHoldsNoSecret(t *testing.T) {
	key := strings.Repeat("ab", 32)
	for _, url := range []string{
		"postgres://accord:hunter2@db.example.com/accord", "postgres://db.example.com/accord?user=accord&password=hunter2",
		"postgres://accord:hunter2%40x@db.example.com:5432/accord?sslmode=disable",
	} {
		c := inputs{flags: config.Input{"store": {url}, "secret-key": {key}, "journal": {"calls.log"}}}.mustLoad(t)
		shown := map[string]string{}
		for _, s := range c.Origins.Settings {
			if shown[s.Name] = s.Shown; strings.Contains(s.Shown, "hunter2") || strings.Contains(s.Shown, key) {
				t.Errorf("setting %s shows %s", s.Name, s.Shown)
			}
		}
		if shown["journal"] != "calls.log" || shown["secret-key"] != "…" || !strings.Contains(shown["store"], "db.example.com") {
			t.Errorf("shown is %v", shown)
		}
	}
}
