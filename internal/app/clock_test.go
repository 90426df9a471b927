package app_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/clock"
)

func TestTheVirtualClockContinuesAfterARestart(t *testing.T) {
	c := apptest.Config(t, "store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"), "clock", "virtual")
	first := open(t, c)
	handshake := first.invite()
	if err := first.Clock.Advance(t.Context(), 14*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	before := first.Clock.Now()
	first.close()

	second := open(t, c)
	defer second.close()
	if now := second.Clock.Now(); !now.Equal(before) || !now.Equal(start.Add(14*24*time.Hour)) {
		t.Errorf("the clock was at %v and is at %v", before, now)
	}
	if state := second.stateOf(handshake); state != "OPEN" {
		t.Errorf("after 14 days the invitation is %v", state)
	}
	if err := second.Clock.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if state := second.stateOf(handshake); state != "EXPIRED" {
		t.Errorf("after 15 days the invitation is %v", state)
	}
}

func TestAStoreKeepsItsKindOfClock(t *testing.T) {
	for served, wanted := range map[string]string{"system": "virtual", "virtual": "system"} {
		url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
		open(t, apptest.Config(t, "store", url, "clock", served)).close()
		_, err := app.Open(t.Context(), apptest.Config(t, "store", url, "clock", wanted), app.Options{})
		var other *app.ClockError
		if !errors.As(err, &other) || string(other.Served) != served || string(other.Wanted) != wanted {
			t.Fatalf("a store of the clock %s was opened with %s: %v", served, wanted, err)
		}
		if text := err.Error(); !strings.Contains(text, "--store memory") || strings.Contains(text, "\n") {
			t.Errorf("the error names no remedy in one line: %s", text)
		}
		// The error has not changed the clock of the store, nor kept its lock.
		open(t, apptest.Config(t, "store", url, "clock", served)).close()
	}
}

func TestJobsRunWhenTheClockMoves(t *testing.T) {
	a := open(t, apptest.Config(t, "clock", "virtual", "behavior", "account-creation-delay=72h"))
	defer a.close()
	a.must(alice, "CreateOrganization", `{}`)
	a.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)
	if err := a.Clock.Set(t.Context(), start.Add(100*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list := a.must(alice, "ListCreateAccountStatus", `{}`)["CreateAccountStatuses"].([]any)[0].(map[string]any)
	if took := list["CompletedTimestamp"].(float64) - list["RequestedTimestamp"].(float64); list["State"] != "SUCCEEDED" || took != 72*3600 {
		t.Errorf("%v after %v s", list["State"], took)
	}
	if now := a.Clock.Now(); !now.Equal(start.Add(100 * time.Hour)) {
		t.Errorf("the clock is at %v", now)
	}
}

func TestTheClockMovesBackOnlyWithoutAccounts(t *testing.T) {
	a := open(t, apptest.Config(t, "clock", "virtual"))
	defer a.close()
	ctx := t.Context()
	earlier := start.Add(-1000 * time.Hour)
	if err := a.Clock.Set(ctx, earlier); err != nil || !a.Clock.Now().Equal(earlier) {
		t.Fatalf("in the empty store: %v, the clock is at %v", err, a.Clock.Now())
	}
	a.invite()
	if err := a.Clock.Advance(ctx, -time.Second); !errors.Is(err, clock.ErrNotNow) || !a.Clock.Now().Equal(earlier) {
		t.Fatalf("in the store that has accounts: %v, the clock is at %v", err, a.Clock.Now())
	}
	if err := a.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Clock.Advance(ctx, -time.Second); err != nil {
		t.Errorf("after a reset: %v", err)
	}
	for _, year := range []int{1969, 10000} {
		if err := a.Clock.Set(ctx, time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC)); !errors.Is(err, clock.ErrOutOfRange) {
			t.Errorf("year %d: %v", year, err)
		}
	}
}

func TestTheSystemClockIsNotMoved(t *testing.T) {
	a := open(t, apptest.Config(t))
	defer a.close()
	if err := a.Clock.Advance(t.Context(), time.Hour); !errors.Is(err, clock.ErrNotNow) {
		t.Error(err)
	}
	before := time.Now().Truncate(time.Millisecond)
	if now := a.Clock.Now(); now.Before(before) || now.After(time.Now()) {
		t.Errorf("after %v it is %v", before, now)
	}
}
