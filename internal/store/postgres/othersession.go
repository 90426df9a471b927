package postgres

import (
	"fmt"
	"strconv"
	"time"
)

// otherSession is a session of the database that others wait for.
type otherSession struct {
	pid                        int
	application, user, address string
	state                      string
	// seconds is the age of its transaction, else of its last statement; -1 if the database
	// does not show it to this role.
	seconds int
	// serializable: it has locks that only serializable transactions have.
	serializable bool
}

// sessionColumns are those of pg_stat_activity, as a, for an otherSession. Those of other
// roles are NULL for a role that is not a member of pg_read_all_stats.
const sessionColumns = `a.pid, COALESCE(a.application_name, ''), COALESCE(a.usename, ''), COALESCE(host(a.client_addr), 'local'),
	COALESCE(a.state, 'unknown'), COALESCE(EXTRACT(EPOCH FROM now() - COALESCE(a.xact_start, a.query_start, a.backend_start))::int, -1),
	EXISTS (SELECT 1 FROM pg_locks s WHERE s.pid = a.pid AND s.mode = 'SIReadLock')`

// columns are where a row of sessionColumns goes.
func (s *otherSession) columns() []any {
	return []any{&s.pid, &s.application, &s.user, &s.address, &s.state, &s.seconds, &s.serializable}
}

// end is the statement that ends the session.
func (s otherSession) end() string { return "SELECT pg_terminate_backend(" + strconv.Itoa(s.pid) + ")" }

func (s otherSession) String() string {
	age := "of unknown age"
	if s.seconds >= 0 {
		age = "for " + (time.Duration(s.seconds) * time.Second).String()
	}
	return fmt.Sprintf("pid %d, application %q, user %q, address %s, %s %s", s.pid, s.application, s.user, s.address, s.state, age)
}
