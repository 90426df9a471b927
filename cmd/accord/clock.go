package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"
)

// clockAnswer is the clock as the second listener tells it.
type clockAnswer struct {
	Clock string `json:"clock"`
	Now   string `json:"now"`
}

func clockCommand() *cobra.Command {
	c := &cobra.Command{Use: "clock", Short: "Show and move the clock of a server"}
	b := newAdminClient(c)
	tell := func(c *cobra.Command, method string, in any) error {
		var answer clockAnswer
		if err := b.call(c.Context(), method, "/clock", in, &answer); err != nil {
			return err
		}
		return b.show(c, answer, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s (%s)\n", answer.Now, answer.Clock)
			return err
		})
	}
	return group(c,
		&cobra.Command{
			Use: "show", Short: "Tell what time it is", Args: arguments(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error { return tell(c, http.MethodGet, nil) },
		},
		&cobra.Command{
			Use: "advance DURATION", Short: "Move a virtual clock on, e.g. by 360h, and do what becomes due",
			Args: arguments(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				return tell(c, http.MethodPost, map[string]string{"advance": args[0]})
			},
		},
		&cobra.Command{
			Use: "set INSTANT", Short: "Set a virtual clock, e.g. to 2026-12-24T12:00:00Z, and do what becomes due",
			Args: arguments(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				return tell(c, http.MethodPost, map[string]string{"set": args[0]})
			},
		},
	)
}
