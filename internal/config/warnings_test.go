package config_test

import (
	"strings"
	"testing"

	"accord/internal/config"
)

// TestASettingWithoutEffectIsWarnedOf: one that needs another one, which is missing.
func TestASettingWithoutEffectIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		given config.Input
		warns string
	}{
		{config.Input{"journal-max-size": {"100MB"}}, "do nothing without journal"},
		{config.Input{"journal-max-age": {"7d"}}, "do nothing without journal"},
		{config.Input{"journal-keep": {"3"}}, "do nothing without journal"},
		{config.Input{"journal": {"j"}, "journal-keep": {"3"}}, "does nothing without journal-max-size or journal-max-age"},
		{config.Input{"journal": {"j"}, "journal-keep": {"3"}, "journal-max-age": {"7d"}}, ""},
		{config.Input{"journal": {"j"}, "journal-max-size": {"100MB"}}, ""},
		{config.Input{"journal": {"j"}}, ""},
		{config.Input{"journal-keep": {"all"}, "journal-max-size": {"off"}}, ""},
	} {
		warnings := inputs{flags: c.given}.mustLoad(t).Warnings
		if len(warnings) != min(len(c.warns), 1) || !strings.Contains(strings.Join(warnings, ""), c.warns) {
			t.Errorf("%v: %q, want one with %q", c.given, warnings, c.warns)
		}
	}
}
