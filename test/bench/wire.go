package main

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
)

// wire is a connection whose reader never sleeps: it asks again and again and lets
// the other clients do so in between. To wake a client that sleeps would cost the
// server more than many a call, and it would pay that for being slow only: a fast
// one finds its clients awake.
type wire struct{ fd int }

// connect opens a connection to an address of the loopback interface.
func connect(address string) (*wire, error) {
	to, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	w := &wire{fd}
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

func (w *wire) Read(b []byte) (int, error) {
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

func (w *wire) Write(b []byte) (written int, err error) {
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

func (w *wire) Close() error { return os.NewSyscallError("close", syscall.Close(w.fd)) }
