package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"

	"accord/internal/config"
	"accord/internal/machine"
	"accord/internal/server"
)

// limits are those of the API, as the settings or the machine have them.
func limits(c config.Config, log *slog.Logger) server.Limits {
	d := machine.Descriptors()
	if d > 0 && c.MaxConnections > machine.Available(d) {
		log.Warn("the process may open too few files for as many connections", "setting", "max-connections", "connections", c.MaxConnections, "files", d)
	}
	return server.Limits{
		Connections: cmp.Or(c.MaxConnections, machine.Connections(d)),
		BodyMemory:  cmp.Or(c.BodyMemory, machine.BodyMemory(machine.MemoryLimit())),
	}
}

// listeners are the open listeners of an App.
type listeners struct {
	api, admin net.Listener
	stop       context.CancelFunc
	// failed receives the errors of listeners, ended is closed when both have
	// ended.
	failed chan error
	ended  chan struct{}
}

// serve serves on a listener until the context ends.
type serve func(context.Context, net.Listener) error

// listen opens both listeners and serves on them until they are closed.
func listen(ctx context.Context, c config.Config, serveAPI, serveAdmin serve) (*listeners, error) {
	api, err := listenOn(ctx, "listen", c.Listen)
	if err != nil {
		return nil, err
	}
	admin, err := listenOn(ctx, "admin-listen", c.AdminListen)
	if err != nil {
		return nil, errors.Join(err, api.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &listeners{api: api, admin: admin, stop: stop, failed: make(chan error, 2), ended: make(chan struct{})}
	var both sync.WaitGroup
	run := func(serve serve, on net.Listener) {
		both.Go(func() {
			if err := serve(serving, on); err != nil {
				l.failed <- err
			}
		})
	}
	run(serveAPI, api)
	run(serveAdmin, admin)
	go func() {
		both.Wait()
		close(l.ended)
	}()
	return l, nil
}

// listenOn opens the address of a setting.
func listenOn(ctx context.Context, setting, address string) (net.Listener, error) {
	var c net.ListenConfig
	open := func() (net.Listener, error) { return c.Listen(ctx, "tcp", address) }
	if path, socket := config.SocketPath(address); socket {
		open = func() (net.Listener, error) { return listenSocket(ctx, path) }
	}
	l, err := open()
	if err != nil {
		return nil, config.Use(err, setting)
	}
	return l, nil
}

// close ends both listeners and waits for the requests in flight.
func (l *listeners) close(ctx context.Context) error {
	l.stop()
	select {
	case <-l.ended:
	case <-ctx.Done():
		return nil
	}
	close(l.failed)
	var errs []error
	for err := range l.failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
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
