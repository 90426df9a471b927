package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// searches is how many inputs a fuzz target tries.
const searches, searchesShort = "200000x", "20000x"

// outcome is how a test ended.
type outcome struct {
	passed   bool
	evidence []string
	seconds  float64
	// output is everything that the test printed, for a failure.
	output string
}

// result is what came of an attack. control is nil if the test has its own.
type result struct {
	attack
	test    *outcome
	control *outcome
}

// passed reports whether the attack did nothing, with evidence, and the control found
// what it has to find.
func (r result) passed() bool {
	return r.test.passed && len(r.test.evidence) > 0 && (r.control == nil || r.control.passed)
}

// runner builds and runs tests, each at most once.
type runner struct {
	root, bin string
	short     bool
	progress  io.Writer

	lock     sync.Mutex
	outcomes map[testID]func() *outcome
	builds   map[string]func() error
}

// testID is a test of the module.
type testID struct{ pkg, name string }

// tests are the attack's test and its control, if that is a test of its own.
func (a attack) tests() (test testID, control *testID) {
	test = testID{a.pkg, a.test}
	switch pkg, name, qualified := strings.Cut(a.control, "."); {
	case a.control == inTest:
	case qualified:
		control = &testID{pkg, name}
	default:
		control = &testID{a.pkg, a.control}
	}
	return test, control
}

// run attacks: first in parallel what can be, then the others one by one.
func (r *runner) run(chosen []section) ([]result, error) {
	r.outcomes, r.builds = map[testID]func() *outcome{}, map[string]func() error{}
	var parallel, alone []attack
	var all []attack
	for _, s := range chosen {
		all = append(all, s.attacks...)
	}
	for _, a := range all {
		if a.alone {
			alone = append(alone, a)
		} else {
			parallel = append(parallel, a)
		}
	}
	r.each(parallel, runtime.NumCPU())
	r.each(alone, 1)
	results := make([]result, 0, len(all))
	for _, a := range all {
		results = append(results, r.attack(a))
	}
	return results, nil
}

// each runs attacks, some at the same time.
func (r *runner) each(attacks []attack, atOnce int) {
	var workers sync.WaitGroup
	next := make(chan attack)
	for range atOnce {
		workers.Go(func() {
			for a := range next {
				r.attack(a)
			}
		})
	}
	for _, a := range attacks {
		next <- a
	}
	close(next)
	workers.Wait()
}

// attack returns the result of an attack; its tests run unless they have run.
func (r *runner) attack(a attack) result {
	test, control := a.tests()
	made := result{attack: a, test: r.outcome(test)}
	if control != nil {
		made.control = r.outcome(*control)
	}
	return made
}

// outcome runs a test once, however many attacks name it.
func (r *runner) outcome(id testID) *outcome {
	r.lock.Lock()
	once, known := r.outcomes[id]
	if !known {
		once = sync.OnceValue(func() *outcome {
			o := r.execute(id)
			word := "ok"
			if !o.passed {
				word = "FAILED"
			}
			fmt.Fprintf(r.progress, "%-6s %6.1f s  %s %s\n", word, o.seconds, id.pkg, id.name)
			if !o.passed {
				fmt.Fprintln(r.progress, o.output)
			}
			return o
		})
		r.outcomes[id] = once
	}
	r.lock.Unlock()
	return once()
}

// build compiles the tests of a package once.
func (r *runner) build(pkg string) (binary string, err error) {
	binary = filepath.Join(r.bin, strings.ReplaceAll(pkg, "/", "-")+".test")
	r.lock.Lock()
	once, known := r.builds[pkg]
	if !known {
		once = sync.OnceValue(func() error {
			c := exec.Command("go", "test", "-c", "-o", binary, "./"+pkg)
			c.Dir = r.root
			if out, err := c.CombinedOutput(); err != nil {
				return fmt.Errorf("%w\n%s", err, out)
			}
			return nil
		})
		r.builds[pkg] = once
	}
	r.lock.Unlock()
	return binary, once()
}

// execute runs one test in the folder of its package.
func (r *runner) execute(id testID) *outcome {
	command, err := r.command(id)
	if err != nil {
		return &outcome{output: err.Error()}
	}
	command.Env = append(os.Environ(), "ACCORD_REQUIRE=all")
	if !r.short {
		command.Env = append(command.Env, "ACCORD_LONG=1")
	}
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	failure := command.Run()
	o := read(&printed, id.name)
	if failure != nil {
		o.passed = false
		o.output += failure.Error()
	}
	return o
}

func (r *runner) command(id testID) (*exec.Cmd, error) {
	if strings.HasPrefix(id.name, "Fuzz") {
		// The compiler prepares the package for the search: go test does that alone.
		count := searches
		if r.short {
			count = searchesShort
		}
		c := exec.Command("go", "test", "-json", "-run=^$", "-fuzz="+pattern(id.name), "-fuzztime="+count, "-fuzzminimizetime=10x", "./"+id.pkg)
		c.Dir = r.root
		return c, nil
	}
	binary, err := r.build(id.pkg)
	if err != nil {
		return nil, err
	}
	args := []string{"tool", "test2json", "-t", binary, "-test.v=test2json", "-test.run=" + pattern(id.name), "-test.timeout=15m"}
	c := exec.Command("go", args...)
	c.Dir = filepath.Join(r.root, id.pkg)
	return c, nil
}

// pattern is the value of -run that selects one test or subtest.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + part + "$"
	}
	return strings.Join(parts, "/")
}

// event is a line of go tool test2json.
type event struct {
	Action, Test, Output string
	Elapsed              float64
}

// read reads the events of a run. A test that did not run has not passed; the evidence
// of a subtest begins with its name.
func read(from io.Reader, name string) *outcome {
	o := &outcome{}
	top, _, _ := strings.Cut(name, "/")
	var text strings.Builder
	for decoder := json.NewDecoder(from); ; {
		var e event
		if err := decoder.Decode(&e); err != nil {
			if err != io.EOF {
				// What is no event is an error of the go command.
				rest, _ := io.ReadAll(io.MultiReader(decoder.Buffered(), from))
				text.Write(rest)
			}
			break
		}
		text.WriteString(e.Output)
		if e.Test == name && e.Action == "pass" {
			o.passed = true
		}
		if e.Test == top || strings.HasPrefix(e.Test, top+"/") {
			// A test does not count the time of subtests that run in parallel.
			o.seconds = max(o.seconds, e.Elapsed)
		}
		if _, evidence, is := strings.Cut(e.Output, "evidence: "); is {
			o.evidence = append(o.evidence, within(name, e.Test)+strings.TrimSpace(evidence))
		} else if _, searched, is := strings.Cut(e.Output, "fuzz: elapsed: "); is && strings.HasPrefix(name, "Fuzz") {
			if _, executed, is := strings.Cut(searched, "execs: "); is {
				count, _, _ := strings.Cut(executed, " ")
				o.evidence = []string{count + " inputs"} // The last line counts all.
			}
		}
	}
	o.output = text.String()
	return o
}

// within is the name of a subtest below the test that was asked for, as a prefix.
func within(name, test string) string {
	if sub, is := strings.CutPrefix(test, name+"/"); is {
		return strings.ReplaceAll(sub, "_", " ") + ": "
	}
	return ""
}
