package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/config"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// storeSettings are those of commands that open a store themselves.
var storeSettings = []string{"store", "store-password-file", "store-wait", "store-check", "store-network-file", "config"}

// engineOptions are what such a command opens a store with. The function ends its log.
func engineOptions(c *cobra.Command, loaded config.Config) (o store.EngineOptions, flush func()) {
	lines := telemetry.NewBuffer(c.ErrOrStderr())
	o = loaded.EngineOptions()
	o.Log = telemetry.NewLog(lines, logOptions(loaded, c.ErrOrStderr(), os.Getenv)).Logger
	return o, func() { _ = lines.Flush() }
}

func migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of a store up to date",
		Long: "Brings the schema of a store up to date, as serve does at its start, and exits.\n" +
			"It cannot be undone: make a backup first (accord backup).",
		Args: cli.Arguments(cobra.NoArgs),
	}
	load := settingFlags(c, storeSettings...)
	show := c.Flags().Bool("show", false, "only show the version of the schema and the version that this program needs")
	c.RunE = func(c *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		options, flush := engineOptions(c, loaded)
		defer flush()
		before, after, err := store.Migrate(c.Context(), loaded.Store, options, !*show)
		if err != nil {
			return loaded.UseStore(err)
		}
		text := fmt.Sprintf("the schema has version %d, which is up to date", after)
		switch {
		case *show:
			text = fmt.Sprintf("the schema has version %d, this program needs version %d", before, after)
		case before != after:
			text = fmt.Sprintf("the schema had version %d and has version %d now", before, after)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", store.Name(loaded.Store), text)
		return err
	}
	return c
}
