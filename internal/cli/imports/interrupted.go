package imports

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// grace is how long an interrupted command may take to say what it has saved.
const grace = 2 * time.Second

// interruptible runs a command that SIGINT and SIGTERM end, whatever it waits for: not every
// wait has a context, such as that for a file of a pipe.
func interruptible(c *cobra.Command, run func(ctx context.Context) error) error {
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(grace):
		return errors.New("interrupted")
	}
}
