package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"accord/internal/cli"
)

const (
	adminVariable = cli.AdminVariable
	tokenVariable = cli.TokenVariable
)

// adminClient calls the admin API of a running server and shows its responses.
type adminClient struct{ *cli.Client }

// newAdminClient adds the flags of the client to a group of commands.
func newAdminClient(c *cobra.Command) *adminClient { return &adminClient{cli.NewClient(c)} }

// withJSON adds the flag that show reads to commands that show a response.
func (a *adminClient) withJSON(commands ...*cobra.Command) []*cobra.Command {
	return a.WithJSON(commands...)
}

func (a *adminClient) base() string { return a.Base() }

// call sends a request and decodes the response into out. An error of the server is
// returned in its own words.
func (a *adminClient) call(ctx context.Context, method, path string, in, out any) error {
	return a.Call(ctx, method, path, in, out)
}

// show prints a response: as JSON with --json, else with text.
func (a *adminClient) show(c *cobra.Command, answer any, text func(io.Writer) error) error {
	return a.Show(c, answer, text)
}
