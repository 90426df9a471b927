// Package storetest is the conformance suite of the store: the behavior of every
// engine, tested through the exported API of the store. The tests of the store run it
// on each engine; only tests import it.
package storetest

import (
	"testing"

	"accord/internal/clock"
)

// Run runs the suite. Each case has its own empty store.
func Run(t *testing.T, engine Engine) {
	for _, family := range []struct {
		name  string
		cases []testCase
	}{
		{"organizations", organizations},
		{"accounts", accounts},
		{"registrations", registrations},
		{"units", units},
		{"handshakes", handshakes},
		{"creations", creations},
		{"transfers", transfers},
		{"delegations", delegations},
		{"policies", policies},
		{"attachments", attachments},
		{"effective policies", effectivePolicies},
		{"endings", endings},
		{"withdrawals", withdrawals},
		{"identities", identityCases},
		{"whole identities", wholeIdentityCases},
		{"access keys", accessKeyCases},
		{"managed policies", managedPolicyCases},
		{"lists", listCases},
		{"tags", tags},
		{"counters", counters},
		{"jobs", jobs},
		{"outbox", outbox},
		{"sequences", sequences},
		{"copies", copies},
		{"meta", meta},
		{"transactions", transactions},
		{"answers", answers},
		{"commits", commits},
		{"races", races},
	} {
		t.Run(family.name, func(t *testing.T) {
			for _, c := range family.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(&fixture{T: t, engine: engine, clock: clock.NewVirtual(epoch)})
				})
			}
			t.Logf("evidence: %d cases", len(family.cases))
		})
	}
}
