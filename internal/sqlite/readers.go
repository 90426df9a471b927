package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// readers is a LIFO pool of connections that read: the one that was used last is used
// next, because its pages are still in the caches of the processor.
//
// A connection keeps its snapshot of the file for the next transaction until
// something is committed: to begin and end a transaction costs as much as a small
// query.
type readers struct {
	// open opens a further connection.
	open func() (*Conn, error)
	mu   sync.Mutex
	idle []*Conn
	// free holds a token for each connection that is idle or not open yet.
	free chan struct{}
	// current is the state after the last transaction of the writer that has ended.
	current atomic.Pointer[state]
	// committing is true from before a commit until current is the state after it.
	committing atomic.Bool
	// ahead is current when a snapshot was taken during the commit that follows it: the
	// snapshot may contain the commit, and no later transaction may see less.
	ahead atomic.Pointer[state]
	// releasing is true while no idle connection may keep a snapshot.
	releasing atomic.Bool
}

// checkpointInterval is after how many transactions of the writer the readers release
// their snapshots, for checkpointWrites transactions. SQLite can start its write-ahead
// log from the beginning when a checkpoint finds no older snapshot, and the next
// transaction none at all.
const checkpointInterval, checkpointWrites = 16, 2

func (r *readers) view(ctx context.Context, fn func(*Conn) error) error {
	c, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer r.put(c)
	if current := r.current.Load(); c.snapshot != current || r.ahead.Load() == current {
		if err := r.takeSnapshot(c, current); err != nil {
			return err
		}
	}
	return fn(c)
}

// scratch is that of the state which the next view sees; nil if a view may have seen more.
func (r *readers) scratch() *atomic.Value {
	current := r.current.Load()
	if r.ahead.Load() == current {
		return nil
	}
	return &current.scratch
}

// takeSnapshot takes a snapshot that contains a state: this one, or a newer one whose
// transaction has not returned yet.
func (r *readers) takeSnapshot(c *Conn, current *state) error {
	if err := c.endSnapshot(); err != nil {
		return err
	}
	if err := c.control("BEGIN"); err != nil {
		return err
	}
	c.snapshot = current
	// SQLite takes the snapshot with the first query.
	if err := c.control("SELECT 1 FROM sqlite_schema LIMIT 1"); err != nil {
		return err
	}
	// A newer state is visible to SQLite only between these two.
	c.scratch = &current.scratch
	latest := r.current.Load()
	if r.committing.Load() {
		r.raiseAhead(latest)
		c.scratch = new(atomic.Value)
	} else if r.current.Load() != current {
		c.scratch = new(atomic.Value)
	}
	return nil
}

// raiseAhead notes that a snapshot may contain the commit that follows a state. A reader
// that was held up for a whole commit does not undo what another one has noted since.
func (r *readers) raiseAhead(s *state) {
	for {
		noted := r.ahead.Load()
		if noted != nil && noted.commits >= s.commits || r.ahead.CompareAndSwap(noted, s) {
			return
		}
	}
}

// fill opens the first of some connections.
func (r *readers) fill(limit int) error {
	r.free = make(chan struct{}, limit)
	for range limit - 1 {
		r.free <- struct{}{}
	}
	c, err := r.open()
	if err == nil {
		r.put(c)
	}
	return err
}

// reopenInterval is the time between attempts to open a connection while those that are open
// are in use.
const reopenInterval = 10 * time.Millisecond

// take waits for an idle connection, or opens one. If that fails, as without descriptors, it
// waits for one of the others.
func (r *readers) take(ctx context.Context) (*Conn, error) {
	for {
		select {
		case <-r.free:
			// Nearly always: a select that can wait costs more.
		default:
			select {
			case <-r.free:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if c := r.pop(); c != nil {
			return c, nil
		}
		if c, err := r.open(); err == nil {
			return c, nil
		}
		r.free <- struct{}{}
		select {
		case <-time.After(reopenInterval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pop takes the idle connection that was used last; nil if there is none.
func (r *readers) pop() *Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	if last < 0 {
		return nil
	}
	c := r.idle[last]
	r.idle = r.idle[:last]
	return c
}

// put makes a connection idle. It keeps its snapshot if that is still current.
func (r *readers) put(c *Conn) {
	if c.open != nil {
		_ = c.open.Close()
	}
	if c.failed || r.releasing.Load() || c.snapshot != r.current.Load() {
		_ = c.endSnapshot()
	}
	r.mu.Lock()
	r.idle = append(r.idle, c)
	r.mu.Unlock()
	r.free <- struct{}{}
}

// areBusy reports whether a transaction is running.
func (r *readers) areBusy() bool { return len(r.free) < cap(r.free) }

// beginWrite is called before a transaction of the writer begins.
func (r *readers) beginWrite() {
	if r.current.Load().commits%checkpointInterval < checkpointWrites {
		r.beginRelease()
	}
}

// beginRelease ends the snapshots of idle connections, which then keep none.
func (r *readers) beginRelease() {
	r.releasing.Store(true)
	r.endSnapshots()
}

func (r *readers) endRelease() { r.releasing.Store(false) }

// beginCommit is called before a transaction of the writer commits a change.
func (r *readers) beginCommit() { r.committing.Store(true) }

// endWrite is called when a transaction of the writer has ended. If it can have changed
// something the next transactions take new snapshots, and what was derived from the state
// before is dropped if it may differ.
func (r *readers) endWrite(changed, derived bool) {
	if changed {
		before := r.current.Load()
		after := &state{commits: before.commits + 1}
		if value := before.scratch.Load(); value != nil && !derived {
			after.scratch.Store(value)
		}
		r.current.Store(after)
	}
	r.committing.Store(false)
	r.releasing.Store(false)
	if changed {
		r.endSnapshots()
	}
}

// endSnapshots ends the snapshots of idle connections.
func (r *readers) endSnapshots() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.idle {
		_ = c.endSnapshot()
	}
}

func (r *readers) close() (errs []error) {
	for _, c := range r.idle {
		errs = append(errs, c.close())
	}
	return errs
}
