// Package beside_test runs the pages for users of moto beside a real moto server.
package beside_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const accordAddress, motoAddress = "http://127.0.0.1:8016", "http://127.0.0.1:5000"

// page is a page of the documentation.
type page struct {
	name string
	// blocks are its blocks, each with its language in the first line.
	blocks []string
}

func read(t *testing.T, name string) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	p := page{name: name}
	for i, part := range strings.Split(string(text), "```") {
		if i%2 == 1 {
			p.blocks = append(p.blocks, part)
		}
	}
	return p
}

// in returns the block in a language; there has to be one.
func (p page) in(t *testing.T, language string) string {
	t.Helper()
	for _, block := range p.blocks {
		if text, ok := strings.CutPrefix(block, language+"\n"); ok {
			return text
		}
	}
	t.Fatalf("%s has no block in %s", p.name, language)
	return ""
}

// serve starts the server by the line of the page.
func (p page) serve(t *testing.T) *process.Server {
	t.Helper()
	for _, block := range p.blocks {
		for line := range strings.Lines(block) {
			if arguments, ok := strings.CutPrefix(strings.TrimSpace(line), "accord serve "); ok {
				return process.Start(t, strings.Fields(arguments)...)
			}
		}
	}
	t.Fatalf("%s does not start a server", p.name)
	return nil
}

// moto starts a moto server and returns its URL.
func moto(t *testing.T) string {
	t.Helper()
	program := require.Tool(t, "moto_server")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, program, "-H", "127.0.0.1", "-p", port)
	var log strings.Builder
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = c.Wait()
		if t.Failed() {
			t.Logf("moto logged:\n%s", &log)
		}
	})
	url := "http://127.0.0.1:" + port
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if answer, err := http.Get(url + "/moto-api/"); err == nil {
			_ = answer.Body.Close()
			return url
		}
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("moto does not answer at %s", url)
		}
	}
}

// environ is the environment of the tests without the variables of AWS and Accord.
func environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "ACCORD_") })
	return append(env, "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
}

// run runs a program with the variables of no other server, and returns its output.
func run(t *testing.T, program ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program[0], program[1:]...)
	c.Env = environ()
	var problems strings.Builder
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, &problems)
	}
	return string(out)
}

func TestThePageOnOtherServersRuns(t *testing.T) {
	require.Long(t)
	require.Tool(t, "aws")
	p, url := read(t, "beside-localstack-or-moto.md"), moto(t)
	s := p.serve(t)
	script := strings.NewReplacer(accordAddress, s.URL, motoAddress, url).Replace(p.in(t, "sh"))
	got := run(t, require.Tool(t, "sh"), "-ec", script)
	if !strings.Contains(strings.Join(p.blocks, ""), "\n"+got) {
		t.Errorf("the page does not show what it prints:\n%s", got)
	}
}

// TestAProgramForMotoRunsOnBoth runs it on moto in a long run only, which takes moto seconds
// to start.
func TestAProgramForMotoRunsOnBoth(t *testing.T) {
	require.Full(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	p := read(t, "coming-from-moto.md")
	program := p.in(t, "python")
	s := p.serve(t)
	want := "123456789012 SUCCEEDED\n12\n2\narn:aws:sts::ACCOUNT:assumed-role/OrganizationAccountAccessRole/tests\n"
	servers := map[string]string{"Accord": s.URL}
	if require.IsLong() {
		servers["moto"] = moto(t)
	}
	for name, address := range servers {
		if got := run(t, python, "-c", strings.ReplaceAll(program, accordAddress, address)); got != want {
			t.Errorf("on %s it prints\n%s\nwant\n%s", name, got, want)
		}
	}
}
