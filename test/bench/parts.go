package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"accord/test/postgres"
)

// machine says where all this was measured, and how long a disk takes to keep a
// page.
func (b *bench) machine() error {
	// The file counts all cores; runtime.NumCPU only those that this process is kept to.
	model, cores := "unknown", 0
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				cores++
			}
		}
	}
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	file, err := os.Create(filepath.Join(b.folder, "page"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	var took []float64
	for range 500 {
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			return err
		}
		began := time.Now()
		if err := file.Sync(); err != nil {
			return err
		}
		took = append(took, float64(time.Since(began)))
	}
	slices.Sort(took)
	_, err = exec.LookPath("taskset")
	b.table("Machine", []string{"what", "value"}, [][]string{
		{"processor", fmt.Sprintf("%s, %d cores", model, cores)},
		{"fsync after a page of 4 KiB", fmt.Sprintf("%v in the middle, %v for the slowest of 100", time.Duration(took[250]).Round(time.Microsecond),
			time.Duration(took[495]).Round(time.Microsecond))},
		{"Go", runtime.Version()},
		{"cores set apart", fmt.Sprint(err == nil)},
	})
	return nil
}

// file is the URL of a new SQLite file.
func (b *bench) file(name string) string { return "sqlite:" + filepath.Join(b.folder, name+".db") }

const manager = "100000000000"

func managerOf(i int) string { return fmt.Sprintf("1%011d", i) }

func memberOf(organization, i int) string { return fmt.Sprintf("2%06d%05d", organization, i) }

func describing(handshake string) string { return `{"HandshakeId":"` + handshake + `"}` }

func inviting(account string) string { return `{"Target":{"Id":"` + account + `","Type":"ACCOUNT"}}` }

// inPage is the input of the lists of 20.
const inPage = `{"MaxResults":20}`

// join makes an account a member of the organization of a management account.
func join(c *caller, manager, account string) error {
	if err := c.call(manager, "InviteAccountToOrganization", inviting(account)); err != nil {
		return err
	}
	return c.call(account, "AcceptHandshake", describing(c.text("Id")))
}

// record calls an operation and keeps its answer for the bare handler.
func (a canned) record(c *caller, account, operation, input string) error {
	if err := c.call(account, operation, input); err != nil {
		return err
	}
	header := http.Header{}
	for line := range strings.Lines(string(c.header)) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ": ")
		// net/http writes the date itself, whoever answers.
		if found && name != "Date" {
			header[name] = []string{value}
		}
	}
	answer := a[operation]
	answer.Header, answer.Body = header, string(c.body)
	a[operation] = answer
	return nil
}

// launchBare starts the handler that sends what was recorded.
func (b *bench) launchBare(answers canned) (*process, error) {
	c, err := asChild(bare)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return nil, err
	}
	c.Stdin = strings.NewReader(string(text))
	return b.launch(c)
}

// reading is a call that reads, and its target beside the bare handler.
type reading struct {
	name, input string
	target      float64
}

// prepareReads makes an organization of 31 accounts and an open invitation.
func prepareReads(server *process) ([]reading, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.conn.Close() }()
	if err := c.call(manager, "CreateOrganization", `{}`); err != nil {
		return nil, err
	}
	for i := range 30 {
		if err := join(c, manager, memberOf(0, i)); err != nil {
			return nil, err
		}
	}
	if err := c.call(manager, "InviteAccountToOrganization", inviting(memberOf(0, 30))); err != nil {
		return nil, err
	}
	return []reading{
		{"DescribeHandshake", describing(c.text("Id")), 0.33},
		{"ListAccounts", inPage, 0.22},
	}, nil
}

