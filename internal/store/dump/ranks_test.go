package dump_test

import (
	"fmt"
	"slices"
	"testing"

	"accord/internal/store"
)

// write writes messages of a kind.
func write(t *testing.T, s *store.Store, kind string, from, to int) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for n := from; n < to; n++ {
			if err := tx.InsertMessage(store.Message{Kind: kind, Body: fmt.Sprintf("%s %03d", kind, n)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func bodies(t *testing.T, s *store.Store, kind string) (all []string) {
	t.Helper()
	if err := s.View(t.Context(), func(v *store.View) error {
		messages, err := v.Messages(kind, 0, 1000)
		for _, m := range messages {
			all = append(all, m.Body)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestMailIsLoadedBesideEventRecords, whose numbers it may have had in the other store: in its
// order, and the records stay. So it does over mail of which some is the same.
func TestMailIsLoadedBesideEventRecords(t *testing.T) {
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			from, to := open(t, "memory"), open(t, url(t))
			// More than one byte has values, so that the order of ranks is not that of bytes.
			write(t, from, "mail", 0, 200)
			want, base := bodies(t, from, "mail"), read(t, from)
			write(t, to, "record", 0, 300)
			records := bodies(t, to, "record")
			for _, c := range []struct {
				step   string
				change func()
			}{
				{"nothing", func() {}},
				{"more", func() { write(t, to, "mail", 200, 230) }},
				{"the same", func() {}},
				{"no mail", func() { load(t, to, read(t, open(t, "memory")), false) }},
				{"the first", func() { remove(t, to, "mail 000") }},
				{"a middle", func() { remove(t, to, "mail 100") }},
				{"the last", func() { remove(t, to, "mail 199") }},
			} {
				c.change()
				load(t, to, base, false)
				if got := bodies(t, to, "mail"); !slices.Equal(got, want) {
					t.Errorf("%s: %d mails, the first ones %v", c.step, len(got), got[:min(len(got), 5)])
				}
				if string(read(t, to).Append(nil)) != string(base.Append(nil)) {
					t.Errorf("%s: the rows are others", c.step)
				}
			}
			if got := bodies(t, to, "record"); !slices.Equal(got, records) {
				t.Errorf("there are %d records", len(got))
			}
		})
	}
}

func remove(t *testing.T, s *store.Store, body string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return tx.ExecOne(`DELETE FROM outbox WHERE body = $1`, body)
	}); err != nil {
		t.Fatal(err)
	}
}
