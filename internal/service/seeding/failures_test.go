package seeding_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/internal/store/storetest"
	"accord/test/postgres"
	"accord/test/require"
)

func parse(t testing.TB, text string) *seed.File {
	t.Helper()
	f, err := seed.Parse([]byte(text), seed.Options{Name: "org.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const base = `version: 1
organizations:
- management: {id: 111111111111, name: Management}
  created: 10d
  root:
    units:
    - name: A
      accounts:
      - {id: 222222222222, name: Alice, joined: 5d}
    - name: B
      policies: [Deny]
  policies:
  - {name: Deny, content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "s3:*", Resource: "*"}]}}
`

// TestWhatIsRefusedHasItsPlaceAndChangesNothing: with what is wrong put right, the same end is
// reached as without the failure.
func TestWhatIsRefusedHasItsPlaceAndChangesNothing(t *testing.T) {
	for _, c := range []struct{ from, to, path, reason string }{
		{`Action: "s3:*"`, `Action: 5`, "organizations[0].policies[0]", "MalformedPolicyDocumentException"},
		{"joined: 5d", "joined: -5d", "organizations[0].root.units[0].accounts[0].joined", "accord clock set 2026"},
		{"joined: 5d", "joined: -5d", "organizations[0].root.units[0].accounts[0].joined", "or by clock: in the document"},
		{"joined: 5d}", "joined: 5d, tags: {team: a, note: 'x!', other: b}}", "organizations[0].root.units[0].accounts[0].tags.note", "INVALID_PATTERN"},
		{"joined: 5d}", "joined: 5d, tags: {note: 'javascript:x'}}", "organizations[0].root.units[0].accounts[0].tags.note", "INVALID_PATTERN"},
		{"- name: B", "- name: B\n      tags: {'k!': v}", "organizations[0].root.units[1].tags.k!", "INVALID_PATTERN"},
		{"  - {name: Deny,", "  - {name: Deny, tags: {k: 'x!'},", "organizations[0].policies[0].tags.k", "INVALID_PATTERN"},
		{"created: 10d", "featureSet: CONSOLIDATED_BILLING", "organizations[0].root.units[1].policies[0]", "PolicyTypeNotAvailableForOrganizationException"},
		{"created: 10d", "quotas: {accounts-per-organization: 1}", "organizations[0].root.units[0].accounts[0]", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"},
		{"joined: 5d}", "joined: 5d, tags: {'aws:x': y}}", "organizations[0].root.units[0].accounts[0].tags.aws:x", "INVALID_SYSTEM_TAGS_PARAMETER"},
		{"  policies:\n  -", "  trustedServices: [{service: nonsense}]\n  policies:\n  -", "organizations[0].trustedServices[0]", "UNRECOGNIZED_SERVICE_PRINCIPAL"},
		{"  policies:\n  -", "  handshakes: [{to: a@example.com, requested: 20d}]\n  policies:\n  -", "organizations[0].handshakes[0]", "has expired"},
		{"  policies:\n  -", "  handshakes: [{to: 222222222222}]\n  policies:\n  -", "organizations[0].handshakes[0]", "ALREADY_IN_AN_ORGANIZATION"},
		{"- name: B", "- name: <script>", "organizations[0].root.units[1]", "INVALID_PATTERN"},
		{"name: Alice,", "name: <script>,", "organizations[0].root.units[0].accounts[0]", "INVALID_PATTERN"},
		{"name: Management}", "name: Management, state: CLOSED}", "organizations[0].management.state", "only members"},
	} {
		text := strings.Replace(base, c.from, c.to, 1)
		if text == base {
			t.Fatalf("%q is not in the document", c.from)
		}
		s := open(t, "memory", nil)
		before := whole(t, s)
		_, err := s.Apply(context.Background(), parse(t, text), seeding.Options{})
		var failure *seeding.Failure
		if !errors.As(err, &failure) || failure.Path != c.path || !strings.Contains(failure.Reason(), c.reason) {
			t.Errorf("%s: %v, want %s at %s", c.to, err, c.reason, c.path)
		}
		if whole(t, s) != before {
			t.Errorf("%s: something was changed", c.to)
		}
		apply(t, s, parse(t, base), seeding.Options{})
		if report := apply(t, s, parse(t, base), seeding.Options{}); len(report.Changes) > 0 {
			t.Errorf("%s: applied again: %v", c.to, report.Changes)
		}
	}
}

// TestPruningLeavesWhatTheDocumentHas begins with more than the document has, and other
// things.
func TestPruningLeavesWhatTheDocumentHas(t *testing.T) {
	s := open(t, "memory", nil)
	more := strings.NewReplacer(
		"- name: B", "- {name: C, tags: {a: b}, units: [{name: D, policies: [Deny], accounts: [{name: Bob, joined: 4d}]}]}\n    - name: B",
		"id: 222222222222, name: Alice,", "id: 222222222222, name: Alice, tags: {x: y}, policies: [Other],",
		"  policies:\n  -", "  trustedServices: [{service: config.amazonaws.com}]\n  delegatedAdministrators: [{account: Alice, service: config.amazonaws.com}]\n"+
			"  handshakes: [{to: guest@example.com}]\n  policyTypes: [TAG_POLICY]\n"+
			"  policies:\n  - {name: Other, content: {Version: '2012-10-17', Statement: [{Effect: Deny, Action: 'ec2:*', Resource: '*'}]}}\n  -",
	).Replace(base)
	apply(t, s, parse(t, more), seeding.Options{})
	if report := apply(t, s, parse(t, base), seeding.Options{}); len(report.Changes) > 0 {
		t.Errorf("without pruning something was changed: %v", report.Changes)
	}
	kinds := map[string]bool{}
	for _, c := range apply(t, s, parse(t, base), seeding.Options{Prune: true}).Changes {
		kinds[c.Kind] = true
	}
	for _, kind := range []string{"unit", "account", "policy", "attachment", "trusted service", "delegated administrator", "invitation", "policy type"} {
		if !kinds[kind] {
			t.Errorf("no %s was taken away", kind)
		}
	}
	if report := apply(t, s, parse(t, base), seeding.Options{Prune: true}); len(report.Changes) > 0 {
		t.Errorf("pruned again: %v", report.Changes)
	}
	after := whole(t, s)
	for _, gone := range []string{`"C"`, `"D"`, `"Other"`, "config.amazonaws.com", `"x"`} {
		if strings.Contains(after, gone) {
			t.Errorf("%s is still there", gone)
		}
	}
	if !strings.Contains(after, `"Bob"`) {
		t.Error("the account that was removed is deleted")
	}
}

// TestPruningTakesAwayWhatHasOnePolicy: a policy that is the last of a unit cannot be detached
// from it. The account that is suspended stays, and so does its unit.
func TestPruningTakesAwayWhatHasOnePolicy(t *testing.T) {
	const only = "policies: [Only], withoutDefault: [SERVICE_CONTROL_POLICY]"
	s := open(t, "memory", nil)
	more := strings.NewReplacer(
		"- name: B", "- {name: C, "+only+"}\n    - {name: D, "+only+", accounts: [{name: Bob, joined: 4d, state: SUSPENDED, "+only+"}]}\n    - name: B",
		"  policies:\n  -", "  policies:\n  - {name: Only, content: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}\n  -",
	).Replace(base)
	apply(t, s, parse(t, more), seeding.Options{})
	apply(t, s, parse(t, base), seeding.Options{Prune: true})
	after := whole(t, s)
	if strings.Contains(after, `"Only"`) || strings.Contains(after, `"C"`) || !strings.Contains(after, `"D"`) || !strings.Contains(after, `"Bob"`) {
		t.Errorf("pruned: %s", after)
	}
	if report := apply(t, s, parse(t, base), seeding.Options{Prune: true}); len(report.Changes) > 0 {
		t.Errorf("pruned again: %v", report.Changes)
	}
}

func TestWhatDiffersIsChanged(t *testing.T) {
	s := open(t, "memory", nil)
	apply(t, s, parse(t, base), seeding.Options{})
	other := strings.NewReplacer("name: Alice, joined: 5d", "name: Alicia, email: alicia@example.com, tags: {a: b}, state: SUSPENDED",
		`"s3:*"`, `"ec2:*"`, "    - name: B\n      policies: [Deny]", "    - name: B").Replace(base)
	other = strings.Replace(strings.Replace(other, "    - name: A\n      accounts:\n", "    - name: B\n      accounts:\n", 1), "    - name: B\n  policies:", "    - name: A\n  policies:", 1)
	report := apply(t, s, parse(t, other), seeding.Options{})
	after := whole(t, s)
	for _, there := range []string{`"Alicia"`, "alicia@example.com", "SUSPENDED", "ec2:*"} {
		if !strings.Contains(after, there) {
			t.Errorf("%s is not there; changes: %v", there, report.Changes)
		}
	}
	if again := apply(t, s, parse(t, other), seeding.Options{}); len(again.Changes) > 0 {
		t.Errorf("again: %v", again.Changes)
	}
}

// TestASeedIsAppliedOnce: what has changed since stays, also where the document would fail.
func TestASeedIsAppliedOnce(t *testing.T) {
	s := open(t, "memory", nil)
	f := parse(t, base)
	first := apply(t, s, f, seeding.Options{Once: "digest"})
	apply(t, s, parse(t, strings.Replace(base, "name: Alice", "name: Alicia", 1)), seeding.Options{})
	if second := apply(t, s, f, seeding.Options{Once: "digest"}); len(first.Changes) == 0 || len(second.Changes) > 0 {
		t.Errorf("%d and %d changes", len(first.Changes), len(second.Changes))
	}
	if third := apply(t, s, f, seeding.Options{Once: "another"}); len(third.Changes) != 1 {
		t.Errorf("another document changes %v", third.Changes)
	}
	if err := s.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	if fourth := apply(t, s, f, seeding.Options{Once: "another"}); len(fourth.Changes) == 0 {
		t.Error("after a reset nothing is made")
	}
}

var migrated = postgres.Template{Fill: storetest.Migrate}

// TestEveryEngineMakesTheSame runs the largest example on files and on PostgreSQL.
func TestEveryEngineMakesTheSame(t *testing.T) {
	require.Full(t)
	urls := map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/accord.db"}
	if postgres.Available() {
		urls["postgres"] = migrated.URL(t)
	}
	s := open(t, "memory", nil)
	apply(t, s, read(t, "everything.yaml"), seeding.Options{})
	want := whole(t, s)
	f := parse(t, want)
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			s := open(t, url, nil)
			apply(t, s, f, seeding.Options{Prune: true})
			if got := whole(t, s); got != want {
				t.Errorf("it differs:\n%s", difference(want, got))
			}
			if report := apply(t, s, f, seeding.Options{Prune: true}); len(report.Changes) > 0 {
				t.Errorf("again: %v", report.Changes)
			}
		})
	}
}

// TestReplacingMakesAnOrganizationAnew: nothing of what was there before is left, and what
// belongs to others is.
func TestReplacingMakesAnOrganizationAnew(t *testing.T) {
	s := open(t, "memory", nil)
	apply(t, s, read(t, "everything.yaml"), seeding.Options{})
	want := whole(t, s)
	f := parse(t, want)
	other := parse(t, strings.NewReplacer("name: A", "name: Before", "222222222222", "222222222229").Replace(base))
	to := open(t, "memory", nil)
	apply(t, to, other, seeding.Options{})
	if _, err := to.Apply(context.Background(), f, seeding.Options{Prune: true}); err == nil {
		t.Error("an organization with another ID was taken for the one that is there")
	}
	for range 2 {
		apply(t, to, f, seeding.Options{Prune: true, Replace: true})
		if got := whole(t, to); got != want {
			t.Fatalf("it differs:\n%s", difference(want, got))
		}
	}
}
