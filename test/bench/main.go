// Command bench measures what a call to Accord costs, as ratios against baselines
// that run on the same machine in the same minutes: a bare net/http handler that
// sends the same bytes, and the database engine that commits tiny rows.
//
// The server is the real program, a process of its own on one core; the clients
// have another. What is compared takes turns, and the median of all rounds counts.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

var (
	binary     = flag.String("binary", "", "the program to measure; built when empty")
	rounds     = flag.Int("rounds", 7, "how often each measurement is repeated")
	length     = flag.Duration("length", time.Second, "how long one measurement takes")
	only       = flag.String("only", "", "the parts to run, with commas between; all when empty")
	clients    = flag.Int("clients", 16, "how many clients call at the same time")
	profileDir = flag.String("profile", "", "a folder for CPU profiles of the server under load; none are made when empty")
)

// part is one of the tables that are printed.
type part struct {
	name string
	run  func(b *bench) error
}

var parts = []part{
	{"machine", (*bench).machine},
	{"calls", (*bench).calls},
	{"beside", (*bench).beside},
	{"writes", (*bench).writes},
	{"postgres", (*bench).postgres},
	{"start", (*bench).start},
	{"many", (*bench).many},
	{"size", (*bench).size},
	{"profile", (*bench).profile},
}

func main() {
	if kind := os.Getenv(childVariable); kind != "" {
		if err := child(kind); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if err := pinToClientCore(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	runtime.GOMAXPROCS(1)
	b, err := newBench(os.Stdout)
	if err == nil {
		err = errors.Join(b.run(), b.close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	out    io.Writer
	binary string
	// folder holds the files of all stores.
	folder string
	// running are the processes to end.
	running []*process
	// missed are targets that were not met.
	missed []string
}

func newBench(out io.Writer) (*bench, error) {
	folder, err := os.MkdirTemp("", "accord-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{out: out, folder: folder}
	b.binary = *binary
	if b.binary == "" {
		b.binary = filepath.Join(folder, "accord")
		c := exec.Command("go", "build", "-trimpath", "-o", b.binary, "accord/cmd/accord")
		if said, err := c.CombinedOutput(); err != nil {
			return nil, errors.Join(fmt.Errorf("building the program: %w\n%s", err, said), b.close())
		}
	}
	return b, nil
}

func (b *bench) run() error {
	wanted := strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })
	for _, p := range parts {
		if len(wanted) > 0 && !slices.Contains(wanted, p.name) {
			continue
		}
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		b.endAll()
	}
	for _, m := range b.missed {
		fmt.Fprintln(b.out, "missed:", m)
	}
	return nil
}

func (b *bench) endAll() {
	for _, p := range b.running {
		p.end()
	}
	b.running = nil
}

func (b *bench) close() error {
	b.endAll()
	return os.RemoveAll(b.folder)
}
