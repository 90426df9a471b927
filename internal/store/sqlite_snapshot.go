package store

import (
	"context"
	"sync"
)

// snapshot is one session that reads. Its connection keeps the snapshot of the
// file for the next session until somebody writes: to take one costs as much as a
// small query, and most calls read.
type snapshot struct {
	*sqliteConn
	engine *sqliteEngine
	done   bool
}

// noSnapshot stands for no open snapshot.
const noSnapshot = -1

func (e *sqliteEngine) beginReading(ctx context.Context) (session, error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	// Looked up before the snapshot is taken, which can then only be newer.
	if changes := e.changes.Load(); c.snapshot != changes {
		err := c.leave()
		if err == nil {
			_, err = c.exec("BEGIN", nil)
		}
		if err != nil {
			e.readers.rest(c)
			return nil, err
		}
		c.snapshot = changes
	}
	return &snapshot{sqliteConn: c, engine: e}, nil
}

// readers are the connections that read. The one that had work last gets it next:
// what it read is still in the caches of the processor, and each has a cache of pages
// of its own.
type readers struct {
	mu   sync.Mutex
	idle []*sqliteConn
	// free holds as many tokens as there are connections without work.
	free chan struct{}
}

// take is a connection that has nothing to do, as soon as there is one.
func (r *readers) take(ctx context.Context) (*sqliteConn, error) {
	select {
	case <-r.free:
		// Most find one at once; to prepare for a wait costs more than this.
	default:
		select {
		case <-r.free:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	c := r.idle[last]
	r.idle = r.idle[:last]
	return c, nil
}

// rest takes back a connection that is done.
func (r *readers) rest(c *sqliteConn) {
	r.mu.Lock()
	r.idle = append(r.idle, c)
	r.mu.Unlock()
	r.free <- struct{}{}
}

// leaveSnapshots ends the snapshots of readers that have nothing to do. The log of
// the file cannot begin again while somebody may read what is in it, so that no
// snapshot is kept while somebody writes.
func (r *readers) leaveSnapshots() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.idle {
		_ = c.leave()
	}
}

func (r *readers) close() (errs []error) {
	for _, c := range r.idle {
		errs = append(errs, c.close())
	}
	return errs
}

// commit has nothing to make durable.
func (s *snapshot) commit() error {
	s.rollback()
	return nil
}

func (s *snapshot) rollback() {
	if s.done {
		return
	}
	s.done = true
	if s.failed || s.engine.writing.Load() || s.sqliteConn.snapshot != s.engine.changes.Load() {
		_ = s.leave()
	}
	s.engine.readers.rest(s.sqliteConn)
}

// leave ends the open snapshot of a connection.
func (c *sqliteConn) leave() error {
	if c.snapshot == noSnapshot {
		return nil
	}
	c.snapshot, c.failed = noSnapshot, false
	_, err := c.exec("ROLLBACK", nil)
	return err
}
