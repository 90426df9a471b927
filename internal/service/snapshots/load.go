package snapshots

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"accord/internal/health"
	"accord/internal/service/operation"
	"accord/internal/snapshot"
	"accord/internal/store"
)

// Loaded says what the state is after a snapshot was loaded.
type Loaded struct {
	// At is the instant of the snapshot, and Now that of the clock. A system clock stays
	// as it is.
	At  time.Time `json:"at"`
	Now time.Time `json:"now"`
	// Accounts and Organizations are how many there are.
	Accounts      int `json:"accounts"`
	Organizations int `json:"organizations"`
	// Differences are the settings of the server that are not those of the snapshot; they
	// stay as they are.
	Differences []snapshot.Difference `json:"differences"`
	// Due are the jobs that became due between the instant of the snapshot and that of a
	// system clock, such as expiries of handshakes, by their kinds: they run now.
	Due map[string]int `json:"due,omitempty"`
}

// Load makes the state of the server that of a named snapshot. Without secrets, access keys
// are left out.
func (s *Snapshots) Load(ctx context.Context, name string, secrets bool) (Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, _, err := s.find(ctx, name, false)
	if err != nil {
		return Loaded{}, err
	}
	loaded := s.kept
	if loaded == nil || loaded.Digest != found.Digest {
		_, file, err := s.find(ctx, name, true)
		if err != nil {
			return Loaded{}, err
		}
		if loaded, err = snapshot.Decode(file); err != nil {
			return Loaded{}, fmt.Errorf("the snapshot %s: %w", name, err)
		}
		s.keep(loaded)
	}
	return s.load(ctx, loaded, secrets, !found.Own)
}

// LoadFile is Load for a file.
func (s *Snapshots) LoadFile(ctx context.Context, file []byte, secrets bool) (Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	loaded, err := snapshot.Decode(file)
	if err != nil {
		return Loaded{}, err
	}
	return s.load(ctx, loaded, secrets, true)
}

// Return makes the state of the server that of a snapshot which Take of a server of this
// process has returned.
func (s *Snapshots) Return(ctx context.Context, to *snapshot.Snapshot) (Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx, to, true, false)
}

func (s *Snapshots) load(ctx context.Context, from *snapshot.Snapshot, secrets, check bool) (Loaded, error) {
	h := from.Header
	if !secrets {
		from = &snapshot.Snapshot{Header: h, Rows: from.Rows.WithoutSecrets()}
	}
	if err := s.requireReadable(from); err != nil {
		return Loaded{}, err
	}
	if !s.Clock.Virtual() && h.At.After(s.Clock.Now().Add(health.ClockWarning)) {
		return Loaded{}, fmt.Errorf("%w: the snapshot is of %s, which is after the time of this server; a server with --clock virtual can load it",
			ErrNotHere, h.At.Format(time.RFC3339))
	}
	due := map[string]int{}
	loader := from.Loader(check)
	err := s.Clock.Return(h.At, func(arrive func(*store.Tx) error) error {
		return s.Runner.Change(ctx, func(u *operation.Unit) error {
			if err := loader(u.Tx); err != nil {
				return err
			}
			if err := s.count(u, due); err != nil {
				return err
			}
			return arrive(u.Tx)
		})
	})
	if err != nil {
		return Loaded{}, err
	}
	s.Restart(from)
	s.Runner.Jobs.Notify()
	counts := from.Rows.Counts()
	s.Log.InfoContext(ctx, "snapshot loaded", "at", h.At, "accounts", counts["accounts"])
	return Loaded{
		At: h.At, Now: s.Clock.Now(), Accounts: counts["accounts"], Organizations: counts["organizations"],
		Differences: h.Differences(s.Behaviors, s.Quotas), Due: due,
	}, nil
}

// Restart has the sources of IDs begin anew, as after each load of a snapshot.
func (s *Snapshots) Restart(after *snapshot.Snapshot) {
	for _, source := range s.Sources {
		source.Restart("snapshot", after.Rows.Digest(), after.Header.At.Format(time.RFC3339Nano))
	}
}

// requireReadable refuses secrets that were encrypted with keys which the server does not
// have: nobody could sign with them.
func (s *Snapshots) requireReadable(from *snapshot.Snapshot) error {
	unreadable := 0
	for id, sealed := range from.Rows.Sealed() {
		if _, err := s.Ring.Open(id, sealed); err != nil {
			unreadable++
		}
	}
	if unreadable == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d access keys of the snapshot were encrypted with another secret key (%s) than this server has; "+
		"add that key to its --secret-key-file, or load it without secrets", ErrNotHere, unreadable, strings.Join(from.Header.SecretKeys, ", "))
}

// mostDue bounds the jobs that are counted.
const mostDue = 100_000

// count counts the jobs that are due by a system clock.
func (s *Snapshots) count(u *operation.Unit, due map[string]int) error {
	clear(due)
	if s.Clock.Virtual() {
		return nil
	}
	jobs, err := u.View.JobsDueBy(u.Now(), mostDue)
	for _, job := range jobs {
		due[job.Kind]++
	}
	return err
}

// Summary says what was loaded, in a line.
func (l Loaded) Summary() string {
	text := fmt.Sprintf("the state of %s: %d accounts, %d organizations", l.At.Format(time.RFC3339), l.Accounts, l.Organizations)
	var due []string
	for _, kind := range slices.Sorted(maps.Keys(l.Due)) {
		due = append(due, fmt.Sprintf("%d %s", l.Due[kind], kind))
	}
	if len(due) > 0 {
		text += "; due since then: " + strings.Join(due, ", ")
	}
	return text
}
