package config_test

import (
	"strings"
	"testing"

	"accord/internal/config"
)

// TestAPasswordOnTheCommandLineIsWarnedOf, and not one where the process list does not show it.
func TestAPasswordOnTheCommandLineIsWarnedOf(t *testing.T) {
	for url, has := range map[string]bool{
		"postgres://me:secret@db/accord":          true,
		"postgres://me@db/accord?password=secret": true,
		"postgres://me@db/accord":                 false,
		"postgres://me:@db/accord":                false,
		"postgres://db/accord?sslmode=disable":    false,
		"sqlite:./a:b.db":                         false,
		"memory":                                  false,
	} {
		for origin, in := range map[string]inputs{
			"flag":     {flags: config.Input{"store": {url}}},
			"variable": {env: map[string]string{"ACCORD_STORE": url}},
			"file":     withFile(`{"store": "` + url + `"}`),
		} {
			c := in.mustLoad(t)
			want := 0
			if has && origin == "flag" {
				want = 1
			}
			if len(c.Warnings) != want || strings.Contains(strings.Join(c.Warnings, ""), "secret") || c.Store != url {
				t.Errorf("%s from a %s: %q", url, origin, c.Warnings)
			}
		}
	}
}
