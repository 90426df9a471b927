// Package network_test attacks the listeners of the real program with real connections,
// and measures what it holds meanwhile.
package network_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// plainVariable makes the tests a server of net/http alone.
const plainVariable = "NETWORK_TEST_PLAIN"

func TestMain(m *testing.M) {
	if os.Getenv(plainVariable) != "" {
		servePlainly()
		return
	}
	process.Main(m)
}

// servePlainly is what a server does without any bound: it prints the addresses of two
// listeners and serves until it is killed.
func servePlainly() {
	ended := make(chan error)
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		fmt.Println("http://" + l.Addr().String())
		server := &http.Server{ReadHeaderTimeout: hang, Handler: http.HandlerFunc(believe), ErrorLog: log.New(io.Discard, "", 0)}
		go func() { ended <- server.Serve(l) }()
	}
	<-ended
}

// startPlainly runs such a server with 256 descriptors until the test ends, and returns its
// addresses and its process.
func startPlainly(t *testing.T) (endpoint, admin string, pid int) {
	t.Helper()
	plain := exec.Command("sh", "-c", `ulimit -n 256 && exec "$0"`, os.Args[0])
	plain.Env = append(os.Environ(), plainVariable+"=1")
	out, err := plain.StdoutPipe()
	if err == nil {
		err = plain.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = plain.Process.Kill()
		_ = plain.Wait()
	})
	if _, err := fmt.Fscan(out, &endpoint, &admin); err != nil {
		t.Fatal(err)
	}
	return endpoint, admin, plain.Process.Pid
}

// believe reads a body into as much memory as it announces.
func believe(_ http.ResponseWriter, r *http.Request) {
	body := make([]byte, max(0, r.ContentLength))
	for i := range body {
		body[i] = 1
	}
	_, _ = io.ReadFull(r.Body, body)
}

// hang bounds the wait for what happens at once on an idle machine.
const hang = time.Minute

const mebibyte = 1 << 20

// head is the head of a call whose body follows.
func head(length int) string {
	return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AWSOrganizationsV20161128.DescribeOrganization\r\n" +
		"Content-Type: application/x-amz-json-1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=111122223333/20261121/us-east-1/organizations/aws4_request, " +
		"SignedHeaders=host;x-amz-date, Signature=5ec7e7\r\n" + fmt.Sprintf("Content-Length: %d\r\n\r\n", length)
}

// kinds are what a connection sends before it does nothing more.
var kinds = map[string]string{
	"silent":         "",
	"half a head":    "POST / HTTP/1.1\r\nHost: x\r\nX-A: ",
	"half a body":    head(1000) + "{",
	"idle":           head(2) + "{}",
	"announced body": head(mebibyte),
	"large body":     head(mebibyte) + strings.Repeat(" ", mebibyte-1),
}

// flood opens connections of a kind from several addresses, and keeps them until the
// test ends or closes them.
func flood(t testing.TB, s *process.Server, kind string, n int) (closeAll func()) {
	t.Helper()
	return floodAddress(t, hostOf(t, s.URL), kind, n)
}

func floodAddress(t testing.TB, address, kind string, n int) (closeAll func()) {
	t.Helper()
	var mu sync.Mutex
	var conns []net.Conn
	var all sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		all.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(n) {
					return
				}
				// A source address has some 28,000 ports.
				from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i/5000))}, Timeout: hang}
				c, err := from.Dial("tcp", address)
				if err != nil {
					continue
				}
				mu.Lock()
				conns = append(conns, c)
				mu.Unlock()
				_ = c.SetWriteDeadline(time.Now().Add(hang))
				_, _ = io.WriteString(c, kinds[kind])
			}
		})
	}
	all.Wait()
	closeAll = func() {
		for _, c := range conns {
			_ = c.Close()
		}
		conns = nil
	}
	t.Cleanup(closeAll)
	return closeAll
}

