package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/handshake"
	"accord/internal/ident"
)

// answered asks for an answer, and returns it with whether it was made.
func answered(t *testing.T, s *Store, key string, read func(*View) error, body string) (got string, made bool) {
	t.Helper()
	if err := s.View(t.Context(), func(v *View) error {
		answer, err := v.Answer([]byte(key), func() error {
			made = true
			return read(v)
		}, func() ([]byte, error) { return []byte(body), nil })
		got = string(answer)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return got, made
}

func TestAnswersAreKeptUntilAWrite(t *testing.T) {
	s := openCached(t, false)
	read := func(*View) error { return nil }
	for _, step := range []struct {
		key, body, want string
		made            bool
	}{
		{"key", "1", "1", true},
		{"key", "2", "1", false},
		{"other key", "3", "3", true},
		{"key", "4", "1", false},
	} {
		if got := string(s.Kept([]byte(step.key))); step.made != (got == "") || !step.made && got != step.want {
			t.Errorf("%s: %q is kept, want %+v", step.key, got, step)
		}
		if got, made := answered(t, s, step.key, read, step.body); got != step.want || made != step.made {
			t.Errorf("%s: %q, made: %v, want %+v", step.key, got, made, step)
		}
	}
	if err := setFacts(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	if got := s.Kept([]byte("key")); got != nil {
		t.Errorf("after a write %q is kept", got)
	}
	if got, made := answered(t, s, "key", read, "5"); got != "5" || !made {
		t.Errorf("after a write the answer is %q", got)
	}
}

func TestRowsOfAKeptAnswerAreNotCached(t *testing.T) {
	for name, c := range map[string]struct {
		read func(*View) error
		want int
	}{
		"kept":             {func(*View) error { return nil }, 0},
		"not for its time": {func(v *View) error { v.Now(); return nil }, 2},
	} {
		s := openCached(t, false)
		answered(t, s, "key", func(v *View) error {
			if _, err := v.Account("999999999999"); err != ErrNotFound {
				t.Error(err)
			}
			_, err := v.Account(cachedAccount)
			return errors.Join(err, c.read(v))
		}, "answer")
		if n := rowsOf(cacheNow(t, s)); n != c.want {
			t.Errorf("%s: %d results are cached, want %d", name, n, c.want)
		}
	}
}

func TestAFailedCallIsNotKept(t *testing.T) {
	s := openCached(t, false)
	for range 2 {
		ran := false
		err := s.View(t.Context(), func(v *View) error {
			_, err := v.Answer([]byte("key"), func() error {
				ran = true
				return ErrNotFound
			}, func() ([]byte, error) { return []byte("answer"), nil })
			return err
		})
		if err != ErrNotFound || !ran {
			t.Errorf("%v, run: %v", err, ran)
		}
	}
}

// TestAnswersAreKeptForTheirTime: those that depend on the time not at all, those that
// depend on whether an instant is reached until then, also when the clock is set back.
func TestAnswersAreKeptForTheirTime(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 29, hour, 0, 0, 0, time.UTC) }
	until := func(hours ...int) func(*View) error {
		return func(v *View) error {
			for _, hour := range hours {
				v.NowUntil(at(hour))
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		read func(*View) error
		// made says at which of the hours 1, 2, 3, 4 and again 1 the answer is made.
		made string
	}{
		"never":                     {until(), "x----"},
		"one instant":               {until(3), "x-x-x"},
		"the earliest of two":       {until(4, 3), "x-xxx"},
		"an instant that is over":   {until(1), "x----"},
		"the current time":          {func(v *View) error { v.Now(); return nil }, "xxxxx"},
		"a query with it":           {func(v *View) error { _, err := v.PendingJobs("o-aaaaaaaaaa", 10); return err }, "xxxxx"},
		"an instant and the time":   {func(v *View) error { v.Now(); return until(3)(v) }, "xxxxx"},
		"the row of a handshake":    {func(v *View) error { _, _ = v.Handshake("h-1"); return nil }, "x-x-x"},
		"a row without an instant":  {func(v *View) error { _, err := v.Account(cachedAccount); return err }, "x----"},
		"an instant out of reach":   {until(9), "x----"},
		"an instant, the other way": {until(3, 4), "x-xxx"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openCached(t, false)
			if err := s.Update(t.Context(), func(tx *Tx) error {
				return tx.InsertHandshake(handshake.Handshake{ID: "h-1", Kind: handshake.Invite, Stored: handshake.Open,
					Originator: ident.Owner{Organization: "o-aaaaaaaaaa", Management: cachedAccount, Partition: "aws"},
					Requested:  at(0), Expires: at(2), Retention: time.Hour})
			}); err != nil {
				t.Fatal(err)
			}
			made := ""
			for _, hour := range []int{1, 2, 3, 4, 1} {
				s.options.Clock = clock.NewVirtual(at(hour))
				kept := s.Kept([]byte("key")) != nil
				_, ran := answered(t, s, "key", c.read, "answer")
				if kept == ran {
					t.Errorf("hour %d: kept %v, made %v", hour, kept, ran)
				}
				if ran {
					made += "x"
				} else {
					made += "-"
				}
			}
			if made != c.made {
				t.Errorf("made %s, want %s", made, c.made)
			}
		})
	}
}

// A store that rehearses makes each answer again, and panics if it is another one.
func TestAnAnswerThatChangesIsNoticed(t *testing.T) {
	s := openCached(t, true)
	read := func(*View) error { return nil }
	answered(t, s, "key", read, "1")
	answered(t, s, "key", read, "1")
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "the cache has the answer 1") {
			t.Errorf("recovered %q", text)
		}
	}()
	answered(t, s, "key", read, "2")
}
