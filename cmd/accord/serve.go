package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/store"
	"accord/internal/telemetry"
)

func serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer the API of AWS Organizations until SIGINT or SIGTERM",
		Long: "Answers the API of AWS Organizations until SIGINT or SIGTERM; a second signal exits immediately.\n" +
			"Each setting is taken from its flag, else from the variable in brackets, else from the file of --config.\n" +
			"Exit status 0: stopped by a signal. 1: something failed. 2: a setting is not valid.",
		Args: arguments(cobra.NoArgs),
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
// much for a short time: with Go's default of 100 it would collect a few megabytes
// hundreds of times a second. 300 keeps some 5 MB more than 200 does, and 400 some 10 MB.
const gcPercent = 300

// serve runs an App until the process is stopped by a signal.
func serve(ctx context.Context, c config.Config, stdout, stderr io.Writer) (err error) {
	lines := telemetry.NewBuffer(stderr)
	defer func() { _ = lines.Flush() }()
	log, err := telemetry.NewLog(lines, string(c.LogFormat), c.LogLevel)
	if err != nil {
		return err
	}
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	a, err := app.Open(ctx, c, app.Options{Log: log, Version: version()})
	if err != nil {
		var otherClock *app.ClockError
		switch {
		case errors.As(err, &otherClock):
			return &misuse{err}
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
	select {
	case err := <-a.Failed():
		return err
	case <-ctx.Done():
		// From here on a signal ends the process at once.
		stop()
		log.Info("stopping")
		return nil
	}
}

// printBanner prints where the server listens and how clients reach it. The banner
// is a shell script, and nothing in it is secret.
func printBanner(out io.Writer, c config.Config, a *app.App) {
	url, adminURL := "http://"+clientAddress(a.Address()), "http://"+clientAddress(a.AdminAddress())
	clock := "system"
	if a.Clock.Virtual() {
		clock = "virtual, now " + a.Clock.Now().Format(time.RFC3339Nano)
	}
	access := "read-write"
	if !c.AdminWrites {
		access = "read-only"
	}
	fmt.Fprintf(out, `# Accord %s answers at %s
# admin API: %s (%s)
# store: %s
# clock: %s
# open sandbox: the access key ID is the calling account, the secret can be anything
export AWS_ENDPOINT_URL_ORGANIZATIONS=%[2]s
export AWS_ENDPOINT_URL_STS=%[2]s
export AWS_ENDPOINT_URL_IAM=%[2]s
export AWS_DEFAULT_REGION=us-east-1
export AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=111111111111
export AWS_SECRET_ACCESS_KEY=anything
`, version(), url, adminURL, access, store.Name(c.Store), clock)
	if adminURL != defaultAdmin {
		fmt.Fprintf(out, "export %s=%s\n", adminVariable, adminURL)
	}
}

// clientAddress returns the address at which a client on this machine reaches a
// listener.
func clientAddress(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
