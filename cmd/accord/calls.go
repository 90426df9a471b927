package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"accord/internal/cli"
)

// callAnswer is what is shown of an event record of the journal.
type callAnswer struct {
	EventTime          string                `json:"eventTime"`
	EventType          string                `json:"eventType"`
	EventSource        string                `json:"eventSource"`
	EventName          string                `json:"eventName"`
	ErrorCode          string                `json:"errorCode"`
	ErrorMessage       string                `json:"errorMessage"`
	RecipientAccountID string                `json:"recipientAccountId"`
	UserIdentity       struct{ Type string } `json:"userIdentity"`

	record json.RawMessage
}

// MarshalJSON returns the whole record.
func (a callAnswer) MarshalJSON() ([]byte, error) { return a.record, nil }

func callsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "calls", Short: "Show the calls and events in the journal of a server, oldest first",
		Long:    "Shows the last calls and events in the journal of a server, oldest first. The server needs --journal FILE.",
		Example: "  accord calls --last 20\n  accord calls --follow --account 222222222222\n  accord calls --errors --json",
		Args:    cli.Arguments(cobra.NoArgs),
	}
	admin, again := cli.NewClient(c), followFlag(c, "records")
	admin.WithJSON(c)
	last := c.Flags().Int("last", 100, "how many records to begin with, at most 1000")
	account := c.Flags().String("account", "", "only records for this account, `ID` of twelve digits")
	onlyErrors := c.Flags().Bool("errors", false, "only calls that failed")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *account != "" {
			if err := checkAccountFlag(*account); err != nil {
				return err
			}
		}
		query := url.Values{"limit": {strconv.Itoa(*last)}}
		return follow(c, *again, func() error {
			for {
				records, next, err := journalPage(c.Context(), admin, query)
				if err != nil {
					return err
				}
				calls, err := callsIn(records)
				if err != nil {
					return err
				}
				query = url.Values{"limit": {"1000"}, "after": {next}}
				calls = slices.DeleteFunc(calls, func(a callAnswer) bool {
					return *account != "" && a.RecipientAccountID != *account || *onlyErrors && a.ErrorCode == ""
				})
				if err := showEach(c, admin, calls, *again, writeCall); err != nil {
					return err
				}
				// A whole page: more may be there already.
				if !*again || len(records) < 1000 {
					return nil
				}
			}
		})
	}
	return c
}

// journalPage reads a page of the journal and where the next one begins.
func journalPage(ctx context.Context, admin *cli.Client, query url.Values) (records []json.RawMessage, next string, err error) {
	var page struct {
		Records []json.RawMessage `json:"records"`
		Next    string            `json:"next"`
	}
	err = admin.Call(ctx, http.MethodGet, "/journal?"+query.Encode(), nil, &page)
	return page.Records, page.Next, err
}

// callsIn reads records.
func callsIn(records []json.RawMessage) ([]callAnswer, error) {
	calls := make([]callAnswer, len(records))
	for i, record := range records {
		if err := json.Unmarshal(record, &calls[i]); err != nil {
			return nil, fmt.Errorf("a record of the journal cannot be read: %w", err)
		}
		calls[i].record = record
	}
	return calls, nil
}

// writeCall prints a record on one line.
func writeCall(w io.Writer, a callAnswer) error {
	outcome := "OK"
	switch {
	case a.ErrorCode != "":
		outcome = joinNonEmpty("", a.ErrorCode+":", a.ErrorMessage)
	case a.EventType == "AwsServiceEvent":
		outcome = "event"
	}
	_, err := fmt.Fprintf(w, "%s  %-12s  %-36s  %s\n", a.EventTime, a.RecipientAccountID, a.EventName, cli.QuoteUnsafe(outcome))
	return err
}
