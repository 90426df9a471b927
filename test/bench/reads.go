//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// reading is a load that reads, and its target beside the bare handler.
type reading struct {
	name   string
	steps  []step
	target float64
}

// mixed is the load that calls several operations in turn.
const mixed = "a mix"

// prepareReads makes an organization of 31 accounts and an open invitation.
func prepareReads(server *process) ([]reading, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	if err := c.call(manager, "CreateOrganization", `{}`); err != nil {
		return nil, err
	}
	for i := range 30 {
		if err := join(c, manager, memberOf(0, i)); err != nil {
			return nil, err
		}
	}
	if err := c.call(manager, "InviteAccountToOrganization", inviting(memberOf(0, 30))); err != nil {
		return nil, err
	}
	describe := byManager("DescribeHandshake", describing(c.text("Id")))
	if err := c.call(manager, "ListRoots", `{}`); err != nil {
		return nil, err
	}
	list := byManager("ListAccounts", pageOf20)
	return []reading{
		{"DescribeHandshake", []step{describe}, 0.50},
		{"ListAccounts", []step{list}, 0.40},
		{mixed, []step{
			byManager("DescribeOrganization", `{}`), list,
			byManager("ListPoliciesForTarget", object("TargetId", c.text("Id"), "Filter", serviceControl)),
		}, 0.45},
	}, nil
}

// calls compares calls that read with the bare handler.
func (b *bench) calls() error {
	server, err := b.serve(b.file("calls"))
	if err != nil {
		return err
	}
	loads, err := prepareReads(server)
	if err != nil {
		return err
	}
	answers, err := answersOf(server, loads)
	if err != nil {
		return err
	}
	handler, err := b.launchBare(answers)
	if err != nil {
		return err
	}
	ours, theirs := make([][]measurement, len(loads)), make([][]measurement, len(loads))
	ratios := make([][]float64, len(loads))
	for range *rounds {
		for i, l := range loads {
			our, err := load(server, *clients, *length, inTurn(l.steps))
			if err != nil {
				return err
			}
			their, err := load(handler, *clients, *length, inTurn(l.steps))
			if err != nil {
				return err
			}
			ours[i], theirs[i] = append(ours[i], our), append(theirs[i], their)
			ratios[i] = append(ratios[i], share(their, our))
		}
	}
	var rows [][]string
	for i, l := range loads {
		size := 0
		for _, s := range l.steps {
			size += len(answers[s.operation].Body)
		}
		ratio := median(ratios[i])
		rows = append(rows, []string{
			l.name, kilobytes(size / len(l.steps)), show(typical(ours[i])), show(typical(theirs[i])), fmt.Sprintf("%.2f", ratio),
			b.target(fmt.Sprintf("%s at %.2f of a bare handler: %.2f", l.name, l.target, ratio), ratio >= l.target),
		})
	}
	b.table(fmt.Sprintf("Reads, %d connections, one core; %s is %s in turn", *clients, mixed, operations(loads[len(loads)-1].steps)),
		[]string{"operation", "answer", "Accord", "bare handler", "ratio of calls per CPU-second", "target"}, rows)
	return nil
}

// answersOf calls each step of some loads once.
func answersOf(server *process, loads []reading) (canned, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	answers := canned{}
	for _, l := range loads {
		for _, s := range l.steps {
			if err := answers.record(c, s.account, s.operation, s.input(c)); err != nil {
				return nil, err
			}
		}
	}
	return answers, nil
}

// besideTarget is how much of their speed reads keep beside one writer.
const besideTarget = 0.7