func hostOf(t testing.TB, endpoint string) string {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// resident is the memory of the server, in megabytes. [proc(5)]
func resident(t testing.TB, s *process.Server) int {
	t.Helper()
	return status(t, s.PID(), "VmRSS")
}

// peak is the most memory that the server has had.
func peak(t testing.TB, s *process.Server) int {
	t.Helper()
	return status(t, s.PID(), "VmHWM")
}

// awaitPeak waits until the most memory that a process has had exceeds a bound, in MB, and
// returns it: a server on a busy machine needs a while to read what it was sent.
func awaitPeak(t testing.TB, pid, bound int) (got int) {
	t.Helper()
	for end := time.Now().Add(hang); got <= bound && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got = status(t, pid, "VmHWM")
	}
	return got
}

func status(t testing.TB, pid int, field string) int {
	t.Helper()
	require.That(t, runtime.GOOS == "linux", "the folder /proc of Linux")
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, is := strings.CutPrefix(line, field+":"); is {
			kilobytes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes / 1000
		}
	}
	t.Fatalf("no %s in %s", field, text)
	return 0
}

// honest calls the server n times, each on a connection of its own, and returns how many
// calls were answered, and the longest.
func honest(s *process.Server, n int) (answered int, times []time.Duration) {
	for range n {
		began := time.Now()
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			continue
		}
		_ = c.SetDeadline(time.Now().Add(hang))
		_, err = io.WriteString(c, head(2)+"{}")
		line := make([]byte, 12)
		// There is no organization.
		if _, failed := io.ReadFull(c, line); err == nil && failed == nil && string(line) == "HTTP/1.1 400" {
			answered++
			times = append(times, time.Since(began))
		}
		_ = c.Close()
	}
	slices.Sort(times)
	return answered, times
}

// unbounded are the settings of a server without the protections.
var unbounded = []string{"--max-connections", "1000000", "--body-memory", "100GiB", "--log-level", "warn"}

// bounded are those of a server with them.
var bounded = []string{"--log-level", "warn"}

func TestManyConnectionsHoldLittleMemory(t *testing.T) {
	require.Full(t)
	// Beyond the program itself: the connections, and the garbage of the calls of 10,000
	// clients.
	const most = 100
	n := require.Amount(0, 4000, 10_000)
	attacks := []string{"half a body", "idle", "silent", "half a head", "announced body"}
	for _, kind := range attacks[:require.Amount(0, 2, len(attacks))] {
		s := process.Start(t, bounded...)
		before := resident(t, s)
		closeAll := flood(t, s, kind, n)
		answered, _ := honest(s, 10)
		if got := peak(t, s) - before; got > most {
			t.Errorf("%s: %d MB", kind, got)
		}
		if answered != 10 {
			t.Errorf("%s: %d of 10 honest calls were answered", kind, answered)
		}
		t.Logf("evidence: %d connections, %s: at most %d MB resident (%d before), %d of 10 honest calls answered", n, kind, peak(t, s), before, answered)
		closeAll()
		s.Kill()
	}
	s := process.Start(t, unbounded...)
	before := resident(t, s)
	flood(t, s, "half a body", max(n, 6000))
	honest(s, 10)
	if got := awaitPeak(t, s.PID(), before+most) - before; got <= most {
		t.Errorf("the check finds no more than %d MB without the bound", got)
	}
	t.Logf("evidence: control without a bound: %d MB", peak(t, s))
	endpoint, _, pid := startPlainly(t)
	plain := status(t, pid, "VmRSS")
	closeAll := floodAddress(t, hostOf(t, endpoint), "announced body", 200)
	defer closeAll()
	if got := awaitPeak(t, pid, plain+most) - plain; got <= most {
		t.Errorf("the check finds no more than %d MB for bodies that are announced", got)
	}
	t.Logf("evidence: control, 200 bodies of 1 MiB are announced to a server that believes it: %d MB", status(t, pid, "VmHWM"))
}

