package jobs

import (
	"errors"
	"sync"
	"time"

	"accord/internal/store"
)

// failures are the jobs whose handlers failed. They are lost with the process, and
// then each job is retried at once.
type failures struct {
	first, longest time.Duration

	mu   sync.Mutex
	jobs map[store.Job]*failure
}

type failure struct {
	times int
	// poison is true when the job itself failed, not the store or a conflict.
	poison bool
	// waits is true until the job may be retried.
	waits bool
	// timer ends the wait; nil for a job that is never retried.
	timer *time.Timer
}

// add notes that a job failed and how long it waits: twice as long each time. again
// is called when the wait is over.
func (f *failures) add(job store.Job, err error, again func()) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := f.failure(job)
	wait := f.longest
	if doubled := f.first << failed.times; failed.times < 30 && doubled < f.longest {
		wait = doubled
	}
	failed.times++
	failed.poison = !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrUnknown)
	failed.waits = true
	failed.stop()
	failed.timer = time.AfterFunc(wait, func() {
		f.mu.Lock()
		failed.waits = false
		f.mu.Unlock()
		again()
	})
	return wait
}

// park notes that a job has no handler, and reports whether that was not known.
func (f *failures) park(job store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := f.failure(job)
	news := !failed.waits
	failed.waits = true
	return news
}

func (f *failures) failure(job store.Job) *failure {
	if f.jobs == nil {
		f.jobs = map[store.Job]*failure{}
	}
	if f.jobs[job] == nil {
		f.jobs[job] = &failure{}
	}
	return f.jobs[job]
}

// done notes that a job is done.
func (f *failures) done(job store.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if failed := f.jobs[job]; failed != nil {
		failed.stop()
		delete(f.jobs, job)
	}
}

// poisoned reports whether a job failed by itself and is not done yet.
func (f *failures) poisoned(job store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := f.jobs[job]
	return failed != nil && failed.poison
}

// waiting reports whether a job is not to be retried yet.
func (f *failures) waiting(job store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := f.jobs[job]
	return failed != nil && failed.waits
}

// clear ends every wait.
func (f *failures) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, failed := range f.jobs {
		failed.stop()
	}
	f.jobs = nil
}

func (f *failure) stop() {
	if f.timer != nil {
		f.timer.Stop()
	}
}
