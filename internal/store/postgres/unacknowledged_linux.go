package postgres

import (
	"strings"
	"syscall"
	"time"
)

const (
	// tcpUserTimeout is TCP_USER_TIMEOUT. [linux/tcp.h]
	tcpUserTimeout = 18
	// unacknowledged is how long the host of the database may leave data unacknowledged.
	unacknowledged = 10 * time.Second
)

// boundUnacknowledged breaks a connection whose data the other host does not acknowledge;
// keepalive probes are sent only while nothing else is.
func boundUnacknowledged(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unacknowledged.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
