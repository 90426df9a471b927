package health_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/health"
)

// watched is a monitor with what it said.
type watched struct {
	*health.Monitor
	log    bytes.Buffer
	events []string
	clock  *clock.Virtual
}

func watch() *watched {
	w := &watched{clock: clock.NewVirtual(time.Unix(0, 0))}
	w.Monitor = health.NewMonitor(slog.New(slog.NewTextHandler(&w.log, nil)), w.clock,
		func(r health.Reason) { w.events = append(w.events, "error "+string(r)) },
		func(r health.Reason, begun bool) { w.events = append(w.events, fmt.Sprintf("episode %s %t", r, begun)) })
	return w
}

var (
	errFull    = &health.NotReady{Reason: health.DiskFull, Cure: "free space on /data", Cause: errors.New("database or disk is full")}
	errLocked  = &health.NotReady{Reason: health.Locked, Cure: "end the other program"}
	errDamaged = &health.NotReady{Reason: health.Damaged, Cure: "restore a backup"}
)

func TestAnEpisodeIsLoggedWhenItBeginsAndWhenItEnds(t *testing.T) {
	w := watch()
	w.Succeeded()
	_ = w.Note(errors.New("of another kind"))
	if w.log.Len() > 0 || w.Current() != nil {
		t.Errorf("without an error of the store: %s", w.log.String())
	}
	for range 3 {
		_ = w.Note(fmt.Errorf("beginning: %w", errFull))
		w.Succeeded() // A small change, beside others that fail.
		w.clock.Set(w.clock.Now().Add(time.Second))
	}
	w.clock.Set(w.clock.Now().Add(time.Second))
	if w.Current() != errFull || w.Refusal() != nil {
		t.Errorf("%v, %v", w.Current(), w.Refusal())
	}
	for range 2 {
		w.Succeeded()
	}
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2:\n%s", len(lines), w.log.String())
	}
	for i, wants := range [][]string{
		{"level=ERROR", "reason=disk-full", `cure="free space on /data"`, "database or disk is full"},
		{"level=WARN", "reason=disk-full", "after=4s", "errors=3"},
	} {
		for _, want := range wants {
			if !strings.Contains(lines[i], want) {
				t.Errorf("line %d lacks %s: %s", i, want, lines[i])
			}
		}
	}
	want := []string{"error disk-full", "episode disk-full true", "error disk-full", "error disk-full", "episode disk-full false"}
	if !slices.Equal(w.events, want) {
		t.Errorf("%q, want %q", w.events, want)
	}
}

// TestAnEpisodeOfWhichNothingIsLeftEndsAtOnce: a database that can be reached again serves all
// changes.
func TestAnEpisodeOfWhichNothingIsLeftEndsAtOnce(t *testing.T) {
	w := watch()
	_ = w.Note(errLocked)
	if w.Succeeded(); w.Current() != nil {
		t.Errorf("%v remains", w.Current())
	}
}

func TestAnotherReasonIsNews(t *testing.T) {
	w := watch()
	_ = w.Note(errFull)
	_ = w.Note(errLocked)
	want := []string{"error disk-full", "episode disk-full true", "error locked", "episode disk-full false", "episode locked true"}
	if w.Current() != errLocked || !slices.Equal(w.events, want) {
		t.Errorf("%v, %q", w.Current(), w.events)
	}
}

// TestALastingReasonRefusesWrites: a write that succeeds in a damaged store proves
// nothing.
func TestALastingReasonRefusesWrites(t *testing.T) {
	w := watch()
	_ = w.Note(errDamaged)
	w.Succeeded()
	_ = w.Note(errFull)
	if w.Current() != errDamaged || !errors.Is(w.Refusal(), errDamaged) {
		t.Errorf("%v, %v", w.Current(), w.Refusal())
	}
}

func TestANilMonitorFollowsNothing(t *testing.T) {
	var m *health.Monitor
	_ = m.Note(errFull)
	m.Succeeded()
	if m.Current() != nil || m.Refusal() != nil {
		t.Error("it followed something")
	}
}

// TestAStoreThatFailsAndServesInTurnDoesNotFillTheLog, and an episode that lasts is logged also soon
// after others. The control: episodes that are far apart have their lines.
func TestAStoreThatFailsAndServesInTurnDoesNotFillTheLog(t *testing.T) {
	lines := func(w *watched, text string) int { return strings.Count(w.log.String(), text) }
	const times = 1000
	flap := func(pause time.Duration) *watched {
		w := watch()
		for range times {
			_ = w.Note(errLocked)
			w.clock.Set(w.clock.Now().Add(pause / 2))
			w.Succeeded()
			w.clock.Set(w.clock.Now().Add(pause / 2))
		}
		return w
	}
	w := flap(10 * time.Millisecond)
	if n, ends := lines(w, "cannot serve"), lines(w, "serves again"); n != 1 || ends != 1 {
		t.Errorf("%d episodes in ten seconds begin in %d lines and end in %d", times, n, ends)
	}
	for range 30 {
		_ = w.Note(errLocked)
		w.clock.Set(w.clock.Now().Add(100 * time.Millisecond))
	}
	w.Succeeded()
	if n, ends := lines(w, "cannot serve"), lines(w, "serves again"); n != 2 || ends != 2 {
		t.Errorf("one that lasts makes it %d lines and %d", n, ends)
	}
	control := flap(20 * time.Second)
	if n, ends := lines(control, "cannot serve"), lines(control, "serves again"); n != times || ends != times {
		t.Errorf("the control: %d lines and %d for %d episodes", n, ends, times)
	}
	t.Logf("evidence: a store that failed %d times in ten seconds: 1 line when that began, 1 when it ended; control, %d times far apart: %d lines", times, times, lines(control, "reason="))
}
