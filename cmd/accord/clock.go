package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"accord/internal/cli"
)

// clockAnswer is the clock in a response of the admin API.
type clockAnswer struct {
	Clock string `json:"clock"`
	Now   string `json:"now"`
}

func clockCommand() *cobra.Command {
	c := &cobra.Command{Use: "clock", Short: "Show and move the clock of a server"}
	admin := cli.NewClient(c)
	request := func(c *cobra.Command, method string, in any) error {
		var answer clockAnswer
		if err := admin.Call(c.Context(), method, "/clock", in, &answer); err != nil {
			return err
		}
		return admin.Show(c, answer, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s (%s)\n", answer.Now, answer.Clock)
			return err
		})
	}
	return group(c, admin.WithJSON(
		&cobra.Command{
			Use: "show", Short: "Show the current time", Args: cli.Arguments(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error { return request(c, http.MethodGet, nil) },
		},
		&cobra.Command{
			Use: "advance DURATION", Short: "Move a virtual clock forward, e.g. by 15d or 90m, and run the jobs that become due",
			Args: cli.Arguments(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				return request(c, http.MethodPost, map[string]string{"advance": args[0]})
			},
		},
		&cobra.Command{
			Use: "set INSTANT", Short: "Set a virtual clock, e.g. to 2026-12-24 or 2026-12-24T12:00:00Z, and run the jobs that become due",
			Args: cli.Arguments(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				return request(c, http.MethodPost, map[string]string{"set": args[0]})
			},
		},
	)...)
}
