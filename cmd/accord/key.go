package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/secret"
)

// keyCommand are the commands about the keys that encrypt the secrets of a store.
func keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Change the key that encrypts the secrets of a store"}
	return group(c, keyAdd(), keyRotate(cli.NewClient(c)))
}

func keyAdd() *cobra.Command {
	return &cobra.Command{
		Use: "add FILE", Short: "Put a new key before those in the file of --secret-key-file",
		Long: "Puts a new key before those in the file of --secret-key-file. Servers read the file when they get SIGHUP:\n" +
			"then the new key encrypts, and the old ones only decrypt. `accord key rotate` encrypts what there is.",
		Example: "  accord key add /etc/accord/secret-key && accord key rotate",
		Args:    cli.Arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			key, err := secret.AddToFile(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "key %s is the first one of %s\n", key.ID(), args[0])
			return err
		},
	}
}

func keyRotate(admin *cli.Client) *cobra.Command {
	return &cobra.Command{
		Use: "rotate", Short: "Encrypt all secrets of a store with the first key",
		Long: "The server reads the file of --secret-key-file again and encrypts all secrets of its store with the first key.\n" +
			"After that the older keys are needed for sessions only that were issued before, which end after 36 hours at most.",
		Args: cli.Arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			var answer struct {
				Changed int `json:"changed"`
			}
			if err := admin.Call(c.Context(), http.MethodPost, "/secret-key/rotate", nil, &answer); err != nil {
				return err
			}
			return admin.Show(c, answer, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "secrets encrypted with the first key:", answer.Changed)
				return err
			})
		},
	}
}
