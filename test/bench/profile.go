//go:build linux

package main

import (
	"fmt"
	"path/filepath"
)

// profile writes CPU profiles of the server under some loads, when a folder for
// them was named. Setting up is part of them; it is short.
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
	path := filepath.Join(*profileDir, name+".pprof")
	c, err := asChild(profiled, append([]string{path}, serveArguments(store)[1:]...)...)
	if err != nil {
		return err
	}
	server, err := b.launch(c)
	if err != nil {
		return err
	}
	turn, err := b.prepare(server, under)
	if err != nil {
		return err
	}
	m, err := load(server, *clients, 10**length, turn)
	if err != nil {
		return err
	}
	b.endAll()
	fmt.Fprintf(b.out, "\n%s: %s; go tool pprof %s\n", name, show(m), path)
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
