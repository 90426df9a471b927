// Package durability_test kills a server while clients use it, starts it again,
// and compares what is there with what it acknowledged: in the answers of the
// API, and in the rows.
//
// The server is the real program in a process of its own, on each engine; clients
// record requests and answers in a history that outlives it. A crash right before a
// commit, which random kills rarely hit, is made on purpose. Negative controls,
// servers that are wrong on purpose, show that the checker would notice.
package durability_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/test/process"
	"accord/test/require"
)

var (
	kills = flag.Int("kills", 0, "how often the server is killed on each engine; 0: a few times, 50 in a long run")
	seed  = flag.Uint64("seed", 0, "seed of the requests and of the moments of the kills; 0 is random")
)

// perKill is how many changes are acknowledged for each kill, about.
const perKill = 40

func TestMain(m *testing.M) {
	if kind := os.Getenv(serverVariable); kind != "" {
		os.Exit(serve(kind))
	}
	flag.Parse()
	if *kills == 0 {
		*kills = require.Amount(2, 5, 50)
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	process.Main(m)
}

// settings are those of all servers: no quota limits the load.
func settings(url string) []string {
	return []string{
		"--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--store=" + url, "--log-level=warn",
		"--quota=accounts-per-organization=unlimited", "--quota=invitations-per-day=unlimited",
		"--quota=account-creations-in-progress=unlimited",
	}
}

// killRun repeats: load, kill, start, compare.
type killRun struct {
	t    *testing.T
	seed uint64
	// start is the command of a server for a round.
	start func(round int) *exec.Cmd
	// store is the URL of the store, for reading its rows while no server runs.
	store string
	// endsByItself: the server ends without a kill.
	endsByItself bool
	// wanted is how many changes have to be acknowledged; a run with fewer fails.
	wanted int
	// quiesce waits until a killed server has no connection left; optional.
	quiesce func() error

	folder        string
	history       *history
	checker       *checker
	organizations []ident.OrganizationID
	workers       []*worker
}

// report is the log line of a round.
type report struct {
	Seed  uint64 `json:"seed"`
	Round int    `json:"round"`
	Load  string `json:"load"`
	Kill  string `json:"kill"`
	// The counts are those of all rounds until now.
	Acknowledged int `json:"acknowledged"`
	Failed       int `json:"failed"`
	Unknown      int `json:"unknown"`
	Lost         int `json:"lost"`
	// After is how long the load had run when the kill came, Recovery the time from
	// the kill to the first answer of the next server.
	After    string `json:"after"`
	Recovery string `json:"recovery"`
}

// run runs the rounds and returns the last report and all findings.
func (r *killRun) run(rounds int) (last report, findings []string) {
	r.t.Helper()
	r.t.Logf("-seed %d -kills %d", r.seed, rounds)
	r.prepare()
	random := rand.New(rand.NewPCG(r.seed, 1))

	s := r.launch(0)
	r.populate(s.url)
	// What the organizations and accounts are has to be there whenever a kill comes.
	if err := s.stop(); err != nil {
		r.t.Fatal(err)
	}
	s = r.launch(0)
	for round := range rounds {
		last = report{Seed: r.seed, Round: round, Load: fmt.Sprintf("%d clients", workerCount), Kill: "kill -9"}
		began := time.Now()
		r.loadAndKill(s, round, random)
		died := time.Now()
		found := r.readHistory()
		if round%5 == 4 || round == rounds-1 {
			found = append(found, r.inspect(inspect)...)
		}
		s = r.launch(round + 1)
		last.After, last.Recovery = died.Sub(began).Round(time.Millisecond).String(), time.Since(died).Round(time.Millisecond).String()
		seen, err := audit(context.Background(), s.url)
		if err != nil {
			r.t.Fatalf("round %d: reading the state: %v", round, err)
		}
		found = append(found, r.checker.compare(seen)...)
		findings = append(findings, found...)
		r.updateWorkers(seen)
		last.Acknowledged, last.Failed = r.checker.count[acknowledged], r.checker.count[failed]
		last.Unknown, last.Lost = r.checker.count[unknown], r.checker.lost
		line, _ := json.Marshal(last)
		r.t.Logf("%s", line)
	}
	if err := s.stop(); err != nil {
		r.t.Error(err)
	}
	return last, append(findings, r.inspect(inspectMessages)...)
}

// prepare opens the history.
func (r *killRun) prepare() {
	r.t.Helper()
	r.folder = r.t.TempDir()
	var err error
	if r.history, err = openHistory(filepath.Join(r.folder, "history")); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.history.file.Close() })
	r.checker = newChecker()
}

func (r *killRun) launch(round int) *server {
	r.t.Helper()
	s, err := launch(context.Background(), r.start(round), filepath.Join(r.folder, "log"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		select {
		case <-s.ended:
		default:
			_ = s.kill()
		}
	})
	return s
}

