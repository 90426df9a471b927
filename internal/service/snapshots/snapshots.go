// Package snapshots saves the state of a server under a name, and goes back to it: the
// changes behind the snapshots of the admin API.
//
// A snapshot is of one instant, also under load, and is loaded in one transaction: a failure
// leaves the state as it was.
package snapshots

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"accord/internal/ident"
	"accord/internal/secret"
	"accord/internal/seed"
	"accord/internal/service/operation"
	"accord/internal/snapshot"
	"accord/internal/spelling"
	"accord/internal/store"
	"accord/internal/store/snapshots"
)

// The errors.
var (
	// ErrNone: there is no snapshot of the name.
	ErrNone = errors.New("there is no such snapshot")
	// ErrTaken: there is one already.
	ErrTaken = errors.New("there is a snapshot of this name")
	// ErrName: no snapshot has such a name.
	ErrName = errors.New("a name of a snapshot has " + snapshot.NameForm)
	// ErrFull: there are too many, or they are too large together.
	ErrFull = errors.New("there is no place for another snapshot")
	// ErrNotHere: the snapshot cannot be loaded by this server.
	ErrNotHere = errors.New("nothing was loaded")
)

// Clock is the clock of a server.
type Clock interface {
	Now() time.Time
	// Virtual reports whether the clock moves only when it is moved.
	Virtual() bool
	// Return runs a change that takes the store to the state of an instant. A virtual clock
	// is set to it where the change calls the function that it is given.
	Return(to time.Time, change func(arrive func(*store.Tx) error) error) error
}

// Options are what snapshots are made and loaded with.
type Options struct {
	Runner *operation.Runner
	Clock  Clock
	// Ring has the keys that encrypt the secrets of the store.
	Ring *secret.Ring
	// Sources begin anew with each state that is loaded.
	Sources []*ident.Source
	// Program is the version of the program; Behaviors and Quotas are those in force.
	Program           string
	Behaviors, Quotas map[string]string
	// Most and Space bound the number of named snapshots, and the bytes of their files.
	Most  int
	Space int64
	Log   *slog.Logger
}

// Snapshots are those of a server. Its methods may be called concurrently.
type Snapshots struct {
	Options
	// mu is held while one is made or loaded: each takes the memory of all rows.
	mu sync.Mutex
	// kept is the one that was made or loaded last, under mu: tests go back again and again.
	kept *snapshot.Snapshot
}

// New returns the snapshots of a server.
func New(o Options) *Snapshots { return &Snapshots{Options: o} }

// Entry is a named snapshot.
type Entry struct {
	Name  string    `json:"name"`
	Saved time.Time `json:"saved"`
	// Size is the length of its file in bytes, and Checksum its last 32 bytes.
	Size     int64  `json:"size"`
	Checksum string `json:"checksum"`
	// Own is true if a server of this store has saved it, false if it was added from a file.
	Own bool `json:"own"`
	snapshot.Header
	// Differences are the settings of the server that are not those of the snapshot. A list
	// leaves them out.
	Differences []snapshot.Difference `json:"differences,omitempty"`
}

func entryOf(s snapshots.Snapshot) (Entry, error) {
	e := Entry{Name: s.Name, Saved: s.Saved, Size: s.Size, Checksum: s.Digest, Own: s.Own}
	if err := json.Unmarshal([]byte(s.Header), &e.Header); err != nil {
		return e, fmt.Errorf("the header of the snapshot %s in the store: %w", s.Name, err)
	}
	return e, nil
}

// List lists the named snapshots by their names, without behaviors and quotas.
func (s *Snapshots) List(ctx context.Context) ([]Entry, error) {
	var found []snapshots.Snapshot
	err := s.Runner.Store.View(ctx, func(v *store.View) (err error) {
		found, err = snapshots.List(v)
		return err
	})
	entries := make([]Entry, len(found))
	for i, f := range found {
		var invalid error
		entries[i], invalid = entryOf(f)
		entries[i].Behaviors, entries[i].Quotas = nil, nil
		err = errors.Join(err, invalid)
	}
	return entries, err
}

// Get returns a named snapshot, or ErrNone.
func (s *Snapshots) Get(ctx context.Context, name string) (Entry, error) {
	found, _, err := s.find(ctx, name, false)
	if err != nil {
		return Entry{}, err
	}
	e, err := entryOf(found)
	e.Differences = e.Header.Differences(s.Behaviors, s.Quotas)
	return e, err
}

// Document returns the document that describes the state of a named snapshot, or ErrNone.
func (s *Snapshots) Document(ctx context.Context, name string) (*seed.Document, error) {
	file, err := s.File(ctx, name)
	if err != nil {
		return nil, err
	}
	d, err := snapshot.Document(ctx, bytes.NewReader(file))
	if err != nil {
		err = fmt.Errorf("the snapshot %s: %w", name, err)
	}
	return d, err
}

// File returns the file of a named snapshot, or ErrNone.
func (s *Snapshots) File(ctx context.Context, name string) ([]byte, error) {
	_, file, err := s.find(ctx, name, true)
	return file, err
}

func (s *Snapshots) find(ctx context.Context, name string, whole bool) (found snapshots.Snapshot, file []byte, err error) {
	err = s.Runner.Store.View(ctx, func(v *store.View) (err error) {
		found, err = snapshots.Get(v, name)
		if err == nil && whole {
			file, err = snapshots.File(v, found)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = s.none(ctx, name)
	}
	return found, file, err
}

// none is the error of a name that no snapshot has.
func (s *Snapshots) none(ctx context.Context, name string) error {
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.Name
	}
	return fmt.Errorf("%w: %.64q%s", ErrNone, name, spelling.Suggest(name, names))
}

// Delete deletes a named snapshot, or returns ErrNone.
func (s *Snapshots) Delete(ctx context.Context, name string) error {
	err := s.Runner.Change(ctx, func(u *operation.Unit) error {
		existed, err := snapshots.Delete(u.Tx, name)
		if err == nil && !existed {
			err = store.ErrNotFound
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = s.none(ctx, name)
	}
	return err
}
