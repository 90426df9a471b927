// Package graceful runs an HTTP server until its context ends, and then answers the
// requests in flight. It does not know what the server serves.
package graceful

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Serve runs the server on the listener until ctx ends. Then it accepts no request
// and waits for those in flight, at most for the grace period. The error says why
// serving ended early, or that requests were cut off when the grace period ended.
func Serve(ctx context.Context, server *http.Server, l net.Listener, grace time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(waiting)
	if err != nil {
		err = fmt.Errorf("requests were cut off when the grace period ended: %w", errors.Join(err, server.Close()))
	}
	<-ended
	return err
}
