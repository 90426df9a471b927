package readiness_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/diskspace"
	"accord/internal/health"
	"accord/internal/ident"
	"accord/internal/readiness"
	"accord/internal/store"
)

// TestSpaceIsComparedWithTheMinimum: a warning below twice of it, and failed below it.
func TestSpaceIsComparedWithTheMinimum(t *testing.T) {
	folder := t.TempDir()
	free, err := diskspace.Free(folder)
	if err != nil || free == 0 {
		t.Fatalf("%d bytes free: %v", free, err)
	}
	for min, want := range map[uint64]health.Status{0: health.OK, free / 4: health.OK, free / 4 * 3: health.Warning, free * 4: health.Failed} {
		if got := readiness.Space(folder, min); got.Status != want || (got.Message != "") != (want != health.OK) {
			t.Errorf("a minimum of %d: %+v", min, got)
		}
	}
	absent := filepath.Join(folder, "absent")
	if got := readiness.Space(absent, 0); got.Status != health.Failed || !strings.Contains(got.Message, absent) {
		t.Errorf("a folder that is not there: %+v", got)
	}
}

// fixture is the checks of a store whose probe can fail.
type fixture struct {
	db      *store.Store
	clock   *clock.Virtual
	monitor *health.Monitor
	probe   error
	options readiness.Options
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{clock: clock.NewVirtual(time.Unix(1_800_000_000, 0))}
	f.monitor = health.NewMonitor(slog.New(slog.DiscardHandler), &clock.System{}, func(health.Reason) {}, func(health.Reason, bool) {})
	var err error
	if f.db, err = store.Open(t.Context(), "memory", store.Options{Clock: f.clock, Source: ident.NewSource(), Health: f.monitor}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	f.options = readiness.Options{
		Store: f.db, Monitor: f.monitor, Real: true,
		Probe: func(context.Context) error { return f.probe },
		Clock: func(context.Context) health.Result { return health.Result{Status: health.OK} },
	}
	return f
}

// result runs the check of a name.
func (f *fixture) result(t *testing.T, name string) health.Result {
	t.Helper()
	for _, check := range readiness.Checks(f.options) {
		if check.Name == name {
			return check.Run(t.Context())
		}
	}
	t.Fatalf("there is no check %s", name)
	return health.Result{}
}

// TestAWriteThatFailsHasItsCure, also when its outcome is unknown.
func TestAWriteThatFailsHasItsCure(t *testing.T) {
	f := newFixture(t)
	if got := f.result(t, "write"); got.Status != health.OK {
		t.Errorf("the control: %+v", got)
	}
	full := &health.NotReady{Reason: health.DiskFull, Cure: "free space", Cause: errors.New("full")}
	_ = f.monitor.Note(full)
	for _, err := range []error{full, fmt.Errorf("%w: as text", store.ErrUnknown)} {
		f.probe = err
		if got := f.result(t, "write"); got.Status != health.Failed || got.Value != "disk-full" || !strings.Contains(got.Message, "free space") {
			t.Errorf("%v: %+v", err, got)
		}
	}
}

// TestAJobThatIsLateIsAWarning, unless the clock is virtual.
func TestAJobThatIsLateIsAWarning(t *testing.T) {
	f := newFixture(t)
	if err := f.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertJob(store.Job{At: tx.Now(), Kind: "ExpireHandshake", Subject: "h"})
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		real  bool
		want  health.Status
	}{{59 * time.Second, true, health.OK}, {2 * time.Second, true, health.Warning}, {time.Hour, false, health.OK}} {
		f.clock.Set(f.clock.Now().Add(c.after))
		f.options.Real = c.real
		if got := f.result(t, "jobs"); got.Status != c.want || strings.Contains(got.Message, "ExpireHandshake") != (c.want == health.Warning) {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestTheSchemaOfThisProgramIsReady: that of a newer one is tested with two programs.
func TestTheSchemaOfThisProgramIsReady(t *testing.T) {
	f := newFixture(t)
	if got := f.result(t, "schema"); got.Status != health.OK || got.Value == "0" {
		t.Errorf("%+v", got)
	}
}

// forgetful is a database beside which a program may have forgotten a transaction.
type forgetful [2]string

func (f forgetful) Forgotten() (session, cure string) { return f[0], f[1] }

func (f forgetful) Missing(context.Context) (lost, slow []string, err error) { return nil, nil, nil }

// TestAForgottenTransactionIsAWarning with the session and its end.
func TestAForgottenTransactionIsAWarning(t *testing.T) {
	if got := readiness.Sessions(forgetful{}); got.Status != health.OK || got.Message != "" {
		t.Errorf("without one: %+v", got)
	}
	got := readiness.Sessions(forgetful{"pid 7, for 2m0s", "SELECT pg_terminate_backend(7)"})
	if got.Status != health.Warning || !strings.Contains(got.Value, "pid 7") || !strings.HasSuffix(got.Message, "pg_terminate_backend(7)") {
		t.Errorf("%+v", got)
	}
}