// populate makes the organizations and the accounts of the clients.
func (r *killRun) populate(url string) {
	r.t.Helper()
	c := callersOf(url)
	defer c.close()
	managers := map[string]string{}
	var ids []string
	for i := range organizationCount {
		out, err := c.as(managementAccount(i)).CreateOrganization(context.Background(), nil)
		if err != nil {
			r.t.Fatal(err)
		}
		id := *out.Organization.Id
		managers[id], ids = managementAccount(i), append(ids, id)
		r.organizations = append(r.organizations, ident.OrganizationID(id))
	}
	for n := range workerCount {
		w := &worker{
			number: n, random: rand.New(rand.NewPCG(r.seed, uint64(n)+2)), history: r.history,
			home: ids[n%len(ids)], rival: ids[(n+1)%len(ids)], manager: managers,
			ids: map[string]string{}, states: map[string]accountState{},
		}
		for i := range accountsPerWorker {
			account := workerAccount(n, i)
			// The first call of an account registers it.
			_, err := c.as(account).DescribeOrganization(context.Background(), nil)
			var standalone *types.AWSOrganizationsNotInUseException
			if !errors.As(err, &standalone) {
				r.t.Fatalf("account %s: %v", account, err)
			}
			w.states[account] = accountState{invitations: map[string]invitation{}}
		}
		r.workers = append(r.workers, w)
	}
}

// loadAndKill lets the clients work and kills the server at a random moment.
func (r *killRun) loadAndKill(s *server, round int, random *rand.Rand) {
	r.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// The load before the kill is counted and not timed, so that a slow machine does
	// as much as a fast one.
	left := int64(1 + random.IntN(2*perKill+perKill/2))
	if r.endsByItself {
		left = 1 << 40
		r.wanted += perKill
	} else {
		r.wanted += int(left)
	}
	reached := make(chan struct{})
	var done atomic.Int64
	acknowledge := func() {
		if done.Add(1) == left {
			close(reached)
		}
	}
	var all sync.WaitGroup
	for _, w := range r.workers {
		w.round = round
		all.Go(func() {
			if err := w.work(ctx, s.url, acknowledge); err != nil {
				r.t.Error(err)
			}
		})
	}
	select {
	case <-reached:
		time.Sleep(time.Duration(random.IntN(5000)) * time.Microsecond)
	case <-s.ended:
		if !r.endsByItself {
			r.t.Error("the server ended by itself")
		}
	case <-time.After(patience):
		r.t.Errorf("in %v only %d changes were acknowledged", patience, done.Load())
	}
	if err := s.kill(); err != nil {
		r.t.Error(err)
	}
	all.Wait()
	if r.quiesce != nil {
		if err := r.quiesce(); err != nil {
			r.t.Fatal(err)
		}
	}
}

// readHistory gives the checker the new lines of the history.
func (r *killRun) readHistory() []string {
	r.t.Helper()
	entries, err := r.history.unread()
	if err != nil {
		r.t.Fatal(err)
	}
	return r.checker.follow(entries)
}

// inspect opens the store while no server runs.
func (r *killRun) inspect(look func(*store.View, []ident.OrganizationID) ([]string, error)) (findings []string) {
	r.t.Helper()
	s, err := store.Open(context.Background(), r.store, store.Options{
		Clock: &clock.System{}, Source: ident.NewSource(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return []string{fmt.Sprintf("the store cannot be opened: %v", err)}
	}
	err = s.View(context.Background(), func(v *store.View) (err error) {
		findings, err = look(v, r.organizations)
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return append(findings, fmt.Sprintf("the store cannot be read: %v", err))
	}
	return findings
}

// updateWorkers gives the clients the state that was read.
func (r *killRun) updateWorkers(seen observed) {
	for _, w := range r.workers {
		for i := range accountsPerWorker {
			account := workerAccount(w.number, i)
			w.states[account] = r.checker.possible(account)[0].clone()
			for token := range w.states[account].invitations {
				w.ids[token] = seen.ids[token]
			}
		}
		w.made = nil
		prefix := fmt.Sprintf("w%02d-", w.number)
		for address := range seen.accounts {
			if strings.HasPrefix(address, prefix) {
				w.made = append(w.made, address)
			}
		}
		slices.Sort(w.made)
	}
}

// judge fails the test if there are findings, or too few requests.
func (r *killRun) judge(rounds int, last report, findings []string) {
	r.t.Helper()
	for _, finding := range findings[:min(len(findings), 20)] {
		r.t.Error(finding)
	}
	if len(findings) > 20 {
		r.t.Errorf("%d findings", len(findings))
	}
	if last.Acknowledged < r.wanted {
		r.t.Errorf("void: %d changes were acknowledged, fewer than %d", last.Acknowledged, r.wanted)
	}
	// A kill while no request is in flight tests nothing.
	if last.Unknown < rounds {
		r.t.Errorf("void: %d requests were in flight in %d kills", last.Unknown, rounds)
	}
	r.t.Logf("evidence: %d deaths, %d acknowledged, %d failed, %d unknown, lost %d", rounds, last.Acknowledged, last.Failed, last.Unknown, last.Lost)
}

func TestKilledServersLoseNothing(t *testing.T) {
	require.Tool(t, "go")
	path := process.Program(t)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		url, journal := "sqlite:"+filepath.Join(folder, "accord.db"), filepath.Join(folder, "journal")
		r := &killRun{t: t, seed: *seed, store: url, start: func(int) *exec.Cmd {
			return exec.Command(path, append([]string{"serve", "--journal=" + journal}, settings(url)...)...)
		}}
		last, findings := r.run(*kills)
		findings = append(findings, r.inspect(func(v *store.View, _ []ident.OrganizationID) ([]string, error) {
			return compareJournal(v, journal)
		})...)
		r.judge(*kills, last, findings)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		require.Full(t)
		t.Parallel()
		url := postgresURL(t)
		r := &killRun{t: t, seed: *seed, store: url, quiesce: waitForDisconnect(url), start: func(int) *exec.Cmd {
			return exec.Command(path, append([]string{"serve"}, settings(url)...)...)
		}}
		last, findings := r.run(*kills)
		r.judge(*kills, last, findings)
	})
}
