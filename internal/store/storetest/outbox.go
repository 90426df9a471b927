package storetest

import (
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accord/internal/store"
	"accord/internal/store/dump"
)

var outbox = []testCase{
	{"a message is kept whole", func(t *fixture) {
		var want []store.Message
		for i, text := range append([]string{"", strings.Repeat("long é", 200_000)}, hard...) {
			l := store.Message{Kind: "mail", Organization: ours.ID, Account: number(i), At: epoch.Add(-time.Hour), Body: text}
			t.write(func(tx *store.Tx) error { return tx.InsertMessage(l) })
			want = append(want, l)
		}
		sameMessages(t, "the messages", want, messages(t, "mail"))
	}},
	{"a message without an instant has that of its transaction", func(t *fixture) {
		t.pass(time.Minute)
		t.write(func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Kind: "mail"}) })
		sameMessages(t, "the message", []store.Message{{Kind: "mail", At: epoch.Add(time.Minute)}}, messages(t, "mail"))
	}},
	{"an ID that a message has is kept, and drawn IDs of later instants are greater", func(t *fixture) {
		for _, id := range []string{"0", "", ""} {
			t.write(func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Kind: "mail", ID: id}) })
			t.pass(time.Microsecond)
		}
		if all := messages(t, "mail"); len(all) != 3 || all[0].ID != "0" || all[1].ID <= "0" || all[2].ID <= all[1].ID {
			t.Errorf("the messages are %+v", all)
		}
	}},
	{"messages sort in the order of writing, also while the clock stands or is set back", func(t *fixture) {
		var want []store.Message
		for n, step := range []time.Duration{0, 0, time.Microsecond, 0, -time.Hour, 0, time.Second, 0} {
			t.pass(step)
			batch := make([]store.Message, 20)
			for i := range batch {
				batch[i] = store.Message{Kind: "mail", At: epoch, Body: strings.Repeat("x", n*100+i)}
			}
			t.write(func(tx *store.Tx) error { return each(batch, tx.InsertMessage) })
			want = append(want, batch...)
		}
		sameMessages(t, "the messages", want, messages(t, "mail"))
	}},
	{"messages are listed after one of them, each kind by itself", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			return each([]string{"a", "b", "c", "d"}, func(body string) error {
				if err := tx.InsertMessage(store.Message{Kind: "event", Body: "event " + body}); err != nil {
					return err
				}
				return tx.InsertMessage(store.Message{Kind: "mail", Body: body})
			})
		})
		all := messages(t, "mail")
		if len(all) != 4 {
			t.Fatalf("there are %d messages", len(all))
		}
		paged(t, "the messages", all, 0, func(l store.Message) int64 { return l.Sequence },
			func(v *store.View, after int64, limit int) ([]store.Message, error) {
				return v.Messages("mail", after, limit)
			})
	}},
	{"the oldest message that was not delivered is known", func(t *fixture) {
		oldest := func(v *store.View) (time.Time, error) { return v.OldestUndelivered("event") }
		misses(t, "without messages", oldest)
		for _, kind := range []string{"mail", "event", "event"} {
			t.write(func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Kind: kind}) })
			t.pass(time.Minute)
		}
		for _, want := range messages(t, "event") {
			wants(t, "the oldest", want.At, oldest)
			t.write(func(tx *store.Tx) error { return tx.MarkDelivered(want) })
		}
		misses(t, "when all are delivered", oldest)
	}},
	{"messages are listed newest first", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			return each([]string{"a", "b", "c", "d", "e"}, func(body string) error {
				if err := tx.InsertMessage(store.Message{Kind: "event", Body: "event " + body}); err != nil {
					return err
				}
				return tx.InsertMessage(store.Message{Kind: "mail", Body: body})
			})
		})
		newest := messages(t, "mail")
		slices.Reverse(newest)
		paged(t, "the messages", newest, 0, func(l store.Message) int64 { return l.Sequence },
			func(v *store.View, before int64, limit int) ([]store.Message, error) {
				return v.LatestMessages("mail", before, limit)
			})
	}},
	{"a leased message is not leased again until the lease is over", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(store.Message{Kind: "event", Body: "of another kind"}); err != nil {
				return err
			}
			return each([]string{"a", "b", "c"}, func(body string) error { return tx.InsertMessage(store.Message{Kind: "mail", Body: body}) })
		})
		wantLease := func(limit int, bodies ...string) []store.Message {
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
		t.write(func(tx *store.Tx) error { return tx.MarkDelivered(first[0]) })
		t.pass(time.Minute - time.Microsecond)
		wantLease(9)
		t.pass(time.Microsecond)
		wantLease(9, "b", "c")
		t.write(func(tx *store.Tx) error { return tx.MarkDelivered(store.Message{Sequence: 1 << 40}) })
		// A delivered message can still be read.
		if diff := cmp.Diff([]string{"a", "b", "c"}, bodiesOf(messages(t, "mail"))); diff != "" {
			t.Errorf("the messages (-want +got):\n%s", diff)
		}
	}},
	{"leased messages are numbered without gaps, and keep their numbers", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			if err := tx.InsertMessage(store.Message{Kind: "event", Body: "of another kind"}); err != nil {
				return err
			}
			return each([]string{"a", "b", "c"}, func(body string) error { return tx.InsertMessage(store.Message{Kind: "mail", Body: body}) })
		})
		wantNumbers := func(what string, got []store.Message, want ...int64) {
			t.Helper()
			var numbers []int64
			for _, m := range got {
				numbers = append(numbers, m.Number)
			}
			if diff := cmp.Diff(want, numbers, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		wantNumbers("before", messages(t, "mail"), 0, 0, 0)
		// A lease that is rolled back has given no number.
		t.refuses(errRefused, func(tx *store.Tx) error {
			if _, err := tx.LeaseMessages("mail", t.clock.Now(), 2); err != nil {
				return err
			}
			return errRefused
		})
		first := lease(t, 2, t.clock.Now())
		wantNumbers("the first lease", first, 1, 2)
		wantNumbers("the second lease", lease(t, 9, t.clock.Now()), 1, 2, 3)
		wants(t, "what is known", store.DeliveryState{Last: 3, Waiting: []int64{1, 2, 3}, Journals: []store.Journal{}},
			func(v *store.View) (store.DeliveryState, error) { return v.DeliveryState("mail") })
		t.write(func(tx *store.Tx) error { return tx.MarkDelivered(first[0]) })
		wantNumbers("what waits", read(t, func(v *store.View) ([]store.Message, error) { return v.WaitingMessages("mail", 9) }), 2, 3)
		wantNumbers("what waits first", read(t, func(v *store.View) ([]store.Message, error) { return v.WaitingMessages("mail", 1) }), 2)
	}},
	{"the store knows how far journals are", func(t *fixture) {
		for _, j := range []store.Journal{{ID: "b", Entries: 1, Hash: "x"}, {ID: "a", Entries: 7, Hash: "y"}, {ID: "b", Entries: 2, Hash: "z"}} {
			t.write(func(tx *store.Tx) error { return tx.UpsertJournal(j) })
		}
		wants(t, "what is known", store.DeliveryState{Waiting: []int64{}, Journals: []store.Journal{{ID: "a", Entries: 7, Hash: "y"}, {ID: "b", Entries: 2, Hash: "z"}}},
			func(v *store.View) (store.DeliveryState, error) { return v.DeliveryState("mail") })
	}},
	{"a reset keeps messages that wait for their delivery, and the numbers", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			for range 2 {
				if err := tx.RegisterDelivery("mail"); err != nil {
					return err
				}
			}
			return each([]string{"event", "mail", "mail", "mail"}, func(kind string) error { return tx.InsertMessage(store.Message{Kind: kind}) })
		})
		leased := lease(t, 2, t.clock.Now())
		t.write(func(tx *store.Tx) error { return tx.MarkDelivered(leased[0]) })
		t.write(dump.DeleteEverything)
		if waiting, others := messages(t, "mail"), messages(t, "event"); len(waiting) != 2 || waiting[0].Number != 2 || len(others) != 0 {
			t.Errorf("there are %+v, and %+v", waiting, others)
		}
		t.write(func(tx *store.Tx) error { return tx.RegisterDelivery("mail") })
		if leased = lease(t, 9, t.clock.Now()); len(leased) != 2 || leased[1].Number != 3 {
			t.Errorf("leased %+v", leased)
		}
	}},
	{"messages are deleted by their age", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			return each([]time.Duration{-time.Microsecond, 0, time.Microsecond}, func(d time.Duration) error {
				return tx.InsertMessage(store.Message{Kind: "mail", At: epoch.Add(d), Body: d.String()})
			})
		})
		t.write(func(tx *store.Tx) error { return tx.DeleteMessages(epoch) })
		if diff := cmp.Diff([]string{"0s", "1µs"}, bodiesOf(messages(t, "mail"))); diff != "" {
			t.Errorf("what is left (-want +got):\n%s", diff)
		}
	}},
}

func messages(t *fixture, kind string) []store.Message {
	t.Helper()
	return read(t, func(v *store.View) ([]store.Message, error) { return v.Messages(kind, 0, 1000) })
}

// sameMessages compares messages without the ids that the store gave them, which
// have to differ.
func sameMessages(t *fixture, what string, want, got []store.Message) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Message{}, "ID", "Sequence")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	seen := map[string]bool{}
	for _, l := range got {
		if l.ID == "" || seen[l.ID] {
			t.Errorf("the id %q is not a message's own", l.ID)
		}
		seen[l.ID] = true
	}
}

func lease(t *fixture, limit int, until time.Time) []store.Message {
	t.Helper()
	var leased []store.Message
	t.write(func(tx *store.Tx) (err error) {
		leased, err = tx.LeaseMessages("mail", until, limit)
		return err
	})
	return leased
}

func bodiesOf(messages []store.Message) []string {
	var bodies []string
	for _, l := range messages {
		bodies = append(bodies, l.Body)
	}
	return bodies
}
