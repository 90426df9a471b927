package storetest

import (
	"bytes"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/internal/store/engine"
)

var meta = []testCase{
	{"facts about the store are kept", func(t *fixture) {
		fact := func(name store.FactName) func(v *store.View) (string, error) {
			return func(v *store.View) (string, error) { return v.Fact(name) }
		}
		misses(t, "a fact that is not set", fact(store.ClockKind))
		for _, value := range append([]string{"real", "virtual", ""}, hard...) {
			t.write(func(tx *store.Tx) error { return tx.UpsertFact(store.ClockKind, value) })
			wants(t, "the fact", value, fact(store.ClockKind))
		}
		misses(t, "another fact", fact(store.VirtualNow))
	}},
	{"the version of the schema is known, and the rows of a new store contradict nothing", func(t *fixture) {
		if version := read(t, (*store.View).SchemaVersion); version == 0 {
			t.Error("the schema has no version")
		}
		if findings := read(t, (*store.View).Contradictions); len(findings) > 0 {
			t.Errorf("a new store has findings: %q", findings)
		}
	}},
	{"facts have ranges", func(t *fixture) {
		largest := func(v *store.View) (string, error) { return v.LargestFact("b-", "b.") }
		wants(t, "without a fact", "", largest)
		for name, value := range map[store.FactName]string{"a": "9", "b-": "2", "b-1": "3", "b-2": "1", "b.": "9", "c": "9"} {
			t.write(func(tx *store.Tx) error { return tx.UpsertFact(name, value) })
		}
		wants(t, "the largest", "3", largest)
		t.write(func(tx *store.Tx) error { return tx.UpsertUncachedFact("b-2", "4") })
		wants(t, "the largest, set without an end of the cache", "4", largest)
		wants(t, "all others", "9", func(v *store.View) (string, error) { return v.LargestFact("", "d") })
	}},
	{"what the engine says of itself", func(t *fixture) {
		keeper, is := t.store().Engine().(engine.Timekeeper)
		if is != t.engine.Shared {
			t.Errorf("it has a clock of its own: %t, and can be shared: %t", is, t.engine.Shared)
		}
		if is {
			if now, err := keeper.Time(t.Context()); err != nil || now.Year() < 2026 {
				t.Errorf("its time is %v, %v", now, err)
			}
		}
	}},
	{"it is known whether several servers can share a store", func(t *fixture) {
		if got := t.store().Engine().Shared(); got != t.engine.Shared {
			t.Errorf("shared: %t, want %t", got, t.engine.Shared)
		}
	}},
	{"a secret is created once", func(t *fixture) {
		first, second, other := secret(t, store.TokenKey), secret(t, store.TokenKey), secret(t, "another")
		if len(first) < 32 || !bytes.Equal(first, second) {
			t.Errorf("the secret was %x and is %x", first, second)
		}
		if bytes.Equal(first, other) {
			t.Error("two secrets are the same")
		}
	}},
	{"a seed is another one at each start", func(t *fixture) {
		// A later start must not make the IDs of an earlier one.
		got, want := t.store().Source().UUID(), ident.NewSeededSource(1).For("start", "1").UUID()
		if got != want || got == ident.NewSeededSource(1).UUID() {
			t.Errorf("the first start makes %s, want %s", got, want)
		}
		wants(t, "the number of starts", "1", func(v *store.View) (string, error) { return v.Fact(store.Starts) })
	}},
	{"a reset deletes all data created by users", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error {
			if err := tx.UpsertFact(store.ClockKind, "virtual"); err != nil {
				return err
			}
			return each([]org.Organization{ours, theirs}, func(o org.Organization) error {
				if err := furnish(tx, o); err != nil {
					return err
				}
				return tx.InsertMessage(store.Message{Kind: "mail", Organization: o.ID})
			})
		})
		before := secret(t, store.TokenKey)
		registered := read(t, func(v *store.View) (org.Account, error) { return v.Account(ours.Management) })
		t.write(dump.DeleteEverything)

		wants(t, "is it empty", true, func(v *store.View) (bool, error) { return v.Empty() })
		for _, o := range []org.Organization{ours, theirs} {
			if got := furnitureOf(t, o); got != (furniture{}) {
				t.Errorf("of an organization there are %+v", got)
			}
		}
		if got := messages(t, "mail"); len(got) > 0 {
			t.Errorf("there are %d messages", len(got))
		}
		misses(t, "work", func(v *store.View) (store.Job, error) { return v.NextJob() })
		wants(t, "what was received", []string{}, func(v *store.View) ([]string, error) {
			got, err := v.HandshakesReceived("", "aaaaaaaaaa@example.com", store.HandshakeFilter{}, page.Newest, 10)
			return make([]string, len(got)), err
		})
		// Other servers have read it.
		if !bytes.Equal(before, secret(t, store.TokenKey)) {
			t.Error("the reset changed the key of the page tokens")
		}
		wants(t, "the kind of clock", "virtual", func(v *store.View) (string, error) { return v.Fact(store.ClockKind) })
		// Everything can be made again, and is known to be another.
		t.foundBoth()
		again := read(t, func(v *store.View) (org.Account, error) { return v.Account(ours.Management) })
		if again.Sequence == registered.Sequence || again.Sequence == 0 {
			t.Errorf("the account has the number %d, and had %d before the reset", again.Sequence, registered.Sequence)
		}
	}},
}

func secret(t *fixture, name store.FactName) []byte {
	t.Helper()
	key, err := t.store().Secret(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
