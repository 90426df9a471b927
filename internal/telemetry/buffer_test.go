package telemetry_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/internal/telemetry"
)

// output records the writes to it.
type output struct {
	mu     sync.Mutex
	writes []string
	err    error
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writes = append(o.writes, string(p))
	return len(p), o.err
}

func (o *output) written() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.writes...)
}

func buffered(t *testing.T) (*telemetry.Log, *telemetry.Buffer, *output) {
	t.Helper()
	out := &output{}
	buffer := telemetry.NewBuffer(out)
	return telemetry.NewLog(buffer, telemetry.Options{Format: telemetry.Text}), buffer, out
}

func TestLinesAreWrittenTogether(t *testing.T) {
	log, buffer, out := buffered(t)
	for i := range 10 {
		log.Info("line", "n", i)
	}
	if got := out.written(); len(got) != 0 {
		t.Fatalf("written at once: %q", got)
	}
	if err := buffer.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := out.written(); len(got) != 1 || strings.Count(got[0], "\n") != 10 {
		t.Errorf("written: %q", got)
	}
}

func TestLinesAreWrittenAfterAWhile(t *testing.T) {
	log, _, out := buffered(t)
	for round := range 2 {
		log.Info("line")
		for range 12_000 { // A minute: only a line that is never written takes so long.
			if len(out.written()) > round {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if got := out.written(); len(got) != round+1 {
			t.Fatalf("round %d: written %q", round, got)
		}
	}
}

func TestABufferThatIsFullIsWritten(t *testing.T) {
	log, buffer, out := buffered(t)
	long := strings.Repeat("x", 1000)
	for i := range 200 {
		log.Info("line", "n", i, "text", long)
	}
	if got := out.written(); len(got) < 3 {
		t.Errorf("%d writes for 200 kB", len(got))
	}
	log.Info("line", "text", strings.Repeat("x", 200_000))
	if err := buffer.Flush(); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(out.written(), ""); strings.Count(all, "\n") != 201 {
		t.Errorf("%d lines, want 201", strings.Count(all, "\n"))
	}
}

func TestErrorsAreWrittenAtOnce(t *testing.T) {
	log, _, out := buffered(t)
	for name, from := range map[string]*slog.Logger{"plain": log.Logger, "with attributes": log.With("a", 1), "in a group": log.WithGroup("g")} {
		before := len(out.written())
		from.Warn("before")
		if got := out.written(); len(got) != before {
			t.Fatalf("%s: a warning was written at once", name)
		}
		from.Error("failed")
		got := out.written()
		if len(got) != before+1 || !strings.Contains(got[before], "before") || !strings.Contains(got[before], "failed") {
			t.Errorf("%s: written %q", name, got[before:])
		}
	}
}

func TestAFailureToWriteIsReported(t *testing.T) {
	log, buffer, out := buffered(t)
	out.err = errors.New("disk full")
	log.Info("line")
	if err := buffer.Flush(); !errors.Is(err, out.err) {
		t.Errorf("error %v", err)
	}
	out.err = nil
	log.Info("other")
	if err := buffer.Flush(); err != nil || !strings.Contains(out.written()[1], "other") {
		t.Errorf("error %v, written %q", err, out.written())
	}
}

func TestLinesOfManyGoroutinesStayWhole(t *testing.T) {
	log, buffer, out := buffered(t)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 500 {
				log.Info("line", "id", fmt.Sprintf("%d-%d", g, i))
			}
		})
	}
	all.Wait()
	if err := buffer.Flush(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(strings.Join(out.written(), "")) {
		_, id, _ := strings.Cut(strings.TrimSpace(line), "id=")
		seen[id] = true
	}
	if len(seen) != 4000 {
		t.Errorf("%d lines, want 4000", len(seen))
	}
}
