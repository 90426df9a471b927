package jobs

import (
	"errors"
	"sync"
	"time"

	"accord/internal/store"
)

// failures remembers the rows whose handlers failed. It is lost with the process,
// and then each row is simply tried at once.
type failures struct {
	first, longest time.Duration

	mu   sync.Mutex
	rows map[store.Job]*failure
}

type failure struct {
	times int
	// poison is true when the row itself is at fault, not rivals or the store.
	poison bool
	// rests is true until the row may be tried again.
	rests bool
	// rest ends the resting; nil for a row that rests for good.
	rest *time.Timer
}

// add notes that a row failed and how long it rests: twice as long each time.
// again is called when the rest is over.
func (f *failures) add(d store.Job, err error, again func()) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.row(d)
	rest := f.longest
	if doubled := f.first << row.times; row.times < 30 && doubled < f.longest {
		rest = doubled
	}
	row.times++
	row.poison = !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrUnknown)
	row.rests = true
	if row.rest != nil {
		row.rest.Stop()
	}
	row.rest = time.AfterFunc(rest, func() {
		f.mu.Lock()
		row.rests = false
		f.mu.Unlock()
		again()
	})
	return rest
}

// leave notes that nobody can do a row, and reports whether that is news.
func (f *failures) leave(d store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.row(d)
	news := !row.rests
	row.rests = true
	return news
}

func (f *failures) row(d store.Job) *failure {
	if f.rows == nil {
		f.rows = map[store.Job]*failure{}
	}
	if f.rows[d] == nil {
		f.rows[d] = &failure{}
	}
	return f.rows[d]
}

// over notes that a row is done.
func (f *failures) over(d store.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if row := f.rows[d]; row != nil {
		row.stop()
		delete(f.rows, d)
	}
}

// poisoned reports whether a row failed by its own fault and is not done yet.
func (f *failures) poisoned(d store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.rows[d]
	return row != nil && row.poison
}

// resting reports whether a row is not to be tried yet.
func (f *failures) resting(d store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.rows[d]
	return row != nil && row.rests
}

// forget ends every rest.
func (f *failures) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, row := range f.rows {
		row.stop()
	}
	f.rows = nil
}

func (r *failure) stop() {
	if r.rest != nil {
		r.rest.Stop()
	}
}
