package main

import (
	"fmt"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"accord/internal/backup"
	"accord/internal/cli"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/store"
)

func backupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the state of a store into a file, while servers use it",
		Long: "Writes the state that a store has at one moment into one file: all that was acknowledged before, and nothing\n" +
			"half. Servers may use the store meanwhile. The rows are checked. PostgreSQL needs pg_dump.",
		Example: "  accord backup accord.backup --store sqlite:./accord.db",
		Args:    cli.Arguments(cobra.ExactArgs(1)),
	}
	load := settingFlags(c, storeSettings...)
	force := c.Flags().Bool("force", false, "replace the file if it exists")
	c.RunE = func(c *cobra.Command, args []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		// A signal leaves no partial file behind.
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		options, flush := backupOptions(c, loaded, *force)
		defer flush()
		made, err := backup.Make(ctx, loaded.Store, args[0], options)
		if err != nil {
			return fmt.Errorf("no backup was made: %w", err)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %v\n", args[0], made)
		return err
	}
	return c
}

func restoreCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a store of what backup has written",
		Long: "Makes a store of what accord backup has written, after it has checked it. No server may use the store. A\n" +
			"store that holds anything is refused; with --force it is kept under another name. PostgreSQL needs pg_restore.",
		Example: "  accord restore accord.backup --store sqlite:./restored.db\n  accord restore accord.backup --show",
		Args:    cli.Arguments(cobra.ExactArgs(1)),
	}
	load := settingFlags(c, storeSettings...)
	force := c.Flags().Bool("force", false, "replace a store that holds anything, and keep it under another name")
	show := c.Flags().Bool("show", false, "only check the file and print what it holds")
	c.RunE = func(c *cobra.Command, args []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		if *show {
			made, err := backup.Read(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %v\n", args[0], made)
			return err
		}
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		options, flush := backupOptions(c, loaded, *force)
		defer flush()
		made, kept, err := backup.Restore(ctx, loaded.Store, args[0], options)
		if err != nil {
			return fmt.Errorf("nothing was restored: %w", err)
		}
		out := c.OutOrStdout()
		_, err = fmt.Fprintf(out, "%s: holds %v\n", store.Name(loaded.Store), made)
		if err == nil && kept != "" {
			_, err = fmt.Fprintf(out, "what was there before is kept: %s\n", kept)
		}
		return err
	}
	return c
}

func backupOptions(c *cobra.Command, loaded config.Config, force bool) (o backup.Options, flush func()) {
	engine, flush := engineOptions(c, loaded)
	return backup.Options{Clock: &clock.System{}, Source: ident.NewSource(), Engine: engine, Program: version(), Overwrite: force}, flush
}
