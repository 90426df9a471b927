package telemetry_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/telemetry"
)

// reader reads a log; while it stands still, writes do not return.
type reader struct {
	mu    sync.Mutex
	goOn  chan struct{}
	lines bytes.Buffer
}

func (r *reader) Write(p []byte) (int, error) {
	<-r.goOn
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.Write(p)
}

func (r *reader) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.String()
}

// TestALogThatNobodyReadsStopsNobody: callers wait for it once, and lines that do not fit into
// the memory for them are counted. The control is a log that is written by those who have a
// line.
func TestALogThatNobodyReadsStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &reader{goOn: make(chan struct{})}
		buffer := telemetry.NewBuffer(out)
		log := telemetry.NewLog(buffer, telemetry.Options{Format: telemetry.Text})
		began, text := time.Now(), strings.Repeat("x", 1000)
		const lines = 5000
		var all sync.WaitGroup
		for n := range lines {
			all.Go(func() {
				log.Info("line", "text", text)
				if n%100 == 0 {
					log.Error("failed")
				}
			})
		}
		all.Wait()
		if err := buffer.Flush(); err != nil {
			t.Error(err)
		}
		waited := time.Since(began)
		if waited > 3*time.Second {
			t.Errorf("callers waited %s", waited)
		}

		control, returned := slog.New(slog.NewTextHandler(out, nil)), false
		go func() {
			control.Info("line")
			returned = true
		}()
		time.Sleep(time.Hour)
		if returned {
			t.Error("the control did not wait: this test shows nothing")
		}

		close(out.goOn)
		synctest.Wait()
		log.Info("again")
		time.Sleep(time.Second)
		found := regexp.MustCompile(`lines of the log were lost.* lines=(\d+)`).FindStringSubmatch(out.text())
		if found == nil {
			t.Fatal("the log does not say that lines were lost")
		}
		lost, err := strconv.Atoi(found[1])
		written := strings.Count(out.text(), "msg=line text=") + strings.Count(out.text(), "msg=failed")
		if err != nil || lost+written != lines+lines/100 || lost == 0 || !strings.Contains(out.text(), "msg=again") {
			t.Errorf("%d lost and %d written of %d: %v", lost, written, lines+lines/100, err)
		}
		t.Logf("evidence: %d lines of a log that nobody reads: callers waited %s in all, %d lines counted as lost, %d written when it was read again; control: who writes by itself waits for an hour", lines+lines/100, waited, lost, written)
		log.Info("last")
		if err := buffer.Flush(); err != nil || strings.Count(out.text(), "were lost") != 1 {
			t.Error(fmt.Sprint(err), "the loss is told more than once")
		}
	})
}
