//go:build !linux

package admin

import "net"

// userOf does not ask: systems differ in how they tell the user at the other end.
func userOf(*net.UnixConn) (uid uint32, known bool) { return 0, false }
