package storetest

import (
	"fmt"
	"sync"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// listed are the units below the root of ours, in the order of the list.
func (t *fixture) listed() []string {
	t.Helper()
	units := read(t, func(v *store.View) ([]org.Unit, error) {
		return v.UnitsIn(ours.ID, ours.Root.Parent(), page.First, 1000)
	})
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.Name
	}
	return names
}

// insertUnits inserts units in transactions of their own, at the present instant. Their
// ids do not sort in this order.
func (t *fixture) insertUnits(names ...string) {
	t.Helper()
	for _, name := range names {
		id := ident.UnitID(ident.NewSource().UUID())
		u := unitOf(ours, id)
		u.Name, u.Created = name, t.clock.Now()
		t.write(func(tx *store.Tx) error { return tx.InsertUnit(u) })
	}
}

var sequences = []testCase{
	{"calls after each other are listed in their order at one instant", func(t *fixture) {
		t.foundBoth()
		var want []string
		for n := range 50 {
			want = append(want, fmt.Sprint(n))
		}
		t.insertUnits(want...)
		wants(t, "the units", want, func(*store.View) ([]string, error) { return t.listed(), nil })
	}},
	{"what was rolled back leaves no trace in the order", func(t *fixture) {
		t.foundBoth()
		t.insertUnits("a")
		t.refuses(errRefused, func(tx *store.Tx) error {
			u := unitOf(ours, "ou-0")
			if err := tx.InsertUnit(u); err != nil {
				return err
			}
			return errRefused
		})
		t.insertUnits("b", "c")
		wants(t, "the units", []string{"a", "b", "c"}, func(*store.View) ([]string, error) { return t.listed(), nil })
	}},
	{"an account that joins again is the last of its instant", func(t *fixture) {
		t.foundWithMembers(3)
		again := memberOf(ours, epoch)
		t.write(func(tx *store.Tx) error { return tx.DeleteMembership(number(0), epoch) })
		t.write(func(tx *store.Tx) error { return tx.InsertMembership(number(0), again) })
		members := read(t, func(v *store.View) ([]org.Member, error) { return v.Members(ours.ID, page.First, 10) })
		if last := members[len(members)-1].ID; last != number(0) {
			t.Errorf("the last one is %s", last)
		}
	}},
	{"concurrent insertions have numbers of their own", func(t *fixture) {
		t.foundBoth()
		at := t.clock.Now()
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				for i := range 5 {
					u := unitOf(ours, ident.UnitID(fmt.Sprintf("ou-%d-%d", n, i)))
					u.Created = at
					if err := t.store().Update(t.within(time.Minute), func(tx *store.Tx) error { return tx.InsertUnit(u) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		seen, last := map[int64]bool{}, map[byte]string{}
		for _, u := range read(t, func(v *store.View) ([]org.Unit, error) {
			return v.UnitsIn(ours.ID, ours.Root.Parent(), page.First, 1000)
		}) {
			if seen[u.Sequence] {
				t.Errorf("two units have the number %d", u.Sequence)
			}
			seen[u.Sequence] = true
			// What one caller made after each other is listed so.
			caller := u.ID[len("ou-")]
			if last[caller] > string(u.ID) {
				t.Errorf("%s is listed after %s", u.ID, last[caller])
			}
			last[caller] = string(u.ID)
		}
		if len(seen) != 40 {
			t.Errorf("%d units are listed", len(seen))
		}
	}},
}
