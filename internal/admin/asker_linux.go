package admin

import (
	"net"
	"syscall"
)

// userOf asks the kernel for the number of the user at the other end, and reports whether
// it knows. [unix(7): SO_PEERCRED]
func userOf(c *net.UnixConn) (uid uint32, known bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, false
	}
	var peer *syscall.Ucred
	controlled := raw.Control(func(fd uintptr) {
		peer, err = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if controlled != nil || err != nil {
		return 0, false
	}
	return peer.Uid, true
}
