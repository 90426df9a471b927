package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"accord/internal/app"
	"accord/internal/cli"
	"accord/internal/clientenv"
	"accord/internal/clone"
	"accord/internal/clone/sdk"
	"accord/internal/config"
	"accord/internal/machine"
	"accord/internal/service/importing"
	"accord/internal/store"
	"accord/internal/telemetry"
)

func serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer the API of AWS Organizations until SIGINT or SIGTERM",
		Long: "Answers the API of AWS Organizations until SIGINT or SIGTERM; a second signal exits immediately.\n" +
			"SIGHUP opens files again that were replaced, such as a journal that was rotated.\n" +
			"Each setting is taken from its flag, else from the variable in brackets, else from the file of --config.\n" +
			"Exit status 0: stopped by a signal. 1: something failed. 2: a setting is not valid, or cannot be used on this machine.",
		Example: "  accord serve\n" +
			"  accord serve --store memory --clock virtual --behavior direct-transfer=on --quota accounts-per-organization=50",
		Args: cli.Arguments(cobra.NoArgs),
	}
	load := settingFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		return serve(c.Context(), loaded, c.OutOrStdout(), c.ErrOrStderr())
	}
	return c
}

// gcPercent is the default of GOGC. The server keeps little in memory and allocates
// much for a short time, so that a collection costs little and comes often. Reads cost some
// 4 % more with 100, Go's default, than with 250, which keeps 6 MB more after reads by 16
// clients; 150 keeps 2 MB more.
const gcPercent = 150

// serve runs an App until the process is stopped by a signal.
func serve(ctx context.Context, c config.Config, stdout, stderr io.Writer) (err error) {
	lines := telemetry.NewBuffer(stderr)
	defer func() { _ = lines.Flush() }()
	log := telemetry.NewLog(lines, logOptions(c, stderr, os.Getenv))
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
	machine.LimitMemory(log.Logger)
	for _, warning := range append(config.UnknownVariables(os.Environ(), cli.AdminVariable), c.Warnings...) {
		log.Warn(warning)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// From the start on: a signal that comes before the server is ready must not end it.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	// A program that reads the output can end; the server goes on without it.
	signal.Ignore(syscall.SIGPIPE)
	hungUp := terminalLost()
	go machine.ReturnMemory(ctx)
	a, err := app.Open(ctx, c, app.Options{Log: log, Version: version(), OpenSource: openSource})
	if err != nil {
		var otherClock *app.ClockError
		switch {
		case errors.As(err, &otherClock):
			return &cli.Misuse{Err: err}
		case ctx.Err() != nil:
			// Stopped before it served.
			return nil
		}
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.Background())) }()
	if err := a.Listen(ctx); err != nil {
		return err
	}
	printBanner(stdout, c, a)
	notifyManager(log, daemon.SdNotifyReady)
	defer notifyManager(log, daemon.SdNotifyStopping)
	scripts := runScripts(ctx, c, a)
	for {
		select {
		case err := <-a.Failed():
			return err
		case err := <-scripts:
			return err
		case <-hangups:
			if hungUp() {
				log.Info("stopping: the terminal was closed")
				return nil
			}
			a.Reload()
		case <-ctx.Done():
			// From here on a signal ends the process at once.
			stop()
			log.Info("stopping")
			return nil
		}
	}
}

// openSource opens a server whose organization is imported.
func openSource(ctx context.Context, s importing.Source) (clone.Source, error) {
	return sdk.Open(ctx, sdk.Options{
		Profile: s.Profile, Region: s.Region, Endpoint: s.Endpoint, Account: s.Account,
		AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: s.SessionToken,
	})
}

// runScripts runs the init scripts in the background. The channel gets an error if one has
// failed and that is to end the server.
func runScripts(ctx context.Context, c config.Config, a *app.App) <-chan error {
	failed := make(chan error, 1)
	environment := clientenv.Environ(os.Environ(), variablesOf(c, a))
	go func() {
		failures := a.Init.Run(ctx, environment)
		if failures > 0 && c.InitErrors == config.StopOnInitErrors && ctx.Err() == nil {
			failed <- fmt.Errorf("%d of the scripts of --init failed; the log says why", failures)
		}
	}()
	return failed
}

// variablesOf are the variables with which clients call the server.
func variablesOf(c config.Config, a *app.App) []clientenv.Variable {
	account := exampleAccount
	if c.Strict() {
		account = ""
	}
	server := clientenv.Server{Endpoint: a.URL(), CABundle: a.CABundle()}
	return append(server.Variables(account), adminVariables(a.AdminURL(), c.AdminTokenFile)...)
}

// terminalLost returns a function that reports whether the terminal is gone on which the
// program was started: SIGHUP then means what it says.
func terminalLost() func() bool {
	isTerminal := func() bool { return isatty.IsTerminal(os.Stdin.Fd()) }
	had := isTerminal()
	return func() bool { return had && !isTerminal() }
}

// authLines say in the banner whose calls are taken.
var authLines = map[config.Auth]string{
	config.OpenAuth:   "open sandbox: the access key ID is the calling account, the secret can be anything; keys that this server issued are verified",
	config.StrictAuth: "strict: only access keys that this server issued, with their signatures",
}

// printBanner prints where the server listens and how clients reach it. The banner
// is a shell script, and nothing in it is secret.
func printBanner(out io.Writer, c config.Config, a *app.App) {
	clock := "system"
	if a.Clock.Virtual() {
		clock = "virtual, now " + a.Clock.Now().Format(time.RFC3339Nano)
	}
	access := "read-write"
	if !c.AdminWrites {
		access = "read-only"
	}
	console := ""
	if at := a.ConsoleURL(); at != "" {
		console = "# console: " + at + "\n"
	}
	fmt.Fprintf(out, `# Accord %s answers at %s
# admin API: %s (%s)
%s# store: %s
# clock: %s
# %s
`, version(), a.URL(), a.AdminURL(), access, console, store.Name(c.Store), clock, authLines[c.Auth])
	_ = printScript(out, variablesOf(c, a))
	fmt.Fprintln(out, "# ready")
}
