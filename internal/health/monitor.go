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
	// told is true once the log has the episode, and toldAt when it had one of a reason last.
	told   bool
	toldAt map[Reason]time.Time
	// last is when there was the last error.
	last time.Time
}

// quiet is how long an episode that ends byQuiet has to have been without an error before a
// change that succeeds ends it.
const quiet = 2 * time.Second

// An episode that begins within seldom after another one of its reason is logged if it lasts
// for longer than brief. A store that fails and serves in turn, many times in a second, does not
// fill the log.
const (
	seldom = 10 * time.Second
	brief  = time.Second
)

// NewMonitor returns a monitor that logs to log and measures by a clock of the system.
// failed counts an error with its reason, begun the begin and the end of an episode.
func NewMonitor(log *slog.Logger, wall clock.Clock, failed func(Reason), begun func(reason Reason, begun bool)) *Monitor {
	return &Monitor{log: log, clock: wall, failed: failed, begun: begun, toldAt: map[Reason]time.Time{}}
}

// Current returns the error that began the present episode, or nil.
func (m *Monitor) Current() *NotReady {
	if m == nil {
		return nil
	}
	return m.current.Load()
}

// Refusal returns the error of an episode in which nothing is to be written, or nil.
func (m *Monitor) Refusal() error {
	if e := m.Current(); e != nil && reasons[e.Reason].ends >= byACheck {
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
	if before != nil && (before.Reason == e.Reason || reasons[before.Reason].ends >= max(byACheck, reasons[e.Reason].ends)) {
		m.tell(before)
		return err
	}
	// Another reason is news: a disk that was full, and now fails.
	m.current.Store(e)
	m.since, m.told = m.last, false
	if before == nil {
		m.errors = 1
	} else {
		m.begun(before.Reason, false)
	}
	m.begun(e.Reason, true)
	m.tell(e)
	return err
}

// tell logs the present episode, if that is due.
func (m *Monitor) tell(e *NotReady) {
	last, known := m.toldAt[e.Reason]
	if m.told || known && m.last.Sub(last) < seldom && m.last.Sub(m.since) < brief {
		return
	}
	m.told, m.toldAt[e.Reason] = true, m.last
	m.log.LogAttrs(context.Background(), slog.LevelError, "the store cannot serve",
		slog.String("reason", string(e.Reason)), slog.String("meaning", e.Reason.Text()), slog.String("cure", e.Cure), slog.Any("error", e.Cause))
}

// Succeeded notes that a change was committed, which ends an episode that is to end so, unless
// other changes fail at the same time.
func (m *Monitor) Succeeded() {
	m.end(func(e ending) bool {
		return e == byAChange || e == byQuiet && m.clock.Now().Sub(m.last) >= quiet
	})
}

// Whole notes that a check found the store whole, which ends an episode that waits for it.
func (m *Monitor) Whole() { m.end(func(e ending) bool { return e == byACheck }) }

// end ends the episode if there is one that ends so.
func (m *Monitor) end(so func(ending) bool) {
	if m == nil || m.current.Load() == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.current.Load()
	if e == nil || !so(reasons[e.Reason].ends) {
		return
	}
	m.current.Store(nil)
	m.begun(e.Reason, false)
	if !m.told {
		return
	}
	m.log.LogAttrs(context.Background(), slog.LevelWarn, "the store serves again",
		slog.String("reason", string(e.Reason)), slog.Duration("after", m.clock.Now().Sub(m.since)), slog.Int("errors", m.errors))
}
