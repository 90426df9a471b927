package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/faults"
)

func faultsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "faults", Short: "Make calls of a server fail on purpose",
		Long: "Makes calls of a server fail on purpose. A fault says which calls (service, operation, account;\n" +
			"all of them, the next n, every nth, or a probability) and what happens to them (an exception, a\n" +
			"delay, a cut connection, or work in the background that fails).",
	}
	b := newAdminClient(c)
	return group(c, faultsAdd(b), faultsList(b), faultsRemove(b))
}

func faultsAdd(b *adminClient) *cobra.Command {
	var r faults.Spec
	var delay time.Duration
	c := &cobra.Command{
		Use: "add", Short: "Add a fault behind the others", Args: arguments(cobra.NoArgs),
		Example: "  accord faults add --operation InviteAccountToOrganization --exception TooManyRequestsException --next 1\n" +
			"  accord faults add --operation AcceptHandshake --account 222222222222 --cut after\n" +
			"  accord faults add --operation CreateAccount --failure-reason EMAIL_ALREADY_EXISTS",
	}
	f := c.Flags()
	f.StringVar(&r.Service, "service", "", "service of the calls: organizations or sts")
	f.StringVar(&r.Operation, "operation", "", "operation of the calls")
	f.StringVar(&r.Account, "account", "", "calling account")
	f.IntVar(&r.Next, "next", 0, "only the next n of these calls")
	f.IntVar(&r.Every, "every", 0, "only each nth of these calls")
	f.Float64Var(&r.Probability, "probability", 0, "each of these calls with this probability, up to 1")
	f.Uint64Var(&r.Seed, "seed", 0, "seed of the probability")
	f.DurationVar(&delay, "delay", 0, "let the call wait first")
	f.StringVar(&r.Exception, "exception", "", "answer with this exception and change nothing")
	f.StringVar(&r.Reason, "reason", "", "reason of the exception")
	f.StringVar(&r.Message, "message", "", "text of the exception")
	f.StringVar((*string)(&r.Cut), "cut", "", "cut the connection: before the operation, or after it")
	f.StringVar(&r.FailureReason, "failure-reason", "", "let the work after the answer fail so")
	c.RunE = func(c *cobra.Command, _ []string) error {
		r.Delay = faults.Duration(delay)
		var row faults.Entry
		if err := b.call(c.Context(), http.MethodPost, "/faults", r, &row); err != nil {
			return err
		}
		return b.show(c, row, func(w io.Writer) error { return faultsTable(w, []faults.Entry{row}) })
	}
	return c
}

func faultsList(b *adminClient) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the faults in the order in which they are asked", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			var answer struct {
				Faults []faults.Entry `json:"faults"`
			}
			if err := b.call(c.Context(), http.MethodGet, "/faults", nil, &answer); err != nil {
				return err
			}
			return b.show(c, answer.Faults, func(w io.Writer) error { return faultsTable(w, answer.Faults) })
		},
	}
}

func faultsRemove(b *adminClient) *cobra.Command {
	c := &cobra.Command{Use: "remove ID… | --all", Short: "Take faults out"}
	all := c.Flags().Bool("all", false, "take out every fault")
	c.Args = arguments(func(_ *cobra.Command, ids []string) error {
		if *all == (len(ids) > 0) {
			return fmt.Errorf("either ids or --all are expected")
		}
		return nil
	})
	c.RunE = func(c *cobra.Command, ids []string) error {
		var nothing struct{}
		if *all {
			return b.call(c.Context(), http.MethodDelete, "/faults", nil, &nothing)
		}
		for _, id := range ids {
			if err := b.call(c.Context(), http.MethodDelete, "/faults/"+url.PathEscape(id), nil, &nothing); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	}
	return c
}

func faultsTable(w io.Writer, rows []faults.Entry) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tCALLS\tWHICH\tWHAT\tMATCHED\tACTED")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\n", r.ID, quoteUnsafe(callsOf(r.Spec)), selectionOf(r.Spec), quoteUnsafe(effectOf(r.Spec)), r.Matched, r.Acted)
	}
	return table.Flush()
}

// calls says which calls a rule means.
func callsOf(r faults.Spec) string {
	return joinNonEmpty("all", r.Service, r.Operation, r.Account)
}

// which says on which of them it acts.
func selectionOf(r faults.Spec) string {
	switch {
	case r.Next > 0:
		return "next " + strconv.Itoa(r.Next)
	case r.Every > 0:
		return "every " + strconv.Itoa(r.Every)
	case r.Probability > 0:
		return fmt.Sprintf("with %g", r.Probability)
	}
	return "each"
}

// what says what happens to them.
func effectOf(r faults.Spec) string {
	var delay, cut string
	if r.Delay > 0 {
		delay = "after " + time.Duration(r.Delay).String()
	}
	if r.Cut != "" {
		cut = "cut " + string(r.Cut)
	}
	return joinNonEmpty("", delay, r.Exception, r.Reason, cut, r.FailureReason)
}

// some joins the texts that are there.
func joinNonEmpty(none string, texts ...string) string {
	var there []string
	for _, t := range texts {
		if t != "" {
			there = append(there, t)
		}
	}
	if len(there) == 0 {
		return none
	}
	return strings.Join(there, " ")
}

// inert is a text in which nothing can drive a terminal.
func quoteUnsafe(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}
