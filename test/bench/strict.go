//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

const (
	// strictTarget is what a call that is verified and decided by policies costs at most,
	// in calls of the open sandbox without policies.
	strictTarget = 1.35
	// largeTarget is what it costs at most among very many accounts, in calls of a small
	// organization. [the noise of a run]
	largeTarget = 1.1
	// seenTarget is how long the call after a change of policies takes at most.
	seenTarget = 5 * time.Millisecond
)

// strict measures what it costs to verify and decide a call: DescribeHandshake by the
// session of a role with one identity policy, below service control policies on the root,
// on three units and on its account, in a small and in a very large organization; and the
// call after a change of a policy that binds all accounts.
func (b *bench) strict() error {
	open, err := b.serve(b.file("strict-open"))
	if err != nil {
		return err
	}
	loads, err := prepareReads(open)
	if err != nil {
		return err
	}
	var closed [2]*restricted
	for i, accounts := range []int{2, *accounts} {
		if closed[i], err = b.restrict(fmt.Sprintf("strict%d", accounts), accounts, b.serve); err != nil {
			return fmt.Errorf("making a strict organization of %d accounts: %w", accounts, err)
		}
	}
	few, many := closed[0], closed[1]
	var m [4][]measurement
	var ratios [4][]float64
	everybody := onwards(many.describe)
	// The first call of each session reads its policies and compiles its own one.
	first, err := loadCalls(many.server, everybody, len(many.describe))
	if err != nil {
		return err
	}
	for range *rounds {
		for range shortTurns {
			for i, on := range []struct {
				server *process
				calls  func(client int) loop
			}{
				{open, inTurn(loads[0].steps)}, {few.server, inTurn(few.describe[:1])}, {many.server, inTurn(many.describe[:1])}, {many.server, everybody},
			} {
				one, err := load(on.server, *clients, *length/shortTurns, on.calls)
				if err != nil {
					return err
				}
				m[i] = append(m[i], one)
				ratios[i] = append(ratios[i], 1/share(m[0][len(m[0])-1], one))
			}
		}
	}
	of := func(i int) float64 { return median(ratios[i]) }
	grown := of(2) / of(1)
	b.table(fmt.Sprintf("DescribeHandshake: a verified session of a role with one identity policy and service control policies on five levels, beside the root user of the open sandbox; large is %d accounts with a policy of ten statements each", *accounts),
		[]string{"caller", "calls", "CPU time of a call, times the open sandbox", "target"},
		[][]string{
			{"root user, open, no policies", show(typical(m[0])), "", ""},
			{"session, strict, small", show(typical(m[1])), fmt.Sprintf("%.2f", of(1)), b.target(fmt.Sprintf("a strict call at most %.2f times an open one: %.2f", strictTarget, of(1)), of(1) <= strictTarget)},
			{"one session, strict, large", show(typical(m[2])), fmt.Sprintf("%.2f", of(2)), b.target(fmt.Sprintf("a strict call in a large organization at most %.1f times one in a small: %.2f", largeTarget, grown), grown <= largeTarget)},
			{"the first call of each session, strict, large", show(first), fmt.Sprintf("%.1f", 1/share(typical(m[0]), first)), ""},
			{fmt.Sprintf("%d sessions of as many accounts in turn, strict, large", len(many.describe)), show(typical(m[3])), fmt.Sprintf("%.2f", of(3)), b.target(fmt.Sprintf("strict calls of very many accounts at most %.2f times an open one: %.2f", strictTarget, of(3)), of(3) <= strictTarget)},
		})
	return b.seen(many)
}

// The turns of a round, and the changes of a policy.
const (
	shortTurns    = 8
	policyChanges = 25
)

// seen measures the first call of an account after a change of a policy that binds it.
func (b *bench) seen(o *restricted) error {
	c, err := dial(o.server.address)
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	var took, usual []float64
	timed := func(s step, into *[]float64) error {
		began := time.Now()
		err := s.do(c)
		*into = append(*into, float64(time.Since(began))/1e6)
		return err
	}
	for i := range policyChanges {
		// The policy denies the call and allows it again, so that the answer shows that the
		// change was seen.
		s := o.describe[(i*len(o.describe)/policyChanges+1)%len(o.describe)]
		if err := timed(s, &usual); err != nil {
			return err
		}
		for _, denies := range []bool{true, false} {
			if err := c.call(o.manager, "UpdatePolicy", o.change(denies, i)); err != nil {
				return err
			}
			if err := timed(s, &took); (err != nil) != denies {
				return fmt.Errorf("after a change that denies %t: %w", denies, err)
			}
		}
	}
	slices.Sort(took)
	at := func(percent int) float64 { return took[(len(took)-1)*percent/100] }
	b.table(fmt.Sprintf("The first call after a change of a policy on the root of %d accounts, %d times, one client", *accounts, len(took)),
		[]string{"what", "median", "95th percentile", "at most", "target"},
		[][]string{{
			fmt.Sprintf("the call after the change; the one before it took %.2f ms", median(usual)),
			milliseconds(at(50)), milliseconds(at(95)), milliseconds(at(100)),
			b.target(fmt.Sprintf("the call after a change of policies within %s: %s", seenTarget, milliseconds(at(95))), at(95) < seenTarget.Seconds()*1e3),
		}})
	return nil
}

func milliseconds(ms float64) string { return fmt.Sprintf("%.2f ms", ms) }
