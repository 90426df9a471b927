package health

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"accord/internal/clock"
)

// Monitor follows the episodes in which a store cannot serve: from the first error to
// the next write that succeeds. It logs a line when an episode begins and one when it
// ends, however many errors there are. A nil Monitor follows nothing.
type Monitor struct {
	log   *slog.Logger
	clock clock.Clock
	// failed is called for each error, begun when an episode begins or ends.
	failed func(Reason)
	begun  func(reason Reason, begun bool)

	// current is the error that began the episode; nil while there is none.
	current atomic.Pointer[NotReady]
	mu      sync.Mutex
	since   time.Time
	errors  int
	// last is when there was the last error.
	last time.Time
}

// quiet is how long a partial reason has to have been without an error before a change that
// succeeds ends its episode.
const quiet = 2 * time.Second

// NewMonitor returns a monitor that logs to log and measures by a clock of the system.
// failed counts an error with its reason, begun the begin and the end of an episode.
func NewMonitor(log *slog.Logger, wall clock.Clock, failed func(Reason), begun func(reason Reason, begun bool)) *Monitor {
	return &Monitor{log: log, clock: wall, failed: failed, begun: begun}
}

// Current returns the error that began the present episode, or nil.
func (m *Monitor) Current() *NotReady {
	if m == nil {
		return nil
	}
	return m.current.Load()
}

// Refusal returns the error of a lasting episode, or nil: nothing more is to be written.
func (m *Monitor) Refusal() error {
	if e := m.Current(); e != nil && e.Reason.Lasting() {
		return e
	}
	return nil
}

// Note notes that a transaction ended with an error, which it returns. It does nothing else
// unless a NotReady is in its chain.
func (m *Monitor) Note(err error) error {
	e := NotReadyIn(err)
	if m == nil || e == nil {
		return err
	}
	m.failed(e.Reason)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.errors++
	m.last = m.clock.Now()
	before := m.current.Load()
	if before != nil && (before.Reason == e.Reason || before.Reason.Lasting()) {
		return err
	}
	// Another reason is news: a disk that was full, and now fails.
	m.current.Store(e)
	if before == nil {
		m.since, m.errors = m.clock.Now(), 1
	} else {
		m.begun(before.Reason, false)
	}
	m.begun(e.Reason, true)
	m.log.LogAttrs(context.Background(), slog.LevelError, "the store cannot serve",
		slog.String("reason", string(e.Reason)), slog.String("meaning", e.Reason.Text()), slog.String("cure", e.Cure), slog.Any("error", e.Cause))
	return err
}

// Succeeded notes that a change was committed, which ends an episode that is not lasting, unless
// other changes fail at the same time.
func (m *Monitor) Succeeded() {
	if m == nil || m.current.Load() == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.current.Load()
	if e == nil || e.Reason.Lasting() || reasons[e.Reason].partial && m.clock.Now().Sub(m.last) < quiet {
		return
	}
	m.current.Store(nil)
	m.begun(e.Reason, false)
	m.log.LogAttrs(context.Background(), slog.LevelWarn, "the store serves again",
		slog.String("reason", string(e.Reason)), slog.Duration("after", m.clock.Now().Sub(m.since)), slog.Int("errors", m.errors))
}
