package graceful

import "time"

// rank is the order in which connections are closed for others.
type rank int

const (
	// silent: the client has not sent the head of a request.
	silent rank = iota
	// slow: the client has not sent a body whole, or not read an error.
	slow
	// unread: the client has read nothing of its answers for the time of patience.
	unread
	// busy: a call is in progress. It is never closed.
	busy
)

// patience is how long a client may read nothing of an answer before its connection may
// be closed for another one, or for the stop.
const patience = 2 * time.Second
