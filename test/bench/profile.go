//go:build linux

package main

import (
	"fmt"
	"path/filepath"
	"syscall"
)

// profile writes CPU profiles of the server under some loads, when a folder for
// them was named.
func (b *bench) profile() error {
	if *profileDir == "" {
		return nil
	}
	for _, under := range []string{"DescribeHandshake", "ListAccounts", mixed, besideLoad, changesLoad} {
		if err := b.profileOf(under, under, b.file("profile-"+under)); err != nil {
			return err
		}
	}
	return b.onPostgres(func(urls [2]string) error {
		return b.profileOf(changesLoad+" on PostgreSQL", changesLoad, urls[0])
	})
}

func (b *bench) profileOf(name, under, store string) error {
	server, err := b.serveProfiled(name)(store)
	if err != nil {
		return err
	}
	turn, err := b.prepare(server, under)
	if err != nil {
		return err
	}
	return b.profileUnder(name, server, turn)
}

// profilePath is the file of a profile.
func profilePath(name string) string { return filepath.Join(*profileDir, name+".pprof") }

// serveProfiled starts servers that write a profile.
func (b *bench) serveProfiled(name string) server {
	return func(store string, options ...string) (*process, error) {
		c, err := asChild(profiled, append([]string{profilePath(name)}, serveArguments(store, options...)[1:]...)...)
		if err != nil {
			return nil, err
		}
		return b.launch(c)
	}
}

// profileUnder lets clients call for a while, and ends the server.
func (b *bench) profileUnder(name string, server *process, turn func(int) loop) error {
	if err := server.command.Process.Signal(syscall.SIGUSR1); err != nil {
		return err
	}
	m, err := load(server, *clients, 10**length, turn)
	if err != nil {
		return err
	}
	b.endAll()
	fmt.Fprintf(b.out, "\n%s: %s; go tool pprof %s\n", name, show(m), profilePath(name))
	return nil
}

// profileStrict writes profiles of a strict server under the calls of one session and under
// those of all accounts in turn, and of an open sandbox.
func (b *bench) profileStrict() error {
	if *profileDir == "" {
		return nil
	}
	if err := b.profileOf("open", "DescribeHandshake", b.file("profile-open")); err != nil {
		return err
	}
	for _, load := range []struct {
		name     string
		accounts int
	}{{"strict", 1}, {"strict, all sessions", *accounts}} {
		o, err := b.restrict(load.name, load.accounts, b.serveProfiled(load.name))
		if err != nil {
			return err
		}
		// The first call of each session is another matter.
		if _, err := loadCalls(o.server, onwards(o.describe), load.accounts); err != nil {
			return err
		}
		if err := b.profileUnder(load.name, o.server, onwards(o.describe)); err != nil {
			return err
		}
	}
	return nil
}

// changesLoad is the load of the cycle.
const changesLoad = "changes"

// besideLoad is ListAccounts by all clients but the first, which writes.
const besideLoad = "ListAccounts beside a writer"

// prepare makes the objects of a load.
func (b *bench) prepare(server *process, under string) (func(int) loop, error) {
	if under == changesLoad {
		_, err := prepareCycle(server)
		return cycle, err
	}
	loads, err := prepareReads(server)
	if under == besideLoad && err == nil {
		write, err := b.prepareWriter(server)
		list := inTurn(loads[1].steps)
		return func(client int) loop {
			if client == 0 {
				return write(client)
			}
			return list(client)
		}, err
	}
	for _, l := range loads {
		if l.name == under {
			return inTurn(l.steps), err
		}
	}
	return nil, err
}
