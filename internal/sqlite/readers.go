package sqlite

import (
	"context"
	"sync"
	"sync/atomic"
)

// readers is a LIFO pool of connections that read: the one that was used last is used
// next, because its pages are still in the caches of the processor.
//
// A connection keeps its snapshot of the file for the next transaction until
// something is written: to begin and end a transaction costs as much as a small
// query.
type readers struct {
	mu   sync.Mutex
	idle []*Conn
	// free holds a token for each idle connection.
	free chan struct{}
	// commits counts the transactions of the writer that have ended; writing is true
	// while one is open.
	commits atomic.Int64
	writing atomic.Bool
}

func (r *readers) view(ctx context.Context, fn func(*Conn) error) error {
	c, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer r.put(c)
	// Loaded before the snapshot is taken, which can then only be newer.
	if commits := r.commits.Load(); c.snapshot != commits {
		if err := c.endSnapshot(); err != nil {
			return err
		}
		if err := c.control("BEGIN"); err != nil {
			return err
		}
		c.snapshot = commits
	}
	return fn(c)
}

// take waits for an idle connection.
func (r *readers) take(ctx context.Context) (*Conn, error) {
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
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	c := r.idle[last]
	r.idle = r.idle[:last]
	return c, nil
}

// put makes a connection idle. It keeps its snapshot if that is still current.
func (r *readers) put(c *Conn) {
	if c.open != nil {
		_ = c.open.Close()
	}
	if c.failed || r.writing.Load() || c.snapshot != r.commits.Load() {
		_ = c.endSnapshot()
	}
	r.mu.Lock()
	r.idle = append(r.idle, c)
	r.mu.Unlock()
	r.free <- struct{}{}
}

// beginWrite ends the snapshots of idle connections, which would keep SQLite from
// starting its write-ahead log from the beginning.
func (r *readers) beginWrite() {
	r.writing.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.idle {
		_ = c.endSnapshot()
	}
}

// endWrite makes the next transactions take new snapshots.
func (r *readers) endWrite() {
	r.commits.Add(1)
	r.writing.Store(false)
}

func (r *readers) close() (errs []error) {
	for _, c := range r.idle {
		errs = append(errs, c.close())
	}
	return errs
}
