// Package graceful serves HTTP until it is told to stop, and then answers the
// requests in flight. Both listeners of an installation stop through it; what
// they serve is none of its business.
package graceful

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Serve runs the server on the listener until ctx ends. From then on it takes no
// request and gives those in flight the time of grace. The error says why serving
// ended early, or that requests were cut at the end of grace.
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
		err = fmt.Errorf("requests were cut at the stop: %w", errors.Join(err, server.Close()))
	}
	<-ended
	return err
}
