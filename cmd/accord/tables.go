package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"accord/internal/admin"
	"accord/internal/cli"

	"github.com/spf13/cobra"
)

// quotaAnswer is a quota in a response of the admin API.
type quotaAnswer struct {
	Name    string       `json:"name"`
	Value   string       `json:"value"`
	Own     bool         `json:"own,omitempty"`
	Default string       `json:"default"`
	AWS     string       `json:"aws,omitempty"`
	Origin  admin.Origin `json:"origin"`
	Counts  string       `json:"counts"`
}

// setBy is an origin in a table: what a person has to change.
func setBy(o admin.Origin) string {
	switch o.Source {
	case "flag", "environment":
		return o.Name
	case "file", "behavior":
		return o.Source + " " + o.Name
	}
	return o.Source
}

func quotasCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "quotas", Short: "List the quotas of a server, or of one organization, and change those of an organization",
		Long: "Lists the quotas of a server, or of one organization. Long descriptions end with …; --json and\n" +
			"docs/settings.md have them whole.",
		Example: "  accord quotas\n  accord quotas --organization o-exampleorgid\n" +
			"  accord quotas set --organization o-exampleorgid accounts-per-organization=50 unit-depth=unlimited",
	}
	client := cli.NewClient(c)
	client.WithJSON(c)
	organization := c.Flags().String("organization", "", "the quotas in force for this organization, `ID`")
	group(c, quotasSet(client))
	c.RunE = func(c *cobra.Command, _ []string) error {
		path := "/quotas"
		if *organization != "" {
			path = "/organizations/" + url.PathEscape(*organization) + "/quotas"
		}
		var answer struct {
			Quotas []quotaAnswer `json:"quotas"`
		}
		if err := client.Call(c.Context(), http.MethodGet, path, nil, &answer); err != nil {
			return err
		}
		return client.Show(c, answer.Quotas, func(w io.Writer) error { return quotasTable(w, answer.Quotas) })
	}
	return c
}

func quotasSet(client *cli.Client) *cobra.Command {
	c := &cobra.Command{
		Use: "set --organization ID NAME=NUMBER…", Short: "Set quotas of one organization: 0 allows nothing, unlimited anything, default what the server allows",
		Args: cli.Arguments(cobra.MinimumNArgs(1)),
	}
	organization := c.Flags().String("organization", "", "organization, `ID`")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *organization == "" {
			return &cli.Misuse{Err: fmt.Errorf("--organization is required; quotas of all organizations are a setting of accord serve: --quota")}
		}
		quotas := map[string]string{}
		for _, pair := range args {
			name, number, ok := strings.Cut(pair, "=")
			if !ok {
				return &cli.Misuse{Err: fmt.Errorf("%q is not NAME=NUMBER", pair)}
			}
			quotas[name] = number
		}
		var answer struct{}
		return client.Call(c.Context(), http.MethodPut, "/organizations/"+url.PathEscape(*organization)+"/quotas", quotas, &answer)
	}
	return c
}

func quotasTable(w io.Writer, quotas []quotaAnswer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tVALUE\tSET BY\tDEFAULT\tAWS")
	for _, q := range quotas {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", q.Name, shorten(q.Value), shorten(setBy(q.Origin)), shorten(q.Default), shorten(joinNonEmpty("-", q.AWS)))
	}
	return table.Flush()
}

func behaviorsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "behaviors", Short: "List the behaviors of a server, with their defaults and AWS's own values",
		Long: "Lists the behaviors of a server: the value in force, the default, and what AWS does if it differs from\n" +
			"the default. They are set at the start: accord serve --behavior NAME=VALUE.",
		Args: cli.Arguments(cobra.NoArgs),
	}
	client := cli.NewClient(c)
	client.WithJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var answer struct {
			Behaviors []admin.Behavior `json:"behaviors"`
		}
		if err := client.Call(c.Context(), http.MethodGet, "/behaviors", nil, &answer); err != nil {
			return err
		}
		return client.Show(c, answer.Behaviors, func(w io.Writer) error {
			table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "NAME\tVALUE\tSET BY\tDEFAULT\tAWS")
			for _, b := range answer.Behaviors {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", b.Name, b.Value, shorten(setBy(b.Origin)), b.Default, shorten(joinNonEmpty("-", b.AWS)))
			}
			return table.Flush()
		})
	}
	return c
}