func TestSlowBodiesHoldBoundedMemory(t *testing.T) {
	require.Full(t)
	// The bound of 64 MiB, what growing leaves behind, and the server itself.
	const most = 350
	n := require.Amount(0, 400, 1000)
	s := process.Start(t, bounded...)
	closeAll := flood(t, s, "large body", n)
	answered, _ := honest(s, 10)
	if got := peak(t, s); got > most || answered != 10 {
		t.Errorf("%d MB, %d of 10 honest calls were answered", got, answered)
	}
	t.Logf("evidence: %d bodies of 1 MiB without their end: at most %d MB resident, %d of 10 honest calls answered", n, peak(t, s), answered)
	if require.IsLong() {
		closeAll()
		for end := time.Now().Add(2 * time.Minute); resident(t, s) > 80 && time.Now().Before(end); {
			time.Sleep(time.Second)
		}
		if got := resident(t, s); got > 80 {
			t.Errorf("%d MB are not given back", got)
		}
		t.Logf("evidence: %d MB resident after they were closed", resident(t, s))
	}
	s = process.Start(t, unbounded...)
	flood(t, s, "large body", n)
	if got := awaitPeak(t, s.PID(), most); got <= most {
		t.Errorf("the check finds no more than %d MB without the bound", got)
	}
	t.Logf("evidence: control without a bound: %d MB", peak(t, s))
}

func TestSilentConnectionsLeaveTheHealthCheckItsDescriptors(t *testing.T) {
	require.Full(t)
	require.That(t, runtime.GOOS != "windows", "ulimit")
	healthy := func(endpoint, admin string, checks int) (answered int) {
		client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		closeAll := floodAddress(t, hostOf(t, endpoint), "silent", 400)
		defer closeAll()
		for range checks {
			w, err := client.Get(admin + "/healthz")
			if err != nil {
				break
			}
			_ = w.Body.Close()
			answered++
		}
		return answered
	}
	s := process.StartAfter(t, "ulimit -n 256", bounded...)
	const checks = 100
	answered := healthy(s.URL, s.AdminURL, checks)
	if answered != checks {
		t.Errorf("%d of %d health checks were answered", answered, checks)
	}
	endpoint, admin, _ := startPlainly(t)
	// On a busy machine it takes a while to accept what uses its descriptors up.
	const most = 100 * checks
	control := healthy(endpoint, admin, most)
	if control == most {
		t.Error("the check does not find that the server has no descriptors left")
	}
	t.Logf("evidence: 400 silent connections at 256 descriptors: %d of %d health checks answered; net/http alone answered %d",
		answered, checks, control)
}

// A19: all kinds at once.
func TestHonestClientsGoOnAmongSlowOnes(t *testing.T) {
	require.Full(t)
	n := require.Amount(0, 300, 2000)
	s := process.Start(t, bounded...)
	_, alone := honest(s, 100)
	for _, kind := range []string{"silent", "half a head", "half a body", "idle"} {
		flood(t, s, kind, n)
	}
	slowReaders(t, s, n)
	time.Sleep(time.Second)
	answered, beside := honest(s, 100)
	if answered != 100 || len(alone) != 100 {
		t.Errorf("%d of 100 honest calls were answered, %d before", answered, len(alone))
		return
	}
	t.Logf("evidence: %d slow connections of 5 kinds, %d of 100 honest calls answered, 99th percentile %v, alone %v; %d MB",
		5*n, answered, beside[98].Round(time.Microsecond), alone[98].Round(time.Microsecond), peak(t, s))
}

// slowReaders send calls and read nothing.
func slowReaders(t testing.TB, s *process.Server, n int) {
	t.Helper()
	for range n {
		c, err := net.Dial("tcp", hostOf(t, s.URL))
		if err != nil {
			continue
		}
		t.Cleanup(func() { _ = c.Close() })
		if tcp, is := c.(*net.TCPConn); is {
			_ = tcp.SetReadBuffer(1 << 10)
		}
		_, _ = io.WriteString(c, strings.Repeat(head(2)+"{}", 20))
	}
}

func TestAHalfBodyDoesNotHoldTheStop(t *testing.T) {
	s := process.Start(t, bounded...)
	flood(t, s, "half a body", 5)
	answered, _ := honest(s, 1)
	began := time.Now()
	if code := s.Stop(t); code != 0 || answered != 1 {
		t.Errorf("exit status %d, %d honest call", code, answered)
	}
	t.Logf("evidence: stopped after %v with 5 half bodies open", time.Since(began).Round(time.Millisecond))
}
