package server

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// within makes a deadline that is so far away, and ends it with the test.
func within(t *testing.T, parent context.Context, d time.Duration) *deadline {
	t.Helper()
	ctx := &deadline{Context: parent, at: time.Now().Add(d)}
	t.Cleanup(ctx.end)
	return ctx
}

func TestDeadlineEndsAContext(t *testing.T) {
	for name, waits := range map[string]bool{"with a timer": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := within(t, t.Context(), 30*time.Millisecond)
				if at, is := ctx.Deadline(); !is || at != ctx.at || ctx.Err() != nil {
					t.Fatalf("deadline %v, %v; error %v", at, is, ctx.Err())
				}
				if waits {
					<-ctx.Done()
				} else {
					time.Sleep(40 * time.Millisecond)
				}
				if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
					t.Errorf("error %v", ctx.Err())
				}
			})
		})
	}
}

func TestDeadlineEndsWithItsParent(t *testing.T) {
	for name, waits := range map[string]bool{"with a timer": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			parent, cancel := context.WithCancel(t.Context())
			ctx := within(t, parent, time.Hour)
			if waits {
				ctx.Done()
			}
			cancel()
			if waits {
				<-ctx.Done()
			}
			if !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("error %v", ctx.Err())
			}
		})
	}
	parent, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	want, _ := parent.Deadline()
	if at, _ := within(t, parent, time.Hour).Deadline(); at != want {
		t.Errorf("deadline %v, the parent's is %v", at, want)
	}
}

func TestDeadlineEndsWithItsCall(t *testing.T) {
	for name, waits := range map[string]bool{"with a timer": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			ctx := within(t, t.Context(), time.Hour)
			if waits {
				ctx.Done()
			}
			ctx.end()
			if !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("error %v", ctx.Err())
			}
			<-ctx.Done()
			if !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("error %v after a wait", ctx.Err())
			}
		})
	}
}

func TestContextsDeriveFromADeadline(t *testing.T) {
	type key struct{}
	ctx := within(t, context.WithValue(t.Context(), key{}, "value"), time.Hour)
	derived, cancel := context.WithCancel(ctx)
	defer cancel()
	if derived.Value(key{}) != "value" || ctx.Value(key{}) != "value" {
		t.Error("a value of the parent is lost")
	}
	ctx.end()
	<-derived.Done()
	if !errors.Is(derived.Err(), context.Canceled) || !errors.Is(context.Cause(derived), context.Canceled) {
		t.Errorf("error %v, cause %v", derived.Err(), context.Cause(derived))
	}
}
