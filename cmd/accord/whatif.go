package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
	"accord/internal/whatif/render"
)

// wouldChange is the exit status of a what-if that finds what --fail-on names.
const wouldChange exitStatus = 3

// failures are the values of --fail-on.
var failures = map[string]func(s *whatif.Summary) bool{
	"denied":  func(s *whatif.Summary) bool { return s.Denied > 0 || s.Invalid > 0 },
	"allowed": func(s *whatif.Summary) bool { return s.Allowed > 0 },
	"any":     func(s *whatif.Summary) bool { return s.Denied+s.Allowed+s.Depends+s.Invalid > 0 },
	"none":    func(*whatif.Summary) bool { return false },
}

// outputs are the values of --output.
var outputs = map[string]func(w io.Writer, r *whatif.Report, file string) error{
	"table": func(w io.Writer, r *whatif.Report, _ string) error { return render.Table(w, r, quoteUnprintable) },
	"json": func(w io.Writer, r *whatif.Report, _ string) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	},
	"markdown": func(w io.Writer, r *whatif.Report, _ string) error { return render.Markdown(w, r) },
	"sarif":    render.SARIF,
}

// whatIfFlags are the flags of the command.
type whatIfFlags struct {
	client       *adminClient
	changes      changeFlags
	organization string
	actions      string
	resources    []string
	accounts     []string
	regions      []string
	context      []string
	events       []string
	journal      bool
	output       string
	failOn       string
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
	w := &whatIfFlags{client: newAdminClient(c)}
	f := c.Flags()
	w.changes.add(c)
	f.StringVar(&w.organization, "organization", "", "organization, `ID`, if the server has several")
	f.StringVar(&w.actions, "actions", "", "actions separated by commas, or a `FILE` of them")
	f.StringArrayVar(&w.resources, "resource", nil, "resource of the actions, `ARN`, repeatable; not known without")
	f.StringSliceVar(&w.accounts, "accounts", nil, "only these accounts, `IDS` separated by commas")
	f.StringSliceVar(&w.regions, "regions", nil, "`REGIONS` of the calls, separated by commas; not known without")
	f.StringArrayVar(&w.context, "context", nil, "condition key of all calls, `KEY=VALUE`; KEY alone is one that is absent")
	f.StringArrayVar(&w.events, "events", nil, "ask about the calls in a `FILE` of CloudTrail records, or in a pattern of files")
	f.BoolVar(&w.journal, "journal", false, "ask about the calls in the journal of the server")
	f.StringVar(&w.output, "output", "table", "`FORM` of the report: table, json, markdown or sarif")
	f.StringVar(&w.failOn, "fail-on", "denied", "exit with status 3 if `WHAT` is found: denied, allowed, any or none")
	completeWords(c, "output", "table", "json", "markdown", "sarif")
	completeWords(c, "fail-on", "denied", "allowed", "any", "none")
	c.RunE = func(c *cobra.Command, args []string) error { return w.run(c, args) }
	return c
}

func (w *whatIfFlags) run(c *cobra.Command, args []string) error {
	write, known := outputs[w.output]
	if !known {
		return &misuse{fmt.Errorf("--output: %q is none of table, json, markdown and sarif", w.output)}
	}
	fails, known := failures[w.failOn]
	if !known {
		return &misuse{fmt.Errorf("--fail-on: %q is none of denied, allowed, any and none", w.failOn)}
	}
	rest, err := w.changes.pair(args)
	if err != nil {
		return err
	}
	if w.events, err = recordFiles(w.events, rest, &w.changes); err != nil {
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
	if err := w.client.call(c.Context(), http.MethodGet, "/model?"+query.Encode(), nil, &o); err != nil {
		return err
	}
	p := newProgress(c.ErrOrStderr())
	request.Progress = p.show
	request.Records = (&records{c.Context(), w.client, w.events, w.journal}).all()
	report, err := whatif.Run(c.Context(), &o, request)
	p.clear()
	if err != nil {
		return asMisuse(err)
	}
	for _, ignored := range w.changes.ignored {
		report.Notes = append(report.Notes, "not tried: "+ignored)
	}
	if err := write(c.OutOrStdout(), report, w.changes.file()); err != nil {
		return err
	}
	if fails(&report.Summary) {
		return wouldChange
	}
	return nil
}

// asMisuse makes an error of what was given one of the command line.
func asMisuse(err error) error {
	var ofRequest *whatif.BadRequest
	var ofChange *change.Error
	if errors.As(err, &ofRequest) || errors.As(err, &ofChange) {
		return &misuse{err}
	}
	return err
}

// request is what the flags ask.
func (w *whatIfFlags) request() (whatif.Request, error) {
	request := whatif.Request{Changes: w.changes.list, Resources: w.resources, Regions: w.regions}
	for _, id := range w.accounts {
		request.Accounts = append(request.Accounts, ident.AccountID(id))
	}
	var err error
	if request.Keys, err = model.ParseKeys(w.context); err != nil {
		return request, &misuse{fmt.Errorf("--context: %w", err)}
	}
	switch {
	case w.actions != "":
		text, name := w.actions, "--actions"
		if file, err := os.ReadFile(w.actions); err == nil {
			text, name = string(file), w.actions
		}
		if request.Actions, err = cloudtrail.ParseActions(text); err != nil {
			return request, &misuse{fmt.Errorf("%s: %w", name, err)}
		}
	case len(w.events) == 0 && !w.journal:
		request.Actions = cloudtrail.Actions()
	}
	return request, nil
}

// progress is a line on a terminal that says how far a command is.
type progress struct {
	w     io.Writer
	shown bool
}

func newProgress(w io.Writer) *progress {
	if file, is := w.(*os.File); is && isatty.IsTerminal(file.Fd()) {
		return &progress{w: w}
	}
	return &progress{}
}

// barWidth is how many characters a full bar has.
const barWidth = 30

func (p *progress) show(done, of int) {
	if p.w == nil {
		return
	}
	p.shown = true
	if of == 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%d records", done)
		return
	}
	n := barWidth * done / of
	fmt.Fprintf(p.w, "\r\x1b[K[%-*s] %d of %d accounts", barWidth, strings.Repeat("#", n), done, of)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
