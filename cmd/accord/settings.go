package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/config"
)

// settingFlags adds the flags of the named settings to a command, or of all settings
// without a name. The function that it returns loads them once the command line is
// parsed.
func settingFlags(c *cobra.Command, names ...string) func() (config.Config, error) {
	input := config.Input{}
	for _, s := range config.Settings() {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			c.Flags().VarPF(input.Flag(s), s.Name, "", help(s)).DefValue = "" // help has it
			completeSetting(c, s)
		}
	}
	return func() (config.Config, error) {
		loaded, err := config.Load(input, os.Getenv, os.ReadFile)
		if err != nil {
			return config.Config{}, &cli.Misuse{Err: err}
		}
		return loaded, nil
	}
}

// help returns the line of help about a setting.
func help(s config.Setting) string {
	text := s.Help
	if s.Unset != "" {
		text += "; unset: " + s.Unset
	}
	text += " [" + s.Env() + "]"
	if s.Default != "" {
		text += " (default " + s.Default + ")"
	}
	return wrap(text)
}
