//go:build linux

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
)

// spinningConn is a connection whose reader never sleeps: it polls, and yields to the
// other clients in between. Waking a sleeping client costs the server more than many
// calls, and only a slow server would pay it: a fast one finds its clients awake.
type spinningConn struct{ fd int }

// dialSpinning opens a connection to an address of the loopback interface.
func dialSpinning(address string) (*spinningConn, error) {
	to, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	w := &spinningConn{fd}
	target := &syscall.SockaddrInet4{Port: to.Port}
	copy(target.Addr[:], to.IP.To4())
	err = errors.Join(
		os.NewSyscallError("connect", syscall.Connect(fd, target)),
		os.NewSyscallError("setsockopt", syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)),
		os.NewSyscallError("fcntl", syscall.SetNonblock(fd, true)),
	)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *spinningConn) Read(b []byte) (int, error) {
	for {
		n, err := syscall.Read(w.fd, b)
		switch {
		case err == syscall.EAGAIN || err == syscall.EINTR:
			runtime.Gosched()
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

func (w *spinningConn) Write(b []byte) (written int, err error) {
	for written < len(b) {
		n, err := syscall.Write(w.fd, b[written:])
		switch {
		case err == syscall.EAGAIN || err == syscall.EINTR:
			runtime.Gosched()
		case err != nil:
			return written, os.NewSyscallError("write", err)
		default:
			written += n
		}
	}
	return written, nil
}

func (w *spinningConn) Close() error { return os.NewSyscallError("close", syscall.Close(w.fd)) }
