package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
)

// followInterval is the time between two questions for what is new.
const followInterval = 500 * time.Millisecond

// followFlag adds the flag of commands that can go on with what comes.
func followFlag(c *cobra.Command, what string) *bool {
	return c.Flags().BoolP("follow", "f", false, "continue with new "+what+" as it comes")
}

// follow calls show once, or again and again.
func follow(c *cobra.Command, again bool, show func() error) error {
	for {
		if err := show(); err != nil || !again {
			return err
		}
		select {
		case <-c.Context().Done():
			return nil
		case <-time.After(followInterval):
		}
	}
}

// showEach prints entries of a list with text. With --json it prints an array, or
// one entry on a line if more can come.
func showEach[T any](c *cobra.Command, a *cli.Client, entries []T, more bool, text func(io.Writer, T) error) error {
	if a.AsJSON && !more {
		return a.Show(c, entries, nil)
	}
	if a.AsJSON {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetEscapeHTML(false)
		text = func(_ io.Writer, entry T) error { return e.Encode(entry) }
	}
	for _, entry := range entries {
		if err := text(c.OutOrStdout(), entry); err != nil {
			return err
		}
	}
	return nil
}
