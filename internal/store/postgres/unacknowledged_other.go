//go:build !linux

package postgres

import "syscall"

// boundUnacknowledged is nil: keepalive and the deadlines of calls have to do.
var boundUnacknowledged func(network, address string, c syscall.RawConn) error
