//go:build linux

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
	"os"
	"runtime"
	"slices"
	"strings"
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
	{"snapshots", (*bench).snapshots},
	{"import", (*bench).imports},
	{"seeds", (*bench).seeds},
	{"console", (*bench).console},
	{"strict", (*bench).strict},
	{"whatif", (*bench).whatIf},
	{"profile", (*bench).profile},
	{"profile-strict", (*bench).profileStrict},
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
