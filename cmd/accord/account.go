package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/clientenv"
)

// accountAnswer is what is read of an account, and shown.
type accountAnswer struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	State        string `json:"state"`
	Organization string `json:"organization,omitempty"`
}

func accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Register, list and change the accounts of a server"}
	admin := cli.NewClient(c)
	all := append([]*cobra.Command{accountCreate(admin), accountList(admin), accountSweep(admin)}, accountPatches(admin)...)
	return group(c, admin.WithJSON(all...)...)
}

func accountCreate(admin *cli.Client) *cobra.Command {
	var given struct {
		ID    string `json:"id,omitempty"`
		Email string `json:"email,omitempty"`
		Name  string `json:"name,omitempty"`
	}
	c := &cobra.Command{
		Use: "create", Short: "Register an account, or give one that exists another address or name",
		Long: "Registers an account that is in no organization, as signing up would. An account that exists gets\n" +
			"the address and the name that are given. Values that are not given are generated.",
		Args: cli.Arguments(cobra.NoArgs),
	}
	c.Flags().StringVar(&given.ID, "id", "", "account `ID`, twelve digits")
	c.Flags().StringVar(&given.Email, "email", "", "e-mail `address` of the root user")
	c.Flags().StringVar(&given.Name, "name", "", "`name` of the account")
	rootKey := c.Flags().Bool("root-key", false, "make an access key of its root user, whose secret is shown this once")
	c.RunE = func(c *cobra.Command, _ []string) error {
		var answer struct {
			accountAnswer
			RootKey *keyAnswer `json:"rootKey,omitempty"`
		}
		if err := admin.Call(c.Context(), http.MethodPost, "/accounts", given, &answer); err != nil {
			return err
		}
		if *rootKey {
			if err := admin.Call(c.Context(), http.MethodPost, "/accounts/"+answer.ID+"/root-key", nil, &answer.RootKey); err != nil {
				return err
			}
		}
		return admin.Show(c, answer, func(w io.Writer) error {
			if answer.RootKey != nil {
				// A script, so that a shell can take the key without showing it.
				return printScript(w, []clientenv.Variable{{Name: "AWS_ACCESS_KEY_ID", Value: answer.RootKey.AccessKeyID}, {Name: "AWS_SECRET_ACCESS_KEY", Value: answer.RootKey.SecretAccessKey}})
			}
			return accountTable(w, []accountAnswer{answer.accountAnswer})
		})
	}
	return c
}

// keyAnswer is a new access key in a response of the admin API.
type keyAnswer struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

func accountList(admin *cli.Client) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all accounts, ordered by ID", Args: cli.Arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			all := []accountAnswer{}
			for after, more := "", true; more; {
				var page struct {
					Accounts []accountAnswer `json:"accounts"`
					Next     string          `json:"next"`
				}
				path := "/accounts?limit=1000&after=" + url.QueryEscape(after)
				if err := admin.Call(c.Context(), http.MethodGet, path, nil, &page); err != nil {
					return err
				}
				all = append(all, page.Accounts...)
				after, more = page.Next, page.Next != ""
			}
			return admin.Show(c, all, func(w io.Writer) error { return accountTable(w, all) })
		},
	}
}

func accountSweep(admin *cli.Client) *cobra.Command {
	c := &cobra.Command{
		Use: "sweep", Short: "Delete accounts that calls registered and that nothing was done with", Args: cli.Arguments(cobra.NoArgs),
		Long: "Deletes the accounts that calls have registered by their access keys and that are unused: never in an\n" +
			"organization, party to no handshake, and unchanged. A later call with such a key registers it again.",
	}
	age := c.Flags().String("older-than", "24h", "only those that were registered this `duration` ago or earlier")
	c.RunE = func(c *cobra.Command, _ []string) error {
		var answer struct {
			Deleted int `json:"deleted"`
		}
		if err := admin.Call(c.Context(), http.MethodPost, "/sweep", map[string]string{"olderThan": *age}, &answer); err != nil {
			return err
		}
		return admin.Show(c, answer, func(w io.Writer) error {
			_, err := fmt.Fprintln(w, "accounts deleted:", answer.Deleted)
			return err
		})
	}
	return c
}

func accountTable(w io.Writer, accounts []accountAnswer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tORGANIZATION\tEMAIL\tNAME")
	for _, a := range accounts {
		organization := a.Organization
		if organization == "" {
			organization = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", a.ID, a.State, organization, cli.QuoteUnsafe(a.Email), cli.QuoteUnsafe(a.Name))
	}
	return table.Flush()
}

// accountPatches returns the commands that change what the API cannot change about
// an account.
func accountPatches(admin *cli.Client) []*cobra.Command {
	var commands []*cobra.Command
	for _, p := range []struct {
		name, short string
		patch       map[string]any
	}{
		{"suspend", "Suspend an account: it stays in its organization and can be closed, not moved", map[string]any{"state": "SUSPENDED"}},
		{"activate", "Activate an account that is suspended or pending activation", map[string]any{"state": "ACTIVE"}},
		{"reopen", "Reopen a closed account, as AWS Support does within its retention", map[string]any{"state": "ACTIVE"}},
		{"verify-email", "Confirm the address of an account, as its owner does by the link in the mail", map[string]any{"emailVerified": true}},
		{"request-verification", "Mark an address as unverified, and send the mail that confirms it again", map[string]any{"emailVerified": false}},
	} {
		commands = append(commands, accountChange(admin, p.name, p.short, http.MethodPatch, "", p.patch))
	}
	return append(commands, accountChange(admin, "delete-service-linked-role", "Delete the role AWSServiceRoleForOrganizations of an account",
		http.MethodDelete, "/service-linked-role", nil))
}

// accountChange returns a command that sends one request about an account.
func accountChange(admin *cli.Client, name, short, method, below string, body map[string]any) *cobra.Command {
	return &cobra.Command{
		Use: name + " ACCOUNT", Short: short, Args: cli.Arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			var in any
			if body != nil {
				in = body
			}
			var answer accountAnswer
			if err := admin.Call(c.Context(), method, "/accounts/"+url.PathEscape(args[0])+below, in, &answer); err != nil {
				return err
			}
			return admin.Show(c, answer, func(w io.Writer) error { return accountTable(w, []accountAnswer{answer}) })
		},
	}
}
