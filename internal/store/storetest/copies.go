package storetest

import (
	"errors"
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

var copies = []testCase{
	{"many rows are inserted at once, and values are kept", func(t *fixture) {
		const rows = 20_001 // More than one COPY.
		t.write(func(tx *store.Tx) error {
			// A statement that waits goes first.
			if err := tx.UpsertFact("before", "1"); err != nil {
				return err
			}
			n, values := 0, make([]any, 3)
			return tx.InsertAll("counters", []string{"organization_id", "name", "value"}, func() []any {
				if n == rows {
					return nil
				}
				values[0], values[1], values[2] = string(ours.ID), fmt.Sprintf("name %d", n), int64(n)
				n++
				return values
			})
		})
		wants(t, "one of them", int64(20_000), func(v *store.View) (int64, error) { return v.Counter(ours.ID, "name 20000") })
		wants(t, "all of them", rows, func(v *store.View) (int, error) {
			names, err := store.Many(v, store.ScanText[string], `SELECT name FROM counters WHERE organization_id = $1`, ours.ID)
			return len(names), err
		})
		wants(t, "what was before", "1", func(v *store.View) (string, error) { return v.Fact("before") })
	}},
	{"a row that is there twice fails the transaction", func(t *fixture) {
		ended := false
		err := t.store().Update(t.Context(), func(tx *store.Tx) error {
			ended = false
			return tx.InsertAll("registrations", []string{"account_id", "registered_at"}, func() []any {
				if ended {
					return nil
				}
				ended = true
				return []any{"111111111111", nil}
			})
		})
		if err == nil {
			t.Error("NULL was inserted where there is none")
		}
		rows := 0
		err = t.store().Update(t.Context(), func(tx *store.Tx) error {
			rows = 0
			return tx.InsertAll("registrations", []string{"account_id", "registered_at"}, func() []any {
				if rows++; rows > 2 {
					return nil
				}
				return []any{"111111111111", int64(1)}
			})
		})
		if !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("a row that is there twice: %v", err)
		}
	}},
	{"the sequence is raised and never lowered", func(t *fixture) {
		next := func(name string) int64 {
			id := ident.UnitID("ou-aaaa-" + name)
			t.write(func(tx *store.Tx) error {
				return tx.InsertUnit(org.Unit{Organization: ours.ID, ID: id, Parent: "r-aaaa", Name: name, Path: "p", Depth: 1, Created: epoch})
			})
			return read(t, func(v *store.View) (int64, error) {
				return store.One(v, store.ScanNumber, `SELECT sequence FROM units WHERE id = $1`, id)
			})
		}
		t.foundBoth()
		first := next("00000001")
		t.write(func(tx *store.Tx) error { return tx.RaiseSequence(1_000_000) })
		raised := next("00000002")
		t.write(func(tx *store.Tx) error { return tx.RaiseSequence(5) })
		if after := next("00000003"); raised <= 1_000_000 || first >= raised || after <= raised {
			t.Errorf("the numbers are %d, %d and %d", first, raised, after)
		}
	}},
	{"numbers of the sequence are taken once", func(t *fixture) {
		last := int64(0)
		for _, n := range []int64{1, 1000, 1} {
			t.write(func(tx *store.Tx) error {
				first, err := tx.TakeNumbers(n)
				if first <= last {
					t.Errorf("%d to %d are taken after %d", first, first+n-1, last)
				}
				last = first + n - 1
				return err
			})
		}
	}},
	{"a transaction forgets what it has read", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error {
			if _, err := tx.AccountWithOrganization(ours.Management); err != nil {
				return err
			}
			if err := tx.Exec(`UPDATE accounts SET name = $1 WHERE id = $2`, "changed", ours.Management); err != nil {
				return err
			}
			tx.DropCache()
			a, err := tx.AccountWithOrganization(ours.Management)
			if err == nil && a.Account.Name != "changed" {
				t.Errorf("it has %q", a.Account.Name)
			}
			return err
		})
	}},
}
