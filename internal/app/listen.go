package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// ways are the two ways in.
type ways struct {
	api, admin net.Listener
	stop       context.CancelFunc
	// failed is what the listeners said that did not end well, ended is closed when
	// both are gone.
	failed chan error
	ended  chan struct{}
}

// Listen opens both listeners and lets callers in.
func (i *App) Listen(ctx context.Context) error {
	api, err := listen(ctx, "listen", i.config.Listen)
	if err != nil {
		return err
	}
	admin, err := listen(ctx, "admin-listen", i.config.AdminListen)
	if err != nil {
		return errors.Join(err, api.Close())
	}
	i.ways.open(ctx, api, admin, i.server.Run, i.admin.Run)
	return nil
}

// listen opens the address of a setting.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("setting %s: %w", setting, err)
	}
	return l, nil
}

// run serves on a listener until the context ends.
type run func(context.Context, net.Listener) error

func (w *ways) open(ctx context.Context, api, admin net.Listener, runAPI, runAdmin run) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.api, w.admin, w.stop = api, admin, stop
	w.failed, w.ended = make(chan error, 2), make(chan struct{})
	var both sync.WaitGroup
	serve := func(l net.Listener, run run) {
		both.Go(func() {
			if err := run(serving, l); err != nil {
				w.failed <- err
			}
		})
	}
	serve(api, runAPI)
	serve(admin, runAdmin)
	go func() {
		both.Wait()
		close(w.ended)
	}()
}

// Failed tells when a listener ended although nobody closed the installation.
func (i *App) Failed() <-chan error { return i.ways.failed }

// Address is the address of the first listener, as host:port.
func (i *App) Address() string { return i.ways.api.Addr().String() }

// AdminAddress is the address of the second listener, as host:port.
func (i *App) AdminAddress() string { return i.ways.admin.Addr().String() }

// close ends both listeners and waits for the requests in flight.
func (w *ways) close(ctx context.Context) error {
	if w.stop == nil {
		return nil
	}
	w.stop()
	select {
	case <-w.ended:
	case <-ctx.Done():
		return nil
	}
	close(w.failed)
	var errs []error
	for err := range w.failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
