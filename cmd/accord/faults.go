package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/cli"
	"accord/internal/faults"
)

func faultsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "faults", Short: "Make calls of a server fail on purpose",
		Long: "Makes calls of a server fail on purpose. A fault selects calls (by service, operation and account;\n" +
			"all of them, the next n, every nth, or with a probability) and says what happens to them: an exception,\n" +
			"a delay, a cut connection, or background work that fails.",
	}
	admin := cli.NewClient(c)
	return group(c, append(admin.WithJSON(faultsAdd(admin), faultsList(admin)), faultsRemove(admin))...)
}

func faultsAdd(admin *cli.Client) *cobra.Command {
	var spec faults.Spec
	var delay time.Duration
	c := &cobra.Command{
		Use: "add", Short: "Add a fault; the first one that acts on a call wins", Args: cli.Arguments(cobra.NoArgs),
		Example: "  accord faults add --operation InviteAccountToOrganization --exception TooManyRequestsException --next 1\n" +
			"  accord faults add --operation AcceptHandshake --account 222222222222 --cut after\n" +
			"  accord faults add --operation CreateAccount --failure-reason EMAIL_ALREADY_EXISTS",
	}
	f := c.Flags()
	f.StringVar(&spec.Service, "service", "", "service of the calls: organizations or sts")
	f.StringVar(&spec.Operation, "operation", "", "operation of the calls")
	f.StringVar(&spec.Account, "account", "", "calling account")
	f.IntVar(&spec.Next, "next", 0, "only the next n of these calls")
	f.IntVar(&spec.Every, "every", 0, "only each nth of these calls")
	f.Float64Var(&spec.Probability, "probability", 0, "each of these calls with this probability, at most 1")
	f.Uint64Var(&spec.Seed, "seed", 0, "seed of the probability, which needs one; the same seed selects the same calls")
	f.DurationVar(&delay, "delay", 0, "delay the call first")
	f.StringVar(&spec.Exception, "exception", "", "return this exception and change nothing")
	f.StringVar(&spec.Reason, "reason", "", "reason of the exception")
	f.StringVar(&spec.Message, "message", "", "text of the exception")
	f.StringVar((*string)(&spec.Cut), "cut", "", "cut the connection `before|after` the operation")
	f.StringVar(&spec.FailureReason, "failure-reason", "", "make the background work of the operation fail with this reason")
	cli.CompleteWords(c, "service", orgapi.ServiceName, stsapi.ServiceName)
	cli.CompleteWords(c, "operation", operationNames()...)
	cli.CompleteWords(c, "exception", exceptionNames()...)
	cli.CompleteWords(c, "cut", string(faults.Before), string(faults.After))
	c.RunE = func(c *cobra.Command, _ []string) error {
		spec.Delay = faults.Duration(delay)
		var added faults.Entry
		if err := admin.Call(c.Context(), http.MethodPost, "/faults", spec, &added); err != nil {
			return err
		}
		return admin.Show(c, added, func(w io.Writer) error { return faultsTable(w, []faults.Entry{added}) })
	}
	return c
}

func faultsList(admin *cli.Client) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the faults in the order in which they apply", Args: cli.Arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			var answer struct {
				Faults []faults.Entry `json:"faults"`
			}
			if err := admin.Call(c.Context(), http.MethodGet, "/faults", nil, &answer); err != nil {
				return err
			}
			return admin.Show(c, answer.Faults, func(w io.Writer) error { return faultsTable(w, answer.Faults) })
		},
	}
}

func faultsRemove(admin *cli.Client) *cobra.Command {
	c := &cobra.Command{Use: "remove ID… | --all", Short: "Remove faults"}
	all := c.Flags().Bool("all", false, "remove every fault")
	c.Args = cli.Arguments(func(_ *cobra.Command, ids []string) error {
		if *all == (len(ids) > 0) {
			return fmt.Errorf("either IDs or --all are expected")
		}
		return nil
	})
	c.RunE = func(c *cobra.Command, ids []string) error {
		var empty struct{}
		if *all {
			return admin.Call(c.Context(), http.MethodDelete, "/faults", nil, &empty)
		}
		for _, id := range ids {
			if err := admin.Call(c.Context(), http.MethodDelete, "/faults/"+url.PathEscape(id), nil, &empty); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	}
	return c
}

func faultsTable(w io.Writer, entries []faults.Entry) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tCALLS\tWHICH\tWHAT\tMATCHED\tACTED")
	for _, e := range entries {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\n", e.ID, cli.QuoteUnsafe(callsOf(e.Spec)), selectionOf(e.Spec), cli.QuoteUnsafe(effectOf(e.Spec)), e.Matched, e.Acted)
	}
	return table.Flush()
}

// callsOf describes the calls that a fault applies to.
func callsOf(s faults.Spec) string {
	return joinNonEmpty("all", s.Service, s.Operation, s.Account)
}

// selectionOf describes on which of them it acts.
func selectionOf(s faults.Spec) string {
	switch {
	case s.Next > 0:
		return "next " + strconv.Itoa(s.Next)
	case s.Every > 0:
		return "every " + strconv.Itoa(s.Every)
	case s.Probability > 0:
		return fmt.Sprintf("probability %g", s.Probability)
	}
	return "each"
}

// effectOf describes what happens to them.
func effectOf(s faults.Spec) string {
	var delay, cut string
	if s.Delay > 0 {
		delay = "delay " + time.Duration(s.Delay).String()
	}
	if s.Cut != "" {
		cut = "cut " + string(s.Cut)
	}
	return joinNonEmpty("", delay, s.Exception, s.Reason, cut, s.FailureReason)
}
