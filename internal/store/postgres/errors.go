package postgres

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of errors. [PostgreSQL: Appendix A]
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	// completionUnknown is the one of its class that does not say whether the
	// transaction was rolled back.
	completionUnknown = "40003"
	rollback          = "40000"
	uniqueViolation   = "23505"
	divisionByZero    = "22012"
	outOfMemory       = "53200"
	// tooManyConnections and lockNotAvailable pass by themselves.
	tooManyConnections = "53300"
	lockNotAvailable   = "55P03"
	queryCanceled      = "57014"
	// protocolViolation is how PgBouncer refuses a parameter of a session.
	protocolViolation = "08P01"
)

var (
	// errBroken: the connection broke before COMMIT.
	errBroken = errors.New("PostgreSQL: the connection broke")
	// errUnanswered: the database did not answer within answerTimeout.
	errUnanswered = errors.New("PostgreSQL: no answer in time")
	// errNotReplicated: the commit is on the disk of the primary, and perhaps nowhere else. A
	// failover would lose it.
	errNotReplicated = errors.New("PostgreSQL: the wait of the commit for a standby was canceled")
)

// connectError is an error of connecting in one line that has each cause once. The driver
// tries a server with TLS and then without, and reports both attempts.
type connectError struct{ error }

func (e connectError) Unwrap() error { return e.error }

func (e connectError) Error() string {
	lines := strings.Split(e.error.Error(), "\n")
	var causes []string
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		if !slices.ContainsFunc(causes, func(c string) bool { return strings.HasSuffix(c, line) }) {
			causes = append(causes, line)
		}
	}
	return strings.TrimSpace(lines[0] + " " + strings.Join(causes, "; "))
}

func codeOf(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// isConflict reports whether a transaction failed because of concurrent ones.
func isConflict(err error) bool {
	code := codeOf(err)
	return code == serializationFailure || code == deadlockDetected
}

// isRolledBack reports whether the database itself says that it did not commit. Any
// error is one of a statement before COMMIT, or ends that before the change is on the disk, but
// for those of the classes 57P and 08, in which a server goes down, and 40003.
func isRolledBack(err error) bool {
	code := codeOf(err)
	return code != "" && code != completionUnknown && !strings.HasPrefix(code, "57P") && !strings.HasPrefix(code, "08")
}
