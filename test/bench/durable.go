//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"accord/test/postgres"
)

// engine is a child that commits one row after the other.
type engine struct {
	in  io.Writer
	out *bufio.Reader
}

// launchEngine starts the engine on a database of its own.
func (b *bench) launchEngine(url string) (*engine, error) {
	c, err := asChild(commits, url)
	if err != nil {
		return nil, err
	}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.Stderr = os.Stderr
	p := &process{command: c, ended: make(chan struct{})}
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.Wait()
		close(p.ended)
	}()
	b.running = append(b.running, p)
	return &engine{in, bufio.NewReader(out)}, nil
}

// rate commits for a while and returns the commits per second.
func (e *engine) rate(length time.Duration) (rate float64, err error) {
	if _, err := fmt.Fprintln(e.in, int64(length)); err != nil {
		return 0, err
	}
	_, err = fmt.Fscanln(e.out, &rate)
	return rate, err
}

// writes compares changes with the commits of SQLite.
func (b *bench) writes() error { return b.changes("SQLite", b.file("writes"), b.file("engine"), 0.45) }

// postgres compares changes with the commits of PostgreSQL.
func (b *bench) postgres() error {
	return b.onPostgres(func(urls [2]string) error { return b.changes("PostgreSQL", urls[0], urls[1], 0.25) })
}

// onPostgres measures on two databases of a new PostgreSQL server, where one is
// installed.
func (b *bench) onPostgres(measure func(urls [2]string) error) error {
	s, err := postgres.Start("")
	if err != nil {
		fmt.Fprintf(b.out, "\nPostgreSQL is not measured: %v\n", err)
		return nil
	}
	var urls [2]string
	for i := range urls {
		if urls[i], err = s.CreateDatabase(context.Background()); err != nil {
			return errors.Join(err, s.Stop())
		}
	}
	spinning = false
	err = measure(urls)
	spinning = true
	b.endAll()
	return errors.Join(err, s.Stop())
}

// prepareCycle makes an organization for each client, and records the answers for the
// bare handler.
func prepareCycle(server *process) (canned, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	answers := canned{}
	for i := range *clients {
		if err := c.call(managerOf(i), "CreateOrganization", `{}`); err != nil {
			return nil, err
		}
		// The members stay registered from now on.
		account := memberOf(i, 0)
		if err := answers.record(c, managerOf(i), "InviteAccountToOrganization", inviting(account)); err != nil {
			return nil, err
		}
		if err := answers.record(c, account, "AcceptHandshake", describing(c.text("Id"))); err != nil {
			return nil, err
		}
		if err := answers.record(c, account, "LeaveOrganization", `{}`); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// cycle is invite, accept and leave: each client has an organization and an
// account.
func cycle(client int) loop {
	manager, account := managerOf(client), memberOf(client, 0)
	return func(c *connection, _ int) (int, error) {
		if err := c.call(manager, "InviteAccountToOrganization", inviting(account)); err != nil {
			return 0, err
		}
		if err := c.call(account, "AcceptHandshake", describing(c.text("Id"))); err != nil {
			return 0, err
		}
		return 3, c.call(account, "LeaveOrganization", `{}`)
	}
}

// changes compares the cycle with the bare handler and with the engine.
func (b *bench) changes(name, url, engineURL string, target float64) error {
	server, err := b.serve(url)
	if err != nil {
		return err
	}
	answers, err := prepareCycle(server)
	if err != nil {
		return err
	}
	handler, err := b.launchBare(answers)
	if err != nil {
		return err
	}
	e, err := b.launchEngine(engineURL)
	if err != nil {
		return err
	}
	var ours, theirs []measurement
	var rates, ofHandler, ofEngine []float64
	for range *rounds {
		our, err := load(server, *clients, *length, cycle)
		if err != nil {
			return err
		}
		their, err := load(handler, *clients, *length, cycle)
		if err != nil {
			return err
		}
		rate, err := e.rate(*length)
		if err != nil {
			return err
		}
		ours, theirs, rates = append(ours, our), append(theirs, their), append(rates, rate)
		ofHandler = append(ofHandler, share(their, our))
		ofEngine = append(ofEngine, our.rate/rate)
	}
	ratio := median(ofEngine)
	b.table(fmt.Sprintf("Durable changes on %s: invite, accept, leave; %d clients with an organization each", name, *clients),
		[]string{"Accord", "bare handler", "ratio of calls per CPU-second", "engine, one writer", "changes for each commit of the engine", "target"},
		[][]string{{
			show(typical(ours)), show(typical(theirs)), fmt.Sprintf("%.2f", median(ofHandler)),
			fmt.Sprintf("%.0f commits/s", median(rates)), fmt.Sprintf("%.2f", ratio),
			b.target(fmt.Sprintf("changes on %s at %.2f of the engine's commits: %.2f", name, target, ratio), ratio >= target),
		}})
	return nil
}
