package store_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"accord/test/postgres"
	"accord/test/require"
)

// TestRacesAreFoundWhereTransactionsAreNotSerializable is the negative control of the races
// of the suite: the same races, and a database that gets every BEGIN without its isolation
// level, so that its transactions are READ COMMITTED.
func TestRacesAreFoundWhereTransactionsAreNotSerializable(t *testing.T) {
	require.Full(t)
	address, err := url.Parse(postgres.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	address.Host = withoutIsolation(t, address.Host)
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestPostgresConforms$/^races$")
	c.Env = append(os.Environ(), "ACCORD_TEST_POSTGRES="+address.String())
	out, err := c.CombinedOutput()
	found := regexp.MustCompile(`(?m)^ +--- FAIL: TestPostgresConforms/races/(\S+)`).FindAllStringSubmatch(string(out), -1)
	if err == nil || len(found) == 0 {
		t.Fatalf("the races of the suite find nothing: %v\n%s", err, out)
	}
	var names []string
	for _, f := range found {
		names = append(names, strings.ReplaceAll(f[1], "_", " "))
	}
	t.Logf("evidence: with READ COMMITTED %d races fail: %s", len(names), strings.Join(names, ", "))
}

// withoutIsolation listens for clients of a database and sends its address what they
// send, except for the isolation levels. The messages keep their lengths.
func withoutIsolation(t *testing.T, database string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	level := []byte("ISOLATION LEVEL SERIALIZABLE")
	blank := bytes.Repeat([]byte(" "), len(level))
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", database)
			if err != nil {
				_ = client.Close()
				continue
			}
			go func() {
				_, _ = io.Copy(client, server)
				_ = client.Close()
			}()
			go func() {
				defer func() { _ = server.Close() }()
				for buffer := make([]byte, 1<<20); ; {
					n, err := client.Read(buffer)
					if err != nil {
						return
					}
					if _, err := server.Write(bytes.ReplaceAll(buffer[:n], level, blank)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return listener.Addr().String()
}
