package postgres

import (
	"errors"
	"fmt"
	"strings"

	"accord/internal/health"
	"accord/internal/store/engine"
)

// cause is why the database cannot be used.
type cause struct {
	reason health.Reason
	cure   string
	// blocked: another session may be to blame, and the cure names the oldest one.
	blocked bool
}

const goesOn = "; the server goes on by itself"

// comesBack is the cure of a part of the store that is gone. What was kept elsewhere, as by a
// new name, is as it was; what is restored from a copy may be older.
const comesBack = "undo what removed it, and the server goes on by itself; or restore a backup, and start all servers again"

// causes is the table of the errors by which the database cannot be written or read, by
// their codes; one of two characters stands for all others of its class. [PostgreSQL:
// Appendix A]
var causes = map[string]cause{
	"08":               {health.Unreachable, "look at the log of PostgreSQL and at the network" + goesOn, false},
	"25006":            {health.ReadOnly, "let the store's URL name the primary, and switch default_transaction_read_only off", false},
	"25P03":            {health.Unreachable, "this server stood still within a transaction, and the database ended its session: look for a pause of its machine" + goesOn, false},
	"28":               {health.Unreachable, "the database refuses the role or its password: look at --store-password-file and at pg_hba.conf", false},
	"3D000":            {health.Unreachable, "the database is gone: restore it", false},
	"3F000":            {health.Incomplete, "the schema of the store is gone: " + comesBack, false},
	"42501":            {health.ReadOnly, "make the role of the store the owner of its tables, without policies of row security", false},
	"42703":            {health.Incomplete, "a column of the store is gone: " + comesBack, false},
	"42P01":            {health.Incomplete, "a table of the store is gone: " + comesBack, false},
	"53":               {health.Exhausted, "give PostgreSQL what it lacks" + goesOn, false},
	"53100":            {health.DiskFull, "free space on the disk of PostgreSQL" + goesOn, false},
	outOfMemory:        {health.Exhausted, "raise max_pred_locks_per_transaction of PostgreSQL, or end the transaction that keeps the locks", true},
	tooManyConnections: {health.Exhausted, "raise max_connections of PostgreSQL: each server needs up to 22" + goesOn, false},
	lockNotAvailable:   {health.Locked, "end the transaction that keeps the rows", true},
	queryCanceled:      {health.Unreachable, "PostgreSQL takes too long for a statement: look at its load and its disk", true},
	"57P":              {health.Unreachable, "PostgreSQL stops, starts or ends sessions: look at its log" + goesOn, false},
	"58":               {health.StorageFailing, "look for errors of the disk in the log of PostgreSQL", false},
	"XX001":            {health.StorageFailing, "PostgreSQL finds its data damaged: look at its log, and restore a backup", false},
	"XX002":            {health.StorageFailing, "PostgreSQL finds an index damaged: look at its log, and rebuild it", false},
	completionUnknown:  {health.Unreachable, "look at the log of PostgreSQL" + goesOn, false},
	"":                 {health.Unreachable, "look whether PostgreSQL runs, and at the network" + goesOn, false},
	unansweredCode:     {health.Unreachable, "PostgreSQL does not answer in time: look at its load, its disk and its standbys", true},
	notReplicated:      {health.Unreachable, "a commit did not reach a standby: look at the standbys of PostgreSQL, and do not fail over before they have caught up", false},
}

// unansweredCode stands for a database that does not answer; it is no code of PostgreSQL.
const unansweredCode = "unanswered"

// causeOf finds the cause of an error, if it is not one of a statement itself.
func causeOf(err error) (cause, bool) {
	if errors.Is(err, errNotReplicated) {
		return causes[notReplicated], true
	}
	code := codeOf(err)
	for n := len(code); n >= 2; n-- {
		if c, found := causes[code[:n]]; found {
			return c, true
		}
	}
	if errors.Is(err, errUnanswered) {
		return causes[unansweredCode], true
	}
	var unreached connectError
	if errors.Is(err, errBroken) || errors.As(err, &unreached) {
		return causes[""], true
	}
	return cause{}, false
}

// asNotReady makes a NotReady of an error with its cause. An unknown outcome remains one.
func asNotReady(c cause, err error) error {
	why := &health.NotReady{Reason: c.reason, Cure: c.cure, Cause: err}
	if errors.Is(err, engine.ErrUnknown) {
		return fmt.Errorf("%w: %w", engine.ErrUnknown, why)
	}
	return why
}

// isSlow reports whether a transaction failed by waiting: those behind it would wait as
// long.
func isSlow(err error) bool {
	code := codeOf(err)
	return code == lockNotAvailable || code == queryCanceled || errors.Is(err, errUnanswered)
}

// behind is the error of a transaction that waited for one that was slow.
func behind(slow error) error {
	c, _ := causeOf(slow)
	return asNotReady(c, fmt.Errorf("%w: %s", errBehind, slow.Error()))
}

var errBehind = errors.New("PostgreSQL: an earlier change waits in vain")

// isShared reports whether an error ended a whole transaction, and does not belong to
// one of the members that shared it. A table that is gone concerns those that use it.
func isShared(err error) bool {
	_, notReady := causeOf(err)
	ofObject := strings.HasPrefix(codeOf(err), "42") || strings.HasPrefix(codeOf(err), "3F")
	return isConflict(err) || errors.Is(err, engine.ErrUnknown) || notReady && !ofObject
}
