package storetest

import (
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accord/internal/store"
)

var outbox = []check{
	{"a letter is kept whole", func(t *trial) {
		var want []store.Letter
		for i, text := range append([]string{"", strings.Repeat("long é", 200_000)}, hard...) {
			l := store.Letter{Kind: "mail", Organization: ours.ID, Account: number(i), At: epoch.Add(-time.Hour), Body: text}
			t.write(func(tx *store.Tx) error { return tx.Post(l) })
			want = append(want, l)
		}
		sameLetters(t, "the letters", want, letters(t, "mail"))
	}},
	{"a letter without an instant has that of its transaction", func(t *trial) {
		t.pass(time.Minute)
		t.write(func(tx *store.Tx) error { return tx.Post(store.Letter{Kind: "mail"}) })
		sameLetters(t, "the letter", []store.Letter{{Kind: "mail", At: epoch.Add(time.Minute)}}, letters(t, "mail"))
	}},
	{"letters sort in the order of writing, also while the clock stands or is set back", func(t *trial) {
		var want []store.Letter
		for n, step := range []time.Duration{0, 0, time.Microsecond, 0, -time.Hour, 0, time.Second, 0} {
			t.pass(step)
			batch := make([]store.Letter, 20)
			for i := range batch {
				batch[i] = store.Letter{Kind: "mail", At: epoch, Body: strings.Repeat("x", n*100+i)}
			}
			t.write(func(tx *store.Tx) error { return each(batch, tx.Post) })
			want = append(want, batch...)
		}
		sameLetters(t, "the letters", want, letters(t, "mail"))
	}},
	{"letters are listed behind one of them, each kind by itself", func(t *trial) {
		t.write(func(tx *store.Tx) error {
			return each([]string{"a", "b", "c", "d"}, func(body string) error {
				if err := tx.Post(store.Letter{Kind: "event", Body: "event " + body}); err != nil {
					return err
				}
				return tx.Post(store.Letter{Kind: "mail", Body: body})
			})
		})
		all := letters(t, "mail")
		if len(all) != 4 {
			t.Fatalf("there are %d letters", len(all))
		}
		paged(t, "the letters", all, "", func(l store.Letter) string { return l.ID },
			func(v *store.View, after string, limit int) ([]store.Letter, error) {
				return v.Letters("mail", after, limit)
			})
	}},
	{"the newest letters come first where they are asked for", func(t *trial) {
		t.write(func(tx *store.Tx) error {
			return each([]string{"a", "b", "c", "d"}, func(body string) error {
				if err := tx.Post(store.Letter{Kind: "event", Body: "event " + body}); err != nil {
					return err
				}
				return tx.Post(store.Letter{Kind: "mail", Body: body})
			})
		})
		newest := letters(t, "mail")
		slices.Reverse(newest)
		paged(t, "the letters", newest, "", func(l store.Letter) string { return l.ID },
			func(v *store.View, before string, limit int) ([]store.Letter, error) {
				return v.LatestLetters("mail", before, limit)
			})
	}},
	{"a leased letter is nobody else's until the lease is over", func(t *trial) {
		t.write(func(tx *store.Tx) error {
			if err := tx.Post(store.Letter{Kind: "event", Body: "of another kind"}); err != nil {
				return err
			}
			return each([]string{"a", "b", "c"}, func(body string) error { return tx.Post(store.Letter{Kind: "mail", Body: body}) })
		})
		wantLease := func(limit int, bodies ...string) []store.Letter {
			t.Helper()
			leased := lease(t, limit, t.clock.Now().Add(time.Minute))
			if diff := cmp.Diff(bodies, bodiesOf(leased), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("leased (-want +got):\n%s", diff)
			}
			return leased
		}
		first := wantLease(2, "a", "b")
		wantLease(2, "c")
		wantLease(2)
		t.write(func(tx *store.Tx) error { return tx.Delivered(first[0].ID) })
		t.pass(time.Minute - time.Microsecond)
		wantLease(9)
		t.pass(time.Microsecond)
		wantLease(9, "b", "c")
		t.write(func(tx *store.Tx) error { return tx.Delivered("unknown") })
		// A delivered letter can still be read.
		if diff := cmp.Diff([]string{"a", "b", "c"}, bodiesOf(letters(t, "mail"))); diff != "" {
			t.Errorf("the letters (-want +got):\n%s", diff)
		}
	}},
	{"letters are dropped by their age", func(t *trial) {
		t.write(func(tx *store.Tx) error {
			return each([]time.Duration{-time.Microsecond, 0, time.Microsecond}, func(d time.Duration) error {
				return tx.Post(store.Letter{Kind: "mail", At: epoch.Add(d), Body: d.String()})
			})
		})
		t.write(func(tx *store.Tx) error { return tx.DropLetters(epoch) })
		if diff := cmp.Diff([]string{"0s", "1µs"}, bodiesOf(letters(t, "mail"))); diff != "" {
			t.Errorf("what is left (-want +got):\n%s", diff)
		}
	}},
}

func letters(t *trial, kind string) []store.Letter {
	t.Helper()
	return read(t, func(v *store.View) ([]store.Letter, error) { return v.Letters(kind, "", 1000) })
}

// sameLetters compares letters without the ids that the store gave them, which
// have to differ.
func sameLetters(t *trial, what string, want, got []store.Letter) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Letter{}, "ID")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	seen := map[string]bool{}
	for _, l := range got {
		if l.ID == "" || seen[l.ID] {
			t.Errorf("the id %q is not a letter's own", l.ID)
		}
		seen[l.ID] = true
	}
}

func lease(t *trial, limit int, until time.Time) []store.Letter {
	t.Helper()
	var leased []store.Letter
	t.write(func(tx *store.Tx) (err error) {
		leased, err = tx.Lease("mail", until, limit)
		return err
	})
	return leased
}

func bodiesOf(letters []store.Letter) []string {
	var bodies []string
	for _, l := range letters {
		bodies = append(bodies, l.Body)
	}
	return bodies
}
