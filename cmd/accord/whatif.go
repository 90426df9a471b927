package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
	"accord/internal/whatif/render"
)

// failures are the values of --fail-on: what a summary has that fails.
var failures = []choice[func(s *whatif.Summary) bool]{
	{"denied", func(s *whatif.Summary) bool { return s.Denied > 0 || s.Invalid > 0 }},
	{"allowed", func(s *whatif.Summary) bool { return s.Allowed > 0 }},
	{"any", func(s *whatif.Summary) bool { return s.Denied+s.Allowed+s.Depends+s.Invalid > 0 }},
	{"none", func(*whatif.Summary) bool { return false }},
}

// outputs are the values of --output: how a report is written. The files are those of the
// changes.
var outputs = []choice[func(w io.Writer, r *whatif.Report, files []string) error]{
	{"table", func(w io.Writer, r *whatif.Report, _ []string) error { return render.Table(w, r, cli.QuoteUnprintable) }},
	{"json", func(w io.Writer, r *whatif.Report, _ []string) error { return cli.PrintJSON(w, r) }},
	{"markdown", func(w io.Writer, r *whatif.Report, _ []string) error { return render.Markdown(w, r) }},
	{"sarif", render.SARIF},
}

// whatIfFlags are the flags of the command.
type whatIfFlags struct {
	client       *cli.Client
	changes      changeFlags
	organization string
	actions      string
	resources    []string
	accounts     []string
	regions      []string
	context      []string
	events       eventsFlag
	journal      bool
	output       *chosen[func(w io.Writer, r *whatif.Report, files []string) error]
	failOn       *chosen[func(s *whatif.Summary) bool]
}

func whatIfCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "whatif", Short: "Say what changes to an organization would deny or allow, before they are made",
		Long: "Says what changes would do to the organization of a running server: which principals lose which actions,\n" +
			"or get them, by which statement. Nothing is changed.\n" +
			"Without --actions it asks about some 380 sensitive and everyday actions; with --events or --journal about\n" +
			"recorded calls. It asks for every user and role that the server knows, and for accounts without any for\n" +
			"the root user. An answer that hangs on a condition key that is not known is \"depends\", with the key.\n" +
			"Exit status 3: what --fail-on names was found; 2: a change or a file is not valid.",
		Example: "  accord whatif --attach deny-leave.json --target r-ab12\n" +
			"  accord whatif --detach p-FullAWSAccess --target ou-ab12-cd34ef56 --regions eu-west-1\n" +
			"  accord whatif --update p-ab12cd34 guard.json --move 222222222222 ou-ab12-cd34ef56\n" +
			"  accord whatif --terraform plan.json --events 'trail/*.json.gz' --output markdown",
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	w := &whatIfFlags{client: cli.NewClient(c)}
	f := c.Flags()
	w.changes.add(c)
	f.StringVar(&w.organization, "organization", "", "organization, `ID`, if the server has several")
	f.StringVar(&w.actions, "actions", "", "actions separated by commas, or a `FILE` of them")
	f.StringArrayVar(&w.resources, "resource", nil, "resource of the actions, `ARN`, repeatable; not known without")
	f.StringSliceVar(&w.accounts, "accounts", nil, "only these accounts, `IDS` separated by commas")
	f.StringSliceVar(&w.regions, "regions", nil, "`REGIONS` of the calls, separated by commas; not known without")
	f.StringArrayVar(&w.context, "context", nil, "condition key of all calls, `KEY=VALUE`; KEY alone is one that is absent")
	w.events.add(c)
	f.BoolVar(&w.journal, "journal", false, "ask about the calls in the journal of the server")
	w.output = addChoice(c, "output", "`FORM` of the report: %", outputs)
	w.failOn = addChoice(c, "fail-on", "exit with status 3 if `WHAT` is found: %", failures)
	c.RunE = func(c *cobra.Command, args []string) error { return w.run(c, args) }
	return c
}

func (w *whatIfFlags) run(c *cobra.Command, args []string) error {
	rest, err := w.changes.pair(args)
	if err != nil {
		return err
	}
	files, err := w.events.files(rest)
	if err != nil {
		return err
	}
	request, err := w.request()
	if err != nil {
		return err
	}
	var o model.Organization
	query := url.Values{}
	if w.organization != "" {
		query.Set("organization", w.organization)
	}
	if err := w.client.Call(c.Context(), http.MethodGet, "/model?"+query.Encode(), nil, &o); err != nil {
		return err
	}
	p := cli.NewProgress(c.ErrOrStderr(), "accounts")
	request.Progress = p.Show
	request.Records = recorded(c.Context(), w.client, files, w.journal)
	report, err := whatif.Run(c.Context(), &o, request)
	p.Clear()
	if err != nil {
		return asMisuse(err)
	}
	for _, ignored := range w.changes.set.Ignored {
		report.Notes = append(report.Notes, "not tried: "+ignored)
	}
	if err := w.output.means(c.OutOrStdout(), report, w.changes.set.Files); err != nil {
		return err
	}
	if w.failOn.means(&report.Summary) {
		return cli.Different
	}
	return nil
}

// asMisuse makes an error of what was given one of the command line.
func asMisuse(err error) error {
	var ofRequest *whatif.BadRequest
	var ofChange *change.Error
	if errors.As(err, &ofRequest) || errors.As(err, &ofChange) {
		return &cli.Misuse{Err: err}
	}
	return err
}

// request is what the flags ask.
func (w *whatIfFlags) request() (whatif.Request, error) {
	request := whatif.Request{Changes: w.changes.set.Changes, Resources: w.resources, Regions: w.regions}
	for _, id := range w.accounts {
		request.Accounts = append(request.Accounts, ident.AccountID(id))
	}
	var err error
	if request.Keys, err = model.ParseKeys(w.context); err != nil {
		return request, &cli.Misuse{Err: fmt.Errorf("--context: %w", err)}
	}
	switch {
	case w.actions != "":
		text, name := w.actions, "--actions"
		if file, err := os.ReadFile(w.actions); err == nil {
			text, name = string(file), w.actions
		}
		if request.Actions, err = cloudtrail.ParseActions(text); err != nil {
			return request, &cli.Misuse{Err: fmt.Errorf("%s: %w", name, err)}
		}
	case !w.events.given() && !w.journal:
		request.Actions = cloudtrail.Actions()
	}
	return request, nil
}
