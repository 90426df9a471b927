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
		Long: "Answers the API of AWS Organizations until SIGINT or SIGTERM; a second signal ends it at once.\n" +
			"Each setting is a flag, a variable in brackets, or a member of the file of --config, in this order.\n" +
			"Exit status 2: a setting is not right. 1: something failed. 0: it was told to end.",
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

// gcPercent is how much the memory in use may grow before it is swept, in
// percent; GOGC in the environment says otherwise. The server holds little for
// long and makes much for a moment: at Go's own 100 it would sweep a few megabytes
// hundreds of times a second.
const gcPercent = 400

// serve runs an installation until the process is told to end.
func serve(ctx context.Context, c config.Config, out, problems io.Writer) (err error) {
	lines := telemetry.NewBuffer(problems)
	defer func() { _ = lines.Flush() }()
	log, err := telemetry.NewLogger(lines, string(c.LogFormat), c.LogLevel)
	if err != nil {
		return err
	}
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
	ctx, asBefore := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer asBefore()
	i, err := app.Open(ctx, c, app.Options{Log: log, Version: version()})
	if err != nil {
		var other *app.ClockError
		switch {
		case errors.As(err, &other):
			return &misuse{err}
		case ctx.Err() != nil:
			// It was told to end before it began.
			return nil
		}
		return err
	}
	defer func() { err = errors.Join(err, i.Close(context.Background())) }()
	if err := i.Listen(ctx); err != nil {
		return err
	}
	printBanner(out, c, i)
	select {
	case err := <-i.Failed():
		return err
	case <-ctx.Done():
		// From here a signal ends the process, whatever still goes on.
		asBefore()
		log.Info("stopping")
		return nil
	}
}

// greet says where the server is and how to point clients at it. What it writes
// is a script: a shell can read it. Nothing in it is secret.
func printBanner(out io.Writer, c config.Config, i *app.App) {
	url, second := "http://"+clientAddress(i.Address()), "http://"+clientAddress(i.AdminAddress())
	clock := "system"
	if i.Clock.Virtual() {
		clock = "virtual, it stands at " + i.Clock.Now().Format(time.RFC3339Nano)
	}
	may := "shows and changes"
	if !c.AdminWrites {
		may = "only shows"
	}
	fmt.Fprintf(out, `# Accord %s answers at %s
# second listener: %s, it %s
# store: %s
# clock: %s
# open sandbox: the access key id is the account that calls, the secret can be anything
export AWS_ENDPOINT_URL_ORGANIZATIONS=%[2]s
export AWS_ENDPOINT_URL_STS=%[2]s
export AWS_ENDPOINT_URL_IAM=%[2]s
export AWS_DEFAULT_REGION=us-east-1
export AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=111111111111
export AWS_SECRET_ACCESS_KEY=anything
`, version(), url, second, may, store.Name(c.Store), clock)
	if second != defaultAdmin {
		fmt.Fprintf(out, "export %s=%s\n", adminVariable, second)
	}
}

// reachable is where a client on this machine finds a listener of that address.
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
