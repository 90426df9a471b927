package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"accord/internal/admin"
	"accord/internal/cli"
	"accord/internal/clientenv"
	"accord/internal/config"
	"accord/internal/ident"
)

// exampleAccount is the account of clients that name none.
const exampleAccount = "111111111111"

// checkAccountFlag returns an error for what is not an account ID.
func checkAccountFlag(account string) error {
	if ident.AccountID(account).Valid() {
		return nil
	}
	return &cli.Misuse{Err: fmt.Errorf("--account: %.40q is not an account ID, which has twelve digits", account)}
}

// accountFlag adds the flag that names the calling account.
func accountFlag(c *cobra.Command) *string {
	return c.Flags().String("account", exampleAccount, "calling account, `ID` of twelve digits")
}

// variables returns the variables with which clients call the server of the admin
// API as the account.
func variables(ctx context.Context, a *cli.Client, account string) ([]clientenv.Variable, error) {
	if err := checkAccountFlag(account); err != nil {
		return nil, err
	}
	var info admin.Info
	if err := a.Call(ctx, http.MethodGet, "/info", nil, &info); err != nil {
		return nil, err
	}
	server := clientenv.Server{Endpoint: info.Endpoint, CABundle: info.CABundle}
	if info.Auth == string(config.StrictAuth) {
		// The credentials are those that the environment has.
		account = ""
	}
	return append(server.Variables(account), adminVariables(a.Base(), a.TokenFile)...), nil
}

// adminVariables are those with which commands find the admin API. A shell may use them
// in another folder.
func adminVariables(url, tokenFile string) []clientenv.Variable {
	var all []clientenv.Variable
	if tokenFile != "" {
		if absolute, err := filepath.Abs(tokenFile); err == nil {
			tokenFile = absolute
		}
		all = append(all, clientenv.Variable{Name: cli.TokenVariable, Value: tokenFile})
	}
	return append(all, clientenv.Variable{Name: cli.AdminVariable, Value: url})
}

func envCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "env", Short: "Print the environment variables with which AWS clients call a server",
		Long: "Prints the environment variables with which the AWS CLI, the AWS SDKs and Terraform call a server,\n" +
			"as commands of a shell. With --unset it prints the commands that remove them again.",
		Example: "  eval \"$(accord env)\"\n  eval \"$(accord env --account 222222222222)\"\n  eval \"$(accord env --unset)\"",
		Args:    cli.Arguments(cobra.NoArgs),
	}
	admin, account := cli.NewClient(c), accountFlag(c)
	admin.WithJSON(c)
	unset := c.Flags().Bool("unset", false, "print the commands that remove the variables")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *unset {
			return printUnset(c.OutOrStdout())
		}
		set, err := variables(c.Context(), admin, *account)
		if err != nil {
			return err
		}
		if !admin.AsJSON {
			return printScript(c.OutOrStdout(), set)
		}
		all := map[string]string{}
		for _, v := range set {
			all[v.Name] = v.Value
		}
		e := json.NewEncoder(c.OutOrStdout())
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	return c
}

// printScript prints the commands of a shell that set the variables, and remove
// those that conflict.
func printScript(w io.Writer, set []clientenv.Variable) error {
	var script strings.Builder
	fmt.Fprintln(&script, "unset", strings.Join(clientenv.Conflicting(set), " "))
	for _, v := range set {
		fmt.Fprintf(&script, "export %s=%s\n", v.Name, shellWord(v.Value))
	}
	_, err := io.WriteString(w, script.String())
	return err
}

// printUnset prints the command that removes all variables.
func printUnset(w io.Writer) error {
	names := []string{"unset"}
	var server clientenv.Server
	// Certificates of the user's own are in one of the two, not in both.
	if bundle := os.Getenv("AWS_CA_BUNDLE"); bundle == os.Getenv("NODE_EXTRA_CA_CERTS") {
		server.CABundle = bundle
	}
	for _, v := range server.Variables(exampleAccount) {
		names = append(names, v.Name)
	}
	_, err := fmt.Fprintln(w, strings.Join(append(names, cli.AdminVariable, cli.TokenVariable), " "))
	return err
}

// shellWord quotes a value if a shell would read it as more than one word.
func shellWord(value string) string {
	safe := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-._:/@%+=,[]", r)
	}
	if value != "" && strings.IndexFunc(value, func(r rune) bool { return !safe(r) }) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

func execCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "exec [--account ID] -- COMMAND [ARGUMENT…]", Short: "Run a command whose AWS calls go to a server",
		Long: "Runs a command with the variables of `accord env`, so that none of its calls reaches AWS: calls of\n" +
			"services that Accord does not have go to AWS_ENDPOINT_URL if that is set, and to Accord otherwise, which\n" +
			"answers with an error. The exit status is that of the command, 127 if there is no such\n" +
			"command, and 126 if it cannot be run.",
		Example: "  accord exec -- aws organizations describe-organization\n" +
			"  accord exec --account 222222222222 -- terraform apply",
		Args: cli.Arguments(cobra.MinimumNArgs(1)),
	}
	admin, account := cli.NewClient(c), accountFlag(c)
	// What follows the command belongs to it.
	c.Flags().SetInterspersed(false)
	c.RunE = func(c *cobra.Command, args []string) error {
		set, err := variables(c.Context(), admin, *account)
		if err != nil {
			return err
		}
		return runChild(c, args, clientenv.Environ(os.Environ(), set))
	}
	return c
}

// notStarted is the exit status for a command that was not started, as of a shell and
// env. [POSIX: exit status for commands]
func notStarted(err error) cli.ExitStatus {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return 127
	}
	return 126
}

// forwarded are the signals that go to one process alone: those that end a program, and
// those that tell it to read its files again. A terminal sends SIGINT and SIGQUIT to both.
var forwarded = []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// runChild runs a command and forwards signals to it.
func runChild(c *cobra.Command, args, environ []string) error {
	child := exec.Command(args[0], args[1:]...)
	child.Env, child.Stdin, child.Stdout, child.Stderr = environ, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, append(forwarded, syscall.SIGINT)...)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		fmt.Fprintln(c.ErrOrStderr(), "accord:", err)
		return notStarted(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case s := <-signals:
			if slices.Contains(forwarded, s) {
				_ = child.Process.Signal(s)
			}
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				return err
			}
			// A command that a signal ended has no status: shells say 128 and the signal.
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return cli.ExitStatus(128 + int(status.Signal()))
			}
			return cli.ExitStatus(exit.ExitCode())
		}
	}
}