// calls compares calls that read with the bare handler.
func (b *bench) calls() error {
	server, err := b.serve(b.file("calls"))
	if err != nil {
		return err
	}
	operations, err := prepareReads(server)
	if err != nil {
		return err
	}
	c, err := dial(server.address)
	if err != nil {
		return err
	}
	answers := canned{}
	for _, o := range operations {
		if err := answers.record(c, manager, o.name, o.input); err != nil {
			return err
		}
	}
	handler, err := b.launchBare(answers)
	if err != nil {
		return err
	}
	ours, theirs := map[string][]measurement{}, map[string][]measurement{}
	ratios := map[string][]float64{}
	for range *rounds {
		for _, o := range operations {
			do := same(manager, o.name, o.input)
			our, err := load(server, *clients, *length, do)
			if err != nil {
				return err
			}
			their, err := load(handler, *clients, *length, do)
			if err != nil {
				return err
			}
			ours[o.name], theirs[o.name] = append(ours[o.name], our), append(theirs[o.name], their)
			ratios[o.name] = append(ratios[o.name], float64(their.cost)/float64(our.cost))
		}
	}
	var rows [][]string
	for _, o := range operations {
		ratio := median(ratios[o.name])
		rows = append(rows, []string{
			o.name, kilobytes(len(answers[o.name].Body)), show(middle(ours[o.name])), show(middle(theirs[o.name])),
			fmt.Sprintf("%.2f", ratio), b.target(fmt.Sprintf("%s at %.2f of a bare handler: %.2f", o.name, o.target, ratio), ratio >= o.target),
		})
	}
	b.table(fmt.Sprintf("Reads, %d connections, one core", *clients),
		[]string{"operation", "answer", "Accord", "bare handler", "ratio of calls in a core second", "target"}, rows)
	return nil
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) }

// show is a measurement for people.
func show(m measurement) string {
	return fmt.Sprintf("%.0f calls/s at %.0f %% of the core, %.1f µs each", m.rate, 100*m.busy, float64(m.cost)/1000)
}

// engine is a database that commits one row after the other.
type engine struct {
	in  io.Writer
	out *bufio.Reader
}

// launchEngine starts the engine of a store that is its own.
func (b *bench) launchEngine(url string) (*engine, error) {
	c, err := asChild(commits, url)
	if err != nil {
		return nil, err
	}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.Stderr = os.Stderr
	p := &process{command: c, ended: make(chan struct{})}
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.Wait()
		close(p.ended)
	}()
	b.running = append(b.running, p)
	return &engine{in, bufio.NewReader(out)}, nil
}

// rate commits for a while and returns how many commits a second had.
func (e *engine) rate(length time.Duration) (rate float64, err error) {
	if _, err := fmt.Fprintln(e.in, int64(length)); err != nil {
		return 0, err
	}
	_, err = fmt.Fscanln(e.out, &rate)
	return rate, err
}

// writes compares changes with the commits of SQLite.
func (b *bench) writes() error { return b.changes("SQLite", b.file("writes"), b.file("engine"), 0.3) }

// postgres compares changes with the commits of PostgreSQL.
func (b *bench) postgres() error {
	return b.onPostgres(func(urls [2]string) error { return b.changes("PostgreSQL", urls[0], urls[1], 0.15) })
}

// onPostgres measures something on two databases of a server of its own, where there
// is one.
func (b *bench) onPostgres(measure func(urls [2]string) error) error {
	s, err := postgres.Start("")
	if err != nil {
		fmt.Fprintf(b.out, "\nPostgreSQL is not measured: %v\n", err)
		return nil
	}
	var urls [2]string
	for i := range urls {
		if urls[i], err = s.CreateDatabase(context.Background()); err != nil {
			return errors.Join(err, s.Stop())
		}
	}
	sleepless = false
	err = measure(urls)
	sleepless = true
	b.endAll()
	return errors.Join(err, s.Stop())
}