// beside compares reads beside one writer with reads alone.
//
// The CPU time of a change belongs to the writer: it is measured with the writer
// alone and subtracted. All that the writer costs the reads counts against them:
// snapshots that they lose, caches that they share, locks.
//
// Beside the writer the reads get a part of the core. A call costs more on a core with
// less to do, also without a writer, because fewer requests arrive together. Reads alone
// that are paced to the same rate show how much.
func (b *bench) beside() error {
	server, err := b.serve(b.file("beside"))
	if err != nil {
		return err
	}
	loads, err := prepareReads(server)
	if err != nil {
		return err
	}
	write, err := b.prepareWriter(server)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, l := range loads {
		row, err := b.besideOne(server, l, write(0))
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	b.table(fmt.Sprintf("Reads of %d clients beside one client that writes, without the CPU time of the changes themselves", *clients),
		[]string{
			"operation", "alone", "alone, paced", "beside the writer", "changes of the writer",
			"ratio of reads per CPU-second to alone, paced", "to alone", "target",
		}, rows)
	return nil
}

// prepareWriter makes the load of a client that changes the organization which others
// read.
func (b *bench) prepareWriter(server *process) (func(int) loop, error) {
	unit, err := b.newUnit(server)
	return inTurn([]step{
		byManager("UpdateOrganizationalUnit", object("OrganizationalUnitId", unit, "Name", "One")),
		byManager("UpdateOrganizationalUnit", object("OrganizationalUnitId", unit, "Name", "Other")),
	}), err
}

// besideOne measures one load of reads beside a writer.
func (b *bench) besideOne(server *process, l reading, write loop) ([]string, error) {
	readers := loopsOf(*clients, inTurn(l.steps))
	var alone, slower, both []measurement
	var ratios, pacedRatios, changes, rates []float64
	for range *rounds {
		writer, err := drive(server, []loop{write}, *length)
		if err != nil {
			return nil, err
		}
		mixed, err := drive(server, append(readers[:len(readers):len(readers)], write), *length)
		if err != nil {
			return nil, err
		}
		written := mixed.calls[len(readers)]
		reads := run{mixed.calls[:len(readers)], mixed.took, mixed.cpu - time.Duration(written)*writer.measure().cost}.measure()
		quiet, err := drive(server, readers, *length)
		if err != nil {
			return nil, err
		}
		paced, err := drive(server, pace(readers, reads.rate), *length)
		if err != nil {
			return nil, err
		}
		alone, slower, both = append(alone, quiet.measure()), append(slower, paced.measure()), append(both, reads)
		ratios, pacedRatios = append(ratios, share(quiet.measure(), reads)), append(pacedRatios, share(paced.measure(), reads))
		changes, rates = append(changes, float64(written)/mixed.took.Seconds()), append(rates, writer.measure().rate)
	}
	ratio := median(ratios)
	return []string{
		l.name, show(typical(alone)), show(typical(slower)), show(typical(both)),
		fmt.Sprintf("%.0f calls/s, alone %.0f", median(changes), median(rates)), readable(median(pacedRatios)), readable(ratio),
		b.target(fmt.Sprintf("%s beside a writer at %.1f of alone: %.2f", l.name, besideTarget, ratio), ratio >= besideTarget),
	}, nil
}

// pace makes loops that together turn so often a second, each at a moment of its own.
// They stay awake in between.
func pace(loops []loop, rate float64) []loop {
	interval := time.Duration(float64(len(loops)) / rate * float64(time.Second))
	paced := make([]loop, len(loops))
	for i, turn := range loops {
		next := time.Now().Add(rand.N(interval))
		paced[i] = func(c *connection, n int) (int, error) {
			for time.Now().Before(next) {
				runtime.Gosched()
			}
			next = next.Add(interval)
			return turn(c, n)
		}
	}
	return paced
}

// newUnit makes an organizational unit and returns its id.
func (b *bench) newUnit(server *process) (string, error) {
	c, err := dial(server.address)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.close() }()
	if err := c.call(manager, "ListRoots", `{}`); err != nil {
		return "", err
	}
	err = c.call(manager, "CreateOrganizationalUnit", naming(c.text("Id"), "One"))
	return c.text("Id"), err
}
