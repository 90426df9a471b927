package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/config"
)

// settings gives a command the flags of the named settings, or of all without a
// name, and returns how to read them once the command line was.
func settingFlags(c *cobra.Command, names ...string) func() (config.Config, error) {
	given := config.Input{}
	for _, s := range config.Settings() {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			c.Flags().Var(given.Flag(s), s.Name, help(s))
		}
	}
	return func() (config.Config, error) {
		loaded, err := config.Load(given, os.Getenv, os.ReadFile)
		if err != nil {
			return config.Config{}, &misuse{err}
		}
		return loaded, nil
	}
}

// help is the line about a setting.
func help(s config.Setting) string {
	parts := []string{s.Help}
	if s.Unset != "" {
		parts = append(parts, "unset: "+s.Unset)
	}
	return strings.Join(parts, "; ") + " [" + s.Env() + "]"
}
