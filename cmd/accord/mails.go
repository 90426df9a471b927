package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/cli"
)

// mailAnswer is a mail in a response of the admin API.
type mailAnswer struct {
	ID           string    `json:"id"`
	At           time.Time `json:"at"`
	Account      string    `json:"account,omitempty"`
	Organization string    `json:"organization,omitempty"`
	To           string    `json:"to"`
	Subject      string    `json:"subject"`
	Text         string    `json:"text"`
}

func mailsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "mails [ADDRESS]", Short: "Show the mail that the service sent, oldest first",
		Long:    "Shows the mail that the service sent to an address, or to all, oldest first.",
		Example: "  accord mails member@example.com\n  accord mails --follow",
		Args:    cli.Arguments(cobra.MaximumNArgs(1)),
	}
	admin, again := cli.NewClient(c), followFlag(c, "mail")
	admin.WithJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		to := strings.Join(args, "")
		newest := ""
		return follow(c, *again, func() error {
			mails, err := mailsAfter(c.Context(), admin, newest)
			if err != nil {
				return err
			}
			if len(mails) > 0 {
				newest = mails[len(mails)-1].ID
			}
			mails = slices.DeleteFunc(mails, func(m mailAnswer) bool { return to != "" && !strings.EqualFold(m.To, to) })
			return showEach(c, admin, mails, *again, writeMail)
		})
	}
	return c
}

// mailsAfter reads the mail after the one of an ID, oldest first; all for an empty ID.
func mailsAfter(ctx context.Context, admin *cli.Client, id string) ([]mailAnswer, error) {
	mails := []mailAnswer{}
	for before, more := "", true; more; {
		var page struct {
			Mails []mailAnswer `json:"mails"`
			Next  string       `json:"next"`
		}
		if err := admin.Call(ctx, http.MethodGet, "/mails?limit=100&before="+url.QueryEscape(before), nil, &page); err != nil {
			return nil, err
		}
		before, more = page.Next, page.Next != ""
		for _, m := range page.Mails {
			if m.ID == id {
				more = false
				break
			}
			mails = append(mails, m)
		}
	}
	slices.Reverse(mails)
	return mails, nil
}

func writeMail(w io.Writer, m mailAnswer) error {
	_, err := fmt.Fprintf(w, "Date: %s\nTo: %s\nSubject: %s\n\n%s\n\n", m.At.Format(time.RFC3339), cli.QuoteUnsafe(m.To), cli.QuoteUnsafe(m.Subject),
		indent(m.Text))
	return err
}

// indent sets a text off by four blanks. Characters that a terminal would obey are
// quoted, line by line.
func indent(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "    " + cli.QuoteUnprintable(line)
		}
	}
	return strings.Join(lines, "\n")
}
