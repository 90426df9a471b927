package storetest

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var units = []testCase{
	{"a unit is kept whole", func(t *fixture) {
		t.foundBoth()
		for i, name := range hard {
			u := unitOf(ours, ident.UnitID("ou-"+string(rune('a'+i))))
			u.Name, u.Depth = name, i
			t.write(func(tx *store.Tx) error { return tx.InsertUnit(u) })
			wants(t, "by id", u, func(v *store.View) (org.Unit, error) { return v.Unit(ours.ID, u.ID) })
			wants(t, "by name", u, func(v *store.View) (org.Unit, error) { return v.UnitByName(ours.ID, u.Parent, name) })
		}
	}},
	{"a unit is found in its own organization only", func(t *fixture) {
		t.foundBoth()
		u := unitOf(ours, "ou-1")
		t.write(func(tx *store.Tx) error { return tx.InsertUnit(u) })
		misses(t, "in the other organization", func(v *store.View) (org.Unit, error) { return v.Unit(theirs.ID, u.ID) })
		misses(t, "by name in the other organization", func(v *store.View) (org.Unit, error) { return v.UnitByName(theirs.ID, u.Parent, u.Name) })
		misses(t, "below another parent", func(v *store.View) (org.Unit, error) { return v.UnitByName(ours.ID, "ou-9", u.Name) })
		misses(t, "in another case", func(v *store.View) (org.Unit, error) { return v.UnitByName(ours.ID, u.Parent, "UNIT OU-1") })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateUnitName(theirs.ID, u.ID, "x") })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteUnit(theirs.ID, u.ID) })
		t.fails(func(tx *store.Tx) error {
			stray := u
			stray.Organization = "o-cccccccccc"
			return tx.InsertUnit(stray)
		})
	}},
	{"siblings have different names", func(t *fixture) {
		t.foundBoth()
		u := unitOf(ours, "ou-1")
		u.Name = "Dev"
		t.write(func(tx *store.Tx) error { return tx.InsertUnit(u) })
		sibling := unitOf(ours, "ou-2")
		sibling.Name = "Dev"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertUnit(sibling) })
		same := unitOf(ours, "ou-1")
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertUnit(same) })

		// Another parent, another organization, and another case are no conflict.
		below, cased, foreign := sibling, sibling, unitOf(theirs, "ou-1")
		below.ID, below.Parent = "ou-3", "ou-1"
		cased.ID, cased.Name = "ou-4", "dev"
		foreign.Name = "Dev"
		t.write(func(tx *store.Tx) error { return each([]org.Unit{below, cased, foreign}, tx.InsertUnit) })
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.UpdateUnitName(ours.ID, "ou-4", "Dev") })
	}},
	{"a unit is renamed and deleted", func(t *fixture) {
		t.foundBoth()
		u, other := unitOf(ours, "ou-1"), unitOf(ours, "ou-2")
		t.write(func(tx *store.Tx) error { return each([]org.Unit{u, other}, tx.InsertUnit) })
		t.write(func(tx *store.Tx) error { return tx.UpdateUnitName(ours.ID, u.ID, "Renamed") })
		u.Name = "Renamed"
		wants(t, "renamed", u, func(v *store.View) (org.Unit, error) { return v.Unit(ours.ID, u.ID) })
		t.write(func(tx *store.Tx) error { return tx.DeleteUnit(ours.ID, u.ID) })
		misses(t, "removed", func(v *store.View) (org.Unit, error) { return v.Unit(ours.ID, u.ID) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateUnitName(ours.ID, u.ID, "x") })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteUnit(ours.ID, u.ID) })
		wants(t, "the other one", other, func(v *store.View) (org.Unit, error) { return v.Unit(ours.ID, other.ID) })
		// The name is free again.
		other.ID, other.Name = "ou-3", "Renamed"
		t.write(func(tx *store.Tx) error { return tx.InsertUnit(other) })
	}},
	{"units are listed in the order of creation, also at one instant", func(t *fixture) {
		t.foundBoth()
		var want, all []org.Unit
		for _, created := range []time.Time{epoch.Add(-time.Microsecond), epoch} {
			for _, id := range descending {
				u := unitOf(ours, ident.UnitID(id))
				if created.Equal(epoch) {
					u = unitOf(ours, ident.UnitID("0"+id))
				}
				u.Created = created
				want = append(want, u)
				below := u
				below.ID, below.Parent = "below"+u.ID, "ou-1"
				foreign := unitOf(theirs, u.ID)
				foreign.Parent = ours.Root.Parent()
				all = append(all, u, below, foreign)
			}
		}
		t.write(func(tx *store.Tx) error {
			return each(latestFirst(all, func(u org.Unit) time.Time { return u.Created }), tx.InsertUnit)
		})
		paged(t, "the units below the root", want, page.First, store.AfterUnit,
			func(v *store.View, after page.Cursor, limit int) ([]org.Unit, error) {
				return v.UnitsIn(ours.ID, ours.Root.Parent(), after, limit)
			})
	}},
}
