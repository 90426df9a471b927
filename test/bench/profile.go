package main

import (
	"fmt"
	"path/filepath"
)

// profile writes CPU profiles of the server under some loads, when a folder for
// them was named. Setting up is part of them; it is short.
func (b *bench) profile() error {
	if *keep == "" {
		return nil
	}
	for _, under := range []string{"DescribeHandshake", "ListAccounts", changesOfAll} {
		if err := b.profileOf(under, under, b.file("profile-"+under)); err != nil {
			return err
		}
	}
	return b.onPostgres(func(urls [2]string) error {
		return b.profileOf(changesOfAll+" on PostgreSQL", changesOfAll, urls[0])
	})
}

func (b *bench) profileOf(name, under, store string) error {
	path := filepath.Join(*keep, name+".pprof")
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

// changesOfAll is the load of the cycle.
const changesOfAll = "changes"

// prepare makes what a load needs.
func (b *bench) prepare(server *process, under string) (func(int) loop, error) {
	if under == changesOfAll {
		_, err := prepareCycle(server)
		return cycle, err
	}
	operations, err := prepareReads(server)
	for _, o := range operations {
		if o.name == under {
			return same(manager, o.name, o.input), err
		}
	}
	return nil, err
}
