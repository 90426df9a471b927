package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	sqlitelib "modernc.org/sqlite/lib"
)

// together bounds how many transactions one commit makes durable, and with it how
// long the first of them waits for the last.
const together = 32

// turns hands the one connection that writes to one session after the other.
//
// Who waits when a session is done goes on in the same transaction of the file,
// within a savepoint of its own, and the last one commits for all: the sync of the
// disk, and the pages that all of them change, are paid for once. Nobody is
// answered before that commit.
type turns struct {
	mu sync.Mutex
	// idle is the connection while nobody has it.
	idle    *sqliteConn
	waiting []chan *sqliteConn
}

// group is what one commit makes durable: at least the session that began it.
type group struct {
	// members counts the sessions that are done and wait until ended is closed.
	members int
	// gathered is true once the group has waited for more.
	gathered bool
	ended    chan struct{}
	err      error
}

// end tells all members what came of the commit.
func (g *group) end(err error) {
	g.err = err
	close(g.ended)
}

// take waits for the connection.
func (t *turns) take(ctx context.Context, pass func(*sqliteConn)) (*sqliteConn, error) {
	t.mu.Lock()
	if c := t.idle; c != nil {
		t.idle = nil
		t.mu.Unlock()
		return c, nil
	}
	turn := make(chan *sqliteConn, 1)
	t.waiting = append(t.waiting, turn)
	t.mu.Unlock()
	select {
	case c := <-turn:
		return c, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(t.waiting, turn)
	if i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		// It came at the same moment, perhaps with others that wait for a commit.
		pass(<-turn)
	}
	return nil, ctx.Err()
}

// next gives the connection to who waits longest, and reports whether there was
// somebody.
func (t *turns) next(c *sqliteConn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		return false
	}
	t.waiting[0] <- c
	t.waiting = slices.Delete(t.waiting, 0, 1)
	return true
}

// rest keeps the connection until somebody wants it.
func (t *turns) rest(c *sqliteConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.idle = c
		return
	}
	t.waiting[0] <- c
	t.waiting = slices.Delete(t.waiting, 0, 1)
}

// pass is called by who is done with the connection: the next session goes on, or
// the group ends here.
func (e *sqliteEngine) pass(c *sqliteConn) {
	if g := c.group; g != nil {
		if g.members < together && (e.turns.next(c) || g.members < e.crowd && e.gather(c)) {
			return
		}
		c.group, e.crowd = nil, g.members
		g.end(e.conclude(c, "COMMIT"))
	}
	e.turns.rest(c)
}

// gathering is how long a group waits, once, for those who were in the one before.
// It is a part of the time that the commit takes.
const gathering = 100 * time.Microsecond

// gather waits for somebody to go on with the group, and reports whether there is.
func (e *sqliteEngine) gather(c *sqliteConn) bool {
	if c.group.gathered {
		return false
	}
	c.group.gathered = true
	time.Sleep(gathering)
	return e.turns.next(c)
}

// conclude ends the transaction of the file.
func (e *sqliteEngine) conclude(c *sqliteConn, how string) error {
	_, err := c.exec(how, nil)
	e.changes.Add(1)
	if err != nil {
		// The disk refused somewhere between the log and its sync: whether the changes
		// are there shows only when the file is opened again.
		err = fmt.Errorf("%w: %w", ErrUnknown, err)
		if c.inTransaction() {
			_, _ = c.exec("ROLLBACK", nil)
		}
	}
	e.writing.Store(false)
	return err
}

// inTransaction reports whether there is a transaction. Some troubles of the
// machine end it without being asked.
func (c *sqliteConn) inTransaction() bool {
	return sqlitelib.Xsqlite3_get_autocommit(c.thread, c.handle) == 0
}

// sqliteSession is one session that writes.
type sqliteSession struct {
	*sqliteConn
	engine *sqliteEngine
	// inner is true for a session that is not the first of its group.
	inner bool
	done  bool
}

func (e *sqliteEngine) beginWriting(ctx context.Context) (session, error) {
	c, err := e.turns.take(ctx, e.pass)
	if err != nil {
		return nil, err
	}
	s := &sqliteSession{sqliteConn: c, engine: e, inner: c.group != nil}
	if s.inner {
		_, err = c.exec("SAVEPOINT inner", nil)
	} else {
		e.writing.Store(true)
		e.readers.leaveSnapshots()
		if _, err = c.exec("BEGIN IMMEDIATE", nil); err == nil {
			c.group = &group{ended: make(chan struct{})}
		} else {
			e.writing.Store(false)
		}
	}
	if err != nil {
		e.pass(c)
		return nil, err
	}
	return s, nil
}

func (s *sqliteSession) commit() error {
	if s.inner {
		if _, err := s.exec("RELEASE inner", nil); err != nil {
			s.rollback()
			return err
		}
	}
	s.done = true
	g := s.group
	g.members++
	s.engine.pass(s.sqliteConn)
	<-g.ended
	return g.err
}

func (s *sqliteSession) rollback() {
	if s.done {
		return
	}
	s.done = true
	switch g := s.group; {
	case !s.inner:
		s.group = nil
		_ = s.engine.conclude(s.sqliteConn, "ROLLBACK")
	case !s.inTransaction():
		// With it went what the others had done.
		s.group = nil
		s.engine.writing.Store(false)
		g.end(errors.New("the store gave up the transaction"))
	default:
		_, _ = s.exec("ROLLBACK TO inner", nil)
		_, _ = s.exec("RELEASE inner", nil)
		s.engine.pass(s.sqliteConn)
		// What it refuses, it refuses for what others in the group have done: nobody
		// may learn of that before it is durable.
		<-g.ended
		return
	}
	s.engine.pass(s.sqliteConn)
}