// prepareCycle makes an organization for each client, and the answers of the bare
// handler.
func prepareCycle(server *process) (canned, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.conn.Close() }()
	answers := canned{}
	for i := range *clients {
		if err := c.call(managerOf(i), "CreateOrganization", `{}`); err != nil {
			return nil, err
		}
		// The members stay registered from now on.
		account := memberOf(i, 0)
		if err := answers.record(c, managerOf(i), "InviteAccountToOrganization", inviting(account)); err != nil {
			return nil, err
		}
		if err := answers.record(c, account, "AcceptHandshake", describing(c.text("Id"))); err != nil {
			return nil, err
		}
		if err := answers.record(c, account, "LeaveOrganization", `{}`); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// cycle is invite, accept and leave: each client has an organization and an
// account.
func cycle(client int) loop {
	manager, account := managerOf(client), memberOf(client, 0)
	return func(c *caller, _ int) (int, error) {
		if err := c.call(manager, "InviteAccountToOrganization", inviting(account)); err != nil {
			return 0, err
		}
		if err := c.call(account, "AcceptHandshake", describing(c.text("Id"))); err != nil {
			return 0, err
		}
		return 3, c.call(account, "LeaveOrganization", `{}`)
	}
}

// changes compares the cycle with the bare handler and with the engine.
func (b *bench) changes(name, url, engineURL string, target float64) error {
	server, err := b.serve(url)
	if err != nil {
		return err
	}
	answers, err := prepareCycle(server)
	if err != nil {
		return err
	}
	handler, err := b.launchBare(answers)
	if err != nil {
		return err
	}
	e, err := b.launchEngine(engineURL)
	if err != nil {
		return err
	}
	var ours, theirs []measurement
	var rates, ofHandler, ofEngine []float64
	for range *rounds {
		our, err := load(server, *clients, *length, cycle)
		if err != nil {
			return err
		}
		their, err := load(handler, *clients, *length, cycle)
		if err != nil {
			return err
		}
		rate, err := e.rate(*length)
		if err != nil {
			return err
		}
		ours, theirs, rates = append(ours, our), append(theirs, their), append(rates, rate)
		ofHandler = append(ofHandler, float64(their.cost)/float64(our.cost))
		ofEngine = append(ofEngine, our.rate/rate)
	}
	ratio := median(ofEngine)
	b.table(fmt.Sprintf("Durable changes on %s: invite, accept, leave; %d clients with an organization each", name, *clients),
		[]string{"Accord", "bare handler", "ratio of calls in a core second", "engine, one writer", "changes for each commit of the engine", "target"},
		[][]string{{
			show(middle(ours)), show(middle(theirs)), fmt.Sprintf("%.2f", median(ofHandler)),
			fmt.Sprintf("%.0f commits/s", median(rates)), fmt.Sprintf("%.2f", ratio),
			b.target(fmt.Sprintf("changes on %s at %.2f of the engine's commits: %.2f", name, target, ratio), ratio >= target),
		}})
	return nil
}

// start measures the time from the start of the process to its first answer, and
// its memory.
func (b *bench) start() error {
	fresh, existing := []float64{}, []float64{}
	for i := range 2 * *rounds {
		file := b.file(fmt.Sprintf("start%d", i))
		for _, times := range []*[]float64{&fresh, &existing} {
			took, err := b.firstAnswer(file)
			if err != nil {
				return err
			}
			*times = append(*times, took)
		}
	}
	var rows [][]string
	for name, times := range map[string][]float64{"a new file": fresh, "a file that exists": existing} {
		middle, worst := median(times), slices.Max(times)
		rows = append(rows, []string{
			"first answer on " + name, fmt.Sprintf("%.0f ms, at most %.0f ms in %d starts", middle, worst, len(times)),
			b.target(fmt.Sprintf("first answer on %s within 100 ms: %.0f ms", name, middle), middle < 100),
		})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	server, err := b.serve(b.file("memory"))
	if err != nil {
		return err
	}
	for _, when := range []string{"after the start", "after reads by all clients"} {
		time.Sleep(3 * time.Second)
		bytes, err := server.resident()
		if err != nil {
			return err
		}
		megabytes := float64(bytes) / 1e6
		rows = append(rows, []string{
			"resident memory, idle " + when, fmt.Sprintf("%.0f MB", megabytes),
			b.target(fmt.Sprintf("resident below 60 MB %s: %.0f MB", when, megabytes), megabytes < 60),
		})
		if err := b.readABit(server); err != nil {
			return err
		}
	}
	b.table("Start and memory", []string{"what", "value", "target"}, rows)
	return nil
}

// firstAnswer is the time to the first answer in milliseconds.
func (b *bench) firstAnswer(store string) (float64, error) {
	began := time.Now()
	server, err := b.serve(store)
	if err != nil {
		return 0, err
	}
	defer b.endAll()
	c, err := dial(server.address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.conn.Close() }()
	// Whatever it says is an answer.
	var refused *refusal
	if err := c.call(manager, "DescribeOrganization", `{}`); err != nil && !errors.As(err, &refused) {
		return 0, err
	}
	return float64(time.Since(began)) / 1e6, nil
}

func (b *bench) readABit(server *process) error {
	c, err := dial(server.address)
	if err != nil {
		return err
	}
	defer func() { _ = c.conn.Close() }()
	var refused *refusal
	if err := c.call(manager, "CreateOrganization", `{}`); err != nil && !errors.As(err, &refused) {
		return err
	}
	_, err = load(server, *clients, 2*time.Second, same(manager, "ListAccounts", inPage))
	return err
}
