package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/cli/snapshots"
	saved "accord/internal/service/snapshots"
)

// pollInterval is the time between two questions to a server.
const pollInterval = 50 * time.Millisecond

func waitCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "wait", Short: "Wait until a server is ready", Args: cli.Arguments(cobra.NoArgs),
		Long: "Waits until a server answers and all its checks of readiness pass. Exit status 1: it did not within the timeout;\nthe message says which check failed, and its cure.",
	}
	admin := cli.NewClient(c)
	// The server may not have made the token yet.
	admin.Anonymous = true
	_ = c.PersistentFlags().MarkHidden("admin-token-file")
	timeout := durationFlag(c, "timeout", 30*time.Second, "how long to wait at most")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(c.Context(), *timeout)
		defer cancel()
		why := errors.New("no answer")
		for {
			var ready struct{}
			err := admin.Call(ctx, http.MethodGet, "/readyz", nil, &ready)
			var misused *cli.Misuse
			if err == nil || errors.As(err, &misused) {
				return err
			}
			if ctx.Err() == nil {
				why = err
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("not ready within %s: %w", *timeout, why)
			case <-time.After(pollInterval):
			}
		}
	}
	return c
}

func resetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "reset", Short: "Delete all accounts, organizations and faults of a server, or go back to a snapshot", Args: cli.Arguments(cobra.NoArgs),
		Long: "Deletes all data created by users of a server: accounts, organizations, mails, and the injected faults.\n" +
			"Settings, clock, snapshots and journal stay. With --snapshot it goes back to a named snapshot instead.",
		Example: "  accord reset\n  accord reset --snapshot base",
	}
	admin := cli.NewClient(c)
	name := c.Flags().String("snapshot", "", "go back to the snapshot with this `NAME`")
	snapshots.Complete(c, admin, "snapshot")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if c.Flags().Changed("snapshot") {
			if *name == "" {
				return &cli.Misuse{Err: errors.New("--snapshot: a name is expected; see accord reset --help")}
			}
			var loaded saved.Loaded
			if err := admin.Call(c.Context(), http.MethodPost, "/reset", map[string]string{"snapshot": *name}, &loaded); err != nil {
				return err
			}
			return snapshots.WriteLoaded(c.OutOrStdout(), loaded)
		}
		var empty struct{}
		return admin.Call(c.Context(), http.MethodPost, "/reset", nil, &empty)
	}
	return c
}
