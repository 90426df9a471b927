//go:build unix

package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/require"
)

// folders are where Debian keeps the programs of the server, outside of the PATH.
const folders = "/usr/lib/postgresql/*/bin"

// patience bounds the wait for a server to answer on a busy machine.
const patience = 5 * time.Minute

// postgres is the process of a server that was started here.
type postgres struct {
	command *exec.Cmd
	// leash is a pipe that this process alone holds open. When it is closed, also by
	// the death of the process, the watcher ends the server.
	leash *os.File
	// temporary is the folder that is removed with the server; empty for one that stays.
	temporary string
}

// programs are those that make and run a server.
func programs() (initdb, postgres string, err error) {
	initdb, err = require.Find("initdb", folders)
	if err == nil {
		postgres, err = require.Find("postgres", folders)
	}
	return initdb, postgres, err
}

// Start runs a server on the data in a folder, and makes it if needed. Without a
// folder the data are in a temporary one. Settings are those of postgresql.conf, as "name=value".
//
// PostgreSQL refuses to run as root; for root it runs as the user postgres, or
// else nobody, who must be able to reach the folder.
func Start(folder string, settings ...string) (*Server, error) {
	initdb, program, err := programs()
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	temporary := ""
	if folder == "" {
		if folder, err = os.MkdirTemp(reachable(as), "accord-postgres-"); err != nil {
			return nil, fmt.Errorf("making a folder for the server: %w", err)
		}
		temporary = folder
	}
	s, err := start(folder, temporary, initdb, program, as, settings)
	if err != nil && temporary != "" {
		_ = os.RemoveAll(temporary)
	}
	return s, err
}

func start(folder, temporary, initdb, program string, as *syscall.SysProcAttr, settings []string) (*Server, error) {
	data, secret := filepath.Join(folder, "data"), filepath.Join(folder, "password")
	if _, err := os.Stat(data); errors.Is(err, os.ErrNotExist) {
		if err := initialize(folder, data, secret, initdb, as); err != nil {
			return nil, err
		}
	}
	password, err := os.ReadFile(secret)
	if err != nil {
		return nil, fmt.Errorf("the server's password: %w", err)
	}
	// Between choosing a free port and using it another process can take it.
	for tries := 1; ; tries++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s, err := launch(folder, temporary, program, data, string(password), as, settings, port)
		if err == nil || tries == 5 {
			return s, err
		}
	}
}

// initialize makes the files of an empty server. Its databases order text by
// locale and not by bytes, so that code that relies on the order of bytes fails.
func initialize(folder, data, secret, initdb string, as *syscall.SysProcAttr) error {
	if err := os.WriteFile(secret, []byte(rand.Text()), 0o600); err != nil {
		return err
	}
	if as.Credential != nil {
		for _, path := range []string{folder, secret} {
			if err := os.Chown(path, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
				return err
			}
		}
	}
	c := exec.Command(initdb, "-D", data, "-U", "accord", "--auth=scram-sha-256", "--pwfile="+secret, "--no-sync",
		"--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en")
	c.SysProcAttr, c.Dir = as, folder
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// watcher becomes the server, and leaves a process behind that ends it when the
// leash (descriptor 3) is closed. A line on the leash ends that process.
const watcher = `temporary=$1; shift
((
	read -r line && exit
	kill -QUIT $$
	while kill -0 $$; do sleep 0.05; done
	[ -z "$temporary" ] || rm -rf "$temporary"
) <&3 >/dev/null 2>&1 &)
exec "$@" 3<&-`

// callOff ends the watcher of a server that has ended.
func (p *postgres) callOff() error {
	_, err := fmt.Fprintln(p.leash, "ended")
	return errors.Join(err, p.leash.Close())
}

func launch(folder, temporary, program, data, password string, as *syscall.SysProcAttr, settings []string, port int) (*Server, error) {
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	far, leash, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = far.Close() }()

	args := []string{"-c", watcher, "sh", temporary, program, "-D", data,
		"-c", "listen_addresses=127.0.0.1", "-c", "port=" + strconv.Itoa(port),
		"-c", "unix_socket_directories=", "-c", "max_connections=300"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c := exec.Command("/bin/sh", args...)
	c.Dir, c.Stdout, c.Stderr, c.ExtraFiles, c.SysProcAttr = folder, log, log, []*os.File{far}, as
	if err := c.Start(); err != nil {
		_ = leash.Close()
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	p := &postgres{command: c, leash: leash, temporary: temporary}
	s := &Server{
		address: &url.URL{
			Scheme: "postgres", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres",
			User: url.UserPassword("accord", password), RawQuery: "sslmode=disable",
		},
		stop: p.stop,
		restart: func(s *Server) error {
			if p.leash != nil {
				p.crash()
			}
			again, err := launch(folder, temporary, program, data, password, as, settings, port)
			if err == nil {
				s.stop, s.restart = again.stop, again.restart
			}
			return err
		},
	}
	if err := p.awaitReady(s.URL()); err != nil {
		_ = c.Process.Signal(syscall.SIGQUIT)
		_ = c.Wait()
		_ = p.callOff()
		said, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("the server does not answer: %w\n%s", err, said)
	}
	return s, nil
}

func (p *postgres) awaitReady(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		var status syscall.WaitStatus
		if pid, _ := syscall.Wait4(p.command.Process.Pid, &status, syscall.WNOHANG, nil); pid != 0 {
			return fmt.Errorf("it ended at once (status %d)", status.ExitStatus())
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// unprivileged is the user and the session of the server: a session of its own, so that an
// interrupt from the terminal reaches the tests first.
func unprivileged() (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return as, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return as, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// reachable is a folder for temporary files that the user can enter.
func reachable(as *syscall.SysProcAttr) string {
	folder := os.TempDir()
	if as.Credential == nil {
		return folder
	}
	for at := folder; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil || info.Mode()&0o001 == 0 {
			return "/tmp"
		}
		if at == filepath.Dir(at) {
			return folder
		}
	}
}

// crash ends the server without a checkpoint.
func (p *postgres) crash() {
	_ = p.command.Process.Signal(syscall.SIGQUIT)
	_ = p.command.Wait()
	_ = p.callOff()
	p.leash = nil
}

// stop ends the server and waits for its end.
func (p *postgres) stop() error {
	if p.leash == nil {
		return os.RemoveAll(p.temporary)
	}
	if err := p.command.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	errs := []error{p.command.Wait(), p.callOff()}
	if p.temporary != "" {
		errs = append(errs, os.RemoveAll(p.temporary))
	}
	return errors.Join(errs...)
}
