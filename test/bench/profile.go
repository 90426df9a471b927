package main

import (
	"fmt"
	"path/filepath"
)

// profile writes CPU profiles of the server under three loads, when a folder for
// them was named. Setting up is part of them; it is short.
func (b *bench) profile() error {
	if *keep == "" {
		return nil
	}
	for _, under := range []string{"DescribeHandshake", "ListAccounts", "changes"} {
		path := filepath.Join(*keep, under+".pprof")
		m, err := b.profileOf(under, path)
		if err != nil {
			return err
		}
		b.endAll()
		fmt.Fprintf(b.out, "\n%s: %s; go tool pprof %s\n", under, show(m), path)
	}
	return nil
}

func (b *bench) profileOf(under, path string) (m measurement, err error) {
	c, err := asChild(profiled, append([]string{path}, serveArguments(b.file("profile-" + under))[1:]...)...)
	if err != nil {
		return m, err
	}
	server, err := b.launch(c)
	if err != nil {
		return m, err
	}
	turn, err := b.prepare(server, under)
	if err != nil {
		return m, err
	}
	return load(server, *clients, 10**length, turn)
}

// prepare makes what a load needs.
func (b *bench) prepare(server *process, under string) (func(int) loop, error) {
	if under == "changes" {
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
