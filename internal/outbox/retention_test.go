package outbox_test

import (
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/jobs"
	"accord/internal/outbox"
	"accord/internal/store"
)

const day = 24 * time.Hour

// plan is called twice, as it is by two servers that start.
func plan(t *testing.T, s *store.Store) {
	t.Helper()
	for range 2 {
		if err := s.Update(t.Context(), outbox.PlanDeletion); err != nil {
			t.Fatal(err)
		}
	}
}

func kept(t *testing.T, s *store.Store, kind string) []string {
	t.Helper()
	bodies := []string{}
	err := s.View(t.Context(), func(v *store.View) error {
		messages, err := v.Messages(kind, 0, 1000)
		for _, l := range messages {
			bodies = append(bodies, l.Body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bodies
}

func TestMessagesAreDeletedAfterTheirRetention(t *testing.T) {
	c := clock.NewVirtual(start)
	s := memory(t, c)
	plan(t, s)
	var b recordingSink
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &b)
	loop := jobs.New(s, c, quiet)
	loop.Handle(outbox.DeleteExpiredMessages, d.DeleteExpired)

	advance := func(by time.Duration) {
		t.Helper()
		if err := loop.RunUntil(t.Context(), c.Now().Add(by), c.Set); err != nil {
			t.Fatal(err)
		}
	}
	write(t, s, "mail", "old")
	write(t, s, "record", "old record")
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	advance(60 * day)
	write(t, s, "mail", "young")
	advance(30 * day)
	same(t, "a moment before", []string{"old", "young"}, kept(t, s, "mail"))
	advance(4 * time.Hour)
	same(t, "the midnight after", []string{"young"}, kept(t, s, "mail"))
	same(t, "delivered records", []string{}, kept(t, s, "record"))
	advance(365 * day)
	same(t, "a year later", []string{}, kept(t, s, "mail"))
	err := s.View(t.Context(), func(v *store.View) error {
		rows, err := v.JobsDueBy(c.Now().Add(10*day), 10)
		if len(rows) != 1 || !rows[0].At.After(c.Now()) || rows[0].At.Sub(c.Now()) > day {
			t.Errorf("planned next: %v", rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// When the clock is moved by months, messages become old before they can be
// delivered.
func TestUndeliveredMessagesAreNotDeleted(t *testing.T) {
	for _, many := range []int{2, 250} {
		c := clock.NewVirtual(start)
		s := memory(t, c)
		plan(t, s)
		var b recordingSink
		d := outbox.New(s, quiet, outbox.Options{})
		d.Sink("record", &b)
		loop := jobs.New(s, c, quiet)
		loop.Handle(outbox.DeleteExpiredMessages, d.DeleteExpired)
		write(t, s, "mail", "before")
		// The message written last has the earliest time.
		c.Set(c.Now().Add(day))
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			for i, body := range numbers(many) {
				if err := tx.InsertMessage(store.Message{Kind: "record", Body: body, At: c.Now().Add(-time.Duration(i) * time.Minute)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := loop.RunUntil(t.Context(), start.Add(200*day), c.Set); err != nil {
			t.Fatal(err)
		}
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "delivered", numbers(many), b.bodies())
		if err := loop.RunUntil(t.Context(), start.Add(202*day), c.Set); err != nil {
			t.Fatal(err)
		}
		same(t, "records in the end", []string{}, kept(t, s, "record"))
		same(t, "mails in the end", []string{}, kept(t, s, "mail"))
	}
}

func TestALongMoveOfTheClockRunsOneDeletion(t *testing.T) {
	c := clock.NewVirtual(start)
	s := memory(t, c)
	plan(t, s)
	d := outbox.New(s, quiet, outbox.Options{})
	loop := jobs.New(s, c, quiet)
	removals := 0
	loop.Handle(outbox.DeleteExpiredMessages, d.DeleteExpired)
	loop.OnCommit(func() { removals++ })
	write(t, s, "mail", "old")
	end := time.Date(9999, 12, 30, 12, 0, 0, 0, time.UTC)
	for _, until := range []time.Time{end, end.Add(12 * time.Hour)} {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.UpsertFact(store.VirtualNow, until.Format(time.RFC3339Nano))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := loop.RunUntil(t.Context(), until, c.Set); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "removals", 2, removals)
	same(t, "mails", []string{}, kept(t, s, "mail"))
}
