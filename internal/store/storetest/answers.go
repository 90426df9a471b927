package storetest

import (
	"fmt"
	"time"

	"accord/internal/store"
)

var answers = []testCase{
	{"an answer is that of the state and of the instant", func(t *fixture) {
		t.with(store.Options{})
		for n := range int64(4) {
			t.write(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 1) })
			for _, at := range []time.Time{epoch, epoch.Add(time.Hour), epoch} {
				t.clock.Set(at)
				want := fmt.Sprint(n+1, at.Equal(epoch))
				read(t, func(v *store.View) (any, error) {
					var made string
					kept, err := v.Answer([]byte("key"), func() error {
						count, err := v.Counter(ours.ID, "a")
						made = fmt.Sprint(count, v.NowUntil(epoch.Add(time.Hour)).Equal(epoch))
						return err
					}, func() ([]byte, error) { return []byte(made), nil })
					if kept != nil {
						made = string(kept)
					}
					// An engine may keep none.
					if again := t.store().Kept([]byte("key")); again != nil && string(again) != want {
						t.Errorf("at %v the kept answer is %q, want %q", at, again, want)
					}
					if made != want {
						t.Errorf("at %v the answer is %q, want %q", at, made, want)
					}
					return nil, err
				})
			}
		}
	}},
}
