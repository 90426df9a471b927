package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"accord/internal/store"
	"accord/internal/telemetry"
)

func migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of a store up to date",
		Long: "Brings the schema of a store up to date, as serve does at its start, and exits.\n" +
			"It cannot be undone: make a copy of the data first.",
		Args: arguments(cobra.NoArgs),
	}
	load := settingFlags(c, "store", "store-password-file", "store-wait", "config")
	show := c.Flags().Bool("show", false, "only show the version of the schema and the version that this program needs")
	c.RunE = func(c *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		lines := telemetry.NewBuffer(c.ErrOrStderr())
		defer func() { _ = lines.Flush() }()
		options := store.EngineOptions{
			Log:  telemetry.NewLog(lines, logOptions(loaded, c.ErrOrStderr(), os.Getenv)).Logger,
			Wait: loaded.StoreWait, PasswordFile: loaded.StorePasswordFile,
		}
		before, after, err := store.Migrate(c.Context(), loaded.Store, options, !*show)
		if err != nil {
			return err
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
