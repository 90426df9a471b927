// Command torture attacks Accord in every way of its table and prints what came of it:
// for each attack the result, the evidence, and the control, which is the same check
// without the protection and has to find the fault.
//
//	go run ./test/torture                      # everything, up to 20 minutes
//	go run ./test/torture -short               # the size of go test ./..., two minutes
//	go run ./test/torture -only 'kill|disk'    # the attacks that match
//	go run ./test/torture -page docs/reliability.md
//
// An attack is a test of the package that it attacks, in a row of attacks_….go. Its test
// logs what it has done and seen in lines that begin with "evidence: "; an attack without
// evidence has not taken place, and fails. The status is 1 if an attack or a control failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

func run() error {
	short := flag.Bool("short", false, "attack in the form of go test ./..., without long attacks")
	only := flag.String("only", "", "attack where this `regexp` matches the text, the engine, the package or a test")
	page := flag.String("page", "", "also write the table as Markdown into this `file`, between the lines "+begin+" and "+end)
	flag.Parse()
	matches, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	bin, err := os.MkdirTemp("", "accord-torture-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(bin) }()

	chosen := choose(sections, matches, *short)
	r := &runner{root: root(), bin: bin, short: *short, progress: os.Stderr}
	results, err := r.run(chosen)
	if err != nil {
		return err
	}
	printText(os.Stdout, chosen, results)
	if *page != "" {
		if err := writePage(*page, chosen, results); err != nil {
			return err
		}
	}
	failed := 0
	for _, result := range results {
		if !result.passed() {
			failed++
		}
	}
	switch {
	case len(results) == 0:
		return errors.New("no attack matches")
	case failed > 0:
		return fmt.Errorf("%d of %d attacks failed", failed, len(results))
	}
	return nil
}

// root is the folder of the module.
func root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..")
}

// choose returns the sections with the attacks that match and, in a short run, are not
// long. Sections without any are left out.
func choose(all []section, matches *regexp.Regexp, short bool) (chosen []section) {
	for _, s := range all {
		kept := section{name: s.name}
		for _, a := range s.attacks {
			text := a.what + "\n" + a.engine + "\n" + a.pkg + "\n" + a.test + "\n" + a.control
			if matches.MatchString(text) && !(short && a.long) {
				kept.attacks = append(kept.attacks, a)
			}
		}
		if len(kept.attacks) > 0 {
			chosen = append(chosen, kept)
		}
	}
	return chosen
}
