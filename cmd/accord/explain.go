package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/explain"
)

func explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "explain", Short: "Say why a call is allowed or denied, and what would allow it",
		Long: "Says why a call is allowed or denied: every layer of policies in order, the statement that decides, and\n" +
			"where it is not allowed the fewest changes that would allow it. Nothing is called and nothing is changed.\n" +
			"A decision that hangs on a condition key that is not given is \"depends\", with the key.",
		Example: "  accord explain --account 222222222222 --action organizations:LeaveOrganization\n" +
			"  accord explain --account 222222222222 --principal arn:aws:iam::222222222222:role/Deploy \\\n" +
			"      --action s3:DeleteBucket --resource arn:aws:s3:::audit --context aws:RequestedRegion=eu-west-1\n" +
			"  accord explain --account 222222222222 --last",
		Args: cli.Arguments(cobra.NoArgs),
	}
	client := cli.NewClient(c)
	client.WithJSON(c)
	f := c.Flags()
	account := f.String("account", "", "account of the caller, `ID` of twelve digits")
	principal := f.String("principal", "", "`ARN` of a user, a role or the session of a role, or role/NAME; the root user without it")
	action := f.String("action", "", "`action`, such as organizations:LeaveOrganization")
	resource := f.String("resource", "", "`ARN` of the resource, or *")
	context := f.StringArray("context", nil, "condition key of the call, `KEY=VALUE`; KEY alone is one that it does not have")
	last := f.Bool("last", false, "explain the last denied call of the account in the journal")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := checkAccountFlag(*account); err != nil {
			return err
		}
		if *action == "" && !*last {
			return &cli.Misuse{Err: fmt.Errorf("--action is required, or --last")}
		}
		query := url.Values{"account": {*account}, "context": *context}
		for name, value := range map[string]string{"principal": *principal, "action": *action, "resource": *resource} {
			if value != "" {
				query.Set(name, value)
			}
		}
		if *last {
			query.Set("last", "true")
		}
		var answer explain.Explanation
		if err := client.Call(c.Context(), http.MethodGet, "/explain?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		return client.Show(c, answer, func(w io.Writer) error { return writeExplanation(w, &answer) })
	}
	return c
}

// writeExplanation prints an explanation for a person.
func writeExplanation(w io.Writer, e *explain.Explanation) error {
	line := func(format string, args ...any) { fmt.Fprintln(w, cli.QuoteUnprintable(fmt.Sprintf(format, args...))) }
	on, denied := e.Resource, ""
	if on == explain.NotGiven {
		on = "a resource that is not given"
	}
	line("%s: %s by %s on %s", strings.ToUpper(e.Decision), e.Action, e.Principal, on)
	if len(e.Keys) > 0 {
		line("  it depends on %s", strings.Join(e.Keys, ", "))
		denied = "if denied, "
	}
	if e.Because != "" {
		line("  %s%s", denied, e.Because)
	}
	if s := e.DecidedBy; s != nil {
		line("  %sdecided by %s", denied, statementText(s))
	}
	line("")
	line("In the order of the decision:")
	for i := range e.Layers {
		l := &e.Layers[i]
		where := l.Layer
		if l.Target != "" {
			where += " of " + strings.TrimSpace(l.Target+" "+l.Name)
		}
		if l.Why != "" {
			line("  %s: %s: %s", where, l.Outcome, l.Why)
		} else {
			line("  %s: %s", where, l.Outcome)
		}
		for j := range l.Statements {
			line("    %s", statementText(&l.Statements[j]))
		}
	}
	if len(e.Changes) > 0 {
		line("")
		line("The smallest change that makes it %s:", becomes(e))
		for _, change := range e.Changes {
			line("  %s", change.Text)
		}
	}
	for _, note := range e.Notes {
		line("note: %s", note)
	}
	return nil
}

// becomes is what proposed changes make of a call.
func becomes(e *explain.Explanation) string {
	switch {
	case len(e.ThenKeys) > 0:
		return "depend on " + strings.Join(e.ThenKeys, ", ")
	case e.Decision == "depends":
		return "allowed, whatever that is"
	}
	return e.Then
}

// statementText names a statement with its policy and its place there.
func statementText(s *explain.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = s.Sid
	}
	policy := s.Name
	if s.Policy != "" {
		policy = fmt.Sprintf("%s (%s)", s.Policy, s.Name)
	}
	text := fmt.Sprintf("%s by %s of %s, line %d", s.Effect, name, policy, s.Line)
	if s.Target != "" {
		text += ", attached to " + s.Target
	}
	if len(s.Keys) > 0 {
		text += ", if " + strings.Join(s.Keys, ", ") + " fits"
	}
	return text
}
