package admin

import (
	"fmt"
	"net"
)

// named is a listener whose connections by a Unix socket have the user at the other end
// as their address.
type named struct{ net.Listener }

func (n named) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if socket, ok := c.(*net.UnixConn); ok && err == nil {
		name := user(ofSocket)
		if uid, known := userOf(socket); known {
			name = user(fmt.Sprintf("%s uid %d", ofSocket, uid))
		}
		return userConn{socket, name}, nil
	}
	return c, err
}

type userConn struct {
	*net.UnixConn
	user user
}

func (c userConn) RemoteAddr() net.Addr { return c.user }

// user is "unix", and the number of the user where the system tells it.
type user string

func (user) Network() string  { return ofSocket }
func (u user) String() string { return string(u) }

// ofSocket begins the names of users of a Unix socket. No other address begins so.
const ofSocket = "unix"
