package postgres

import (
	"database/sql/driver"
	"errors"
	"testing"

	"accord/internal/store/engine"
)

func TestAPanicReachesItsOwnGoroutine(t *testing.T) {
	for name, whenSent := range map[string]bool{"its change was deferred": false, "its change was sent": true} {
		t.Run(name, func(t *testing.T) {
			e := openTable(t)
			const members, panicking = 4, 1
			errs := group(t, e, members, func(i int, s engine.Session) error {
				if err := insert(s, nameOf(i)); err != nil || i != panicking {
					return err
				}
				if whenSent {
					if _, err := transaction(s); err != nil {
						return err
					}
				}
				panic("expected")
			})
			for i, err := range errs {
				if (err != nil) != (i == panicking) || err != nil && err.Error() != "panic: expected" {
					t.Errorf("%d: %v", i, err)
				}
			}
			wantFacts(t, e, func(i int) bool { return i != panicking }, members)
		})
	}
}

// TestAPanicOfTheGroupIsNoSuccess: what panics outside of the functions of the members,
// such as the driver, leaves none of them with an answer.
func TestAPanicOfTheGroupIsNoSuccess(t *testing.T) {
	e := openTable(t)
	errs := group(t, e, 3, func(i int, s engine.Session) error {
		if i == 2 {
			// The functions have returned when COMMIT is sent with this.
			s.(*session).deferred = append(s.(*session).deferred, statement{query: "SELECT $1", args: []any{panicking{}}})
		}
		return insert(s, nameOf(i))
	})
	for i, err := range errs {
		if err == nil {
			t.Errorf("%d: no error", i)
		} else if i > 0 && !errors.Is(err, engine.ErrUnknown) {
			t.Errorf("%d: %v", i, err)
		}
	}
	wantFacts(t, e, func(int) bool { return false }, 3)
	update(t, e, func(s engine.Session) error { return insert(s, nameOf(0)) })
}

// panicking is an argument that panics when it is sent.
type panicking struct{}

func (panicking) Value() (driver.Value, error) { panic("expected") }
