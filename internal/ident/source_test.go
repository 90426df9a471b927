package ident

import (
	"strings"
	"testing"
)

// An ID that is not random could be one that exists.
func TestWithoutRandomnessNoIdentifierIsMade(t *testing.T) {
	s := &Source{read: strings.NewReader("too short")}
	defer func() {
		if recover() == nil {
			t.Error("an identifier was made")
		}
	}()
	s.Handshake()
}

// Requests that are answered at the same time must not change each other's IDs.
func TestASeedGivesEachCauseItsOwnIDs(t *testing.T) {
	first, second := NewSeededSource(7), NewSeededSource(7)
	want := first.For("call", "a").UUID()
	for range 3 {
		second.UUID()
		second.For("call", "b").UUID()
	}
	if got := second.For("call", "a").UUID(); got != want {
		t.Errorf("a cause gives %s and then %s", want, got)
	}
	seen := map[string]bool{}
	for _, source := range []*Source{
		first.For("call", "a"), first.For("call", "b"), first.For("calla"), first.For("call", "a", ""), first.For("ca", "lla"), first.For(),
		first.For("call").For("a"), NewSeededSource(8).For("call", "a"),
	} {
		if !source.Seeded() {
			t.Error("what follows from a seed has none")
		}
		id := source.UUID()
		if seen[id] {
			t.Errorf("two causes give %s", id)
		}
		seen[id] = true
	}
	random := NewSource()
	one, other := random.For("call", "a").UUID(), random.For("call", "a").UUID()
	if random.Seeded() || one == other {
		t.Error("the randomness of the system repeats itself")
	}
}
