package store

import "context"

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
	c, err := e.reader(ctx)
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
			e.readers <- c
			return nil, err
		}
		c.snapshot = changes
	}
	return &snapshot{sqliteConn: c, engine: e}, nil
}

// reader is a connection that has nothing to do, as soon as there is one.
func (e *sqliteEngine) reader(ctx context.Context) (*sqliteConn, error) {
	select {
	case c := <-e.readers:
		// Most find one at once; to prepare for a wait costs more than this.
		return c, nil
	default:
	}
	select {
	case c := <-e.readers:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	s.engine.readers <- s.sqliteConn
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

// leaveSnapshots ends the snapshots of readers that have nothing to do. The log of
// the file cannot begin again while somebody may read what is in it, so that no
// snapshot is kept while somebody writes.
func (e *sqliteEngine) leaveSnapshots() {
	for range cap(e.readers) {
		select {
		case c := <-e.readers:
			_ = c.leave()
			e.readers <- c
		default:
			return
		}
	}
}
