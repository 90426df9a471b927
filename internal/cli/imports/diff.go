package imports

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accord/internal/cli"
	"accord/internal/cli/documents"
	"accord/internal/clone"
	"accord/internal/ident"
	"accord/internal/seed"
	"accord/internal/seed/compare"
)

// DiffCommand returns the command that compares two states.
func DiffCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "diff A B", Short: "Say what differs between two states: seeds, snapshots, servers, AWS",
		Long: "Says what was added, removed, changed and moved from the state A to the state B. Each is\n" +
			"  FILE      a seed, or a snapshot\n" +
			"  FOLDER    of accord import --save-json, or with outputs of the AWS CLI\n" +
			"  server    the running server; http://… or unix://… is the admin API of another one\n" +
			"  aws       the organization of the usual credentials; aws:NAME is that of a profile\n" +
			"  api:URL   the organization of another server that speaks the API; api:ACCOUNT@URL calls as an account\n" +
			"Exit status 3: they differ; 2: one of them is not valid.",
		Example: "  accord diff org.yaml server\n  accord diff before.snapshot after.snapshot --output json\n  accord diff org.yaml aws:audit",
		Args:    cli.Arguments(cobra.ExactArgs(2)),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []cobra.Completion{"server", "aws"}, cobra.ShellCompDirectiveDefault
		},
	}
	client := cli.NewClient(c)
	organization := c.Flags().String("organization", "", "compare only the organization with this `ID`")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := checkOutput(*output); err != nil {
			return err
		}
		return interruptible(c, func(ctx context.Context) error {
			var both [2]*operand
			for i, name := range args {
				var err error
				if both[i], err = readOperand(ctx, c, client, name, *organization); err != nil {
					return err
				}
			}
			only(both[0], both[1])
			only(both[1], both[0])
			return printReport(c.OutOrStdout(), compare.Documents(both[0].Document, both[1].Document), *output)
		})
	}
	return c
}

// operand is one side of a comparison.
type operand struct {
	*seed.Document
	// cloned documents have one organization and nothing around it.
	cloned bool
}

// only leaves of a document what a cloned one can have: its organization.
func only(o, cloned *operand) {
	if !cloned.cloned || o.cloned {
		return
	}
	id, management := cloned.Organizations[0].ID, cloned.Organizations[0].Management.ID
	o.Accounts = nil
	for _, candidate := range o.Organizations {
		if candidate.ID == id || candidate.ID == "" && candidate.Management.ID == management || len(o.Organizations) == 1 {
			o.Organizations = []seed.Organization{candidate}
			return
		}
	}
	o.Organizations = nil
}

// readOperand reads one side.
func readOperand(ctx context.Context, c *cobra.Command, client *cli.Client, name, organization string) (*operand, error) {
	flags := sourceFlags{parallel: clone.DefaultParallel}
	kind, rest, _ := strings.Cut(name, ":")
	info, err := os.Stat(name)
	switch {
	case name == "server":
		return document(ctx, client, "", organization)
	case strings.Contains(name, "://") && kind != "api":
		return document(ctx, client, name, organization)
	case kind == "aws":
		flags.from, flags.profile = fromAWS, rest
	case kind == "api":
		flags.endpoint = rest
		if account, address, found := strings.Cut(rest, "@"); found && ident.AccountID(account).Valid() {
			flags.account, flags.endpoint = account, address
		}
	case err != nil:
		return nil, &cli.Misuse{Err: err}
	case info.IsDir():
		flags.fromJSON = name
	default:
		return document(ctx, client, name, organization)
	}
	d, err := flags.read(ctx, c)
	return &operand{d, true}, err
}

// document reads a server or a file.
func document(ctx context.Context, client *cli.Client, name, organization string) (*operand, error) {
	d, err := documents.Read(ctx, client, name, ident.OrganizationID(organization))
	if err == nil && organization != "" {
		d.Accounts = nil
		d.Organizations = slices.DeleteFunc(d.Organizations, func(o seed.Organization) bool { return o.ID != organization })
	}
	return &operand{Document: d}, err
}
