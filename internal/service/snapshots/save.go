package snapshots

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"accord/internal/secret"
	"accord/internal/service/operation"
	"accord/internal/snapshot"
	"accord/internal/store"
	"accord/internal/store/snapshots"
)

// Current returns the file of the present state. Without secrets, access keys are left out.
func (s *Snapshots) Current(ctx context.Context, secrets bool) ([]byte, error) {
	_, file, err := s.Take(ctx, secrets)
	return file, err
}

// Take is Current, and returns the snapshot too.
func (s *Snapshots) Take(ctx context.Context, secrets bool) (*snapshot.Snapshot, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.make(ctx, secrets)
}

// make reads the present state.
func (s *Snapshots) make(ctx context.Context, secrets bool) (made *snapshot.Snapshot, file []byte, err error) {
	header := snapshot.Header{Program: s.Program, Clock: "system", Behaviors: s.Behaviors, Quotas: s.Quotas}
	if s.Clock.Virtual() {
		header.Clock = "virtual"
	}
	if err := s.Runner.Store.View(ctx, func(v *store.View) (err error) {
		made, err = snapshot.Read(v, header, secrets)
		return err
	}); err != nil {
		return nil, nil, err
	}
	keys := map[string]bool{}
	for _, sealed := range made.Rows.Sealed() {
		keys[secret.KeyID(sealed)] = true
	}
	made.Header.SecretKeys = slices.Sorted(maps.Keys(keys))
	file, err = made.Encode()
	return made, file, err
}

// Save saves the present state under a name. ErrTaken: there is a snapshot of the name, and
// it is not to be replaced.
func (s *Snapshots) Save(ctx context.Context, name string, secrets, replace bool) (Entry, error) {
	if !snapshot.ValidName(name) {
		return Entry{}, ErrName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.require(ctx, name, replace); err != nil {
		return Entry{}, err
	}
	made, file, err := s.make(ctx, secrets)
	if err != nil {
		return Entry{}, err
	}
	entry, err := s.insert(ctx, name, made, file, replace, true)
	if err == nil {
		s.keep(made)
		s.Log.InfoContext(ctx, "snapshot saved", "name", name, "size", len(file), "accounts", made.Header.Rows["accounts"])
	}
	return entry, err
}

// Put adds a file under a name, which has to be a snapshot that this program can read.
func (s *Snapshots) Put(ctx context.Context, name string, file []byte, replace bool) (Entry, error) {
	if !snapshot.ValidName(name) {
		return Entry{}, ErrName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	given, err := snapshot.Decode(file)
	if err != nil {
		return Entry{}, err
	}
	entry, err := s.insert(ctx, name, given, file, replace, false)
	if err == nil {
		s.Log.InfoContext(ctx, "snapshot added from a file", "name", name, "size", len(file), "accounts", given.Header.Rows["accounts"])
	}
	return entry, err
}

// require returns why a name cannot be used, before the work is done.
func (s *Snapshots) require(ctx context.Context, name string, replace bool) error {
	return s.Runner.Store.View(ctx, func(v *store.View) error { return s.place(v, name, 0, replace) })
}

// place returns an error unless there is a place for a file of so many bytes.
func (s *Snapshots) place(v *store.View, name string, size int64, replace bool) error {
	all, err := snapshots.List(v)
	if err != nil {
		return err
	}
	number := 1
	for _, other := range all {
		if other.Name != name {
			number++
			size += other.Size
		} else if !replace {
			return fmt.Errorf("%w: %s; replace it (--force, \"replace\": true), or delete it first", ErrTaken, name)
		}
	}
	switch {
	case number > s.Most:
		return fmt.Errorf("%w: %d are saved, and --snapshots allows %d; delete one first", ErrFull, number-1, s.Most)
	case size > s.Space:
		return fmt.Errorf("%w: together they would have %d bytes, and --snapshot-space allows %d; delete one first", ErrFull, size, s.Space)
	}
	return nil
}

func (s *Snapshots) insert(ctx context.Context, name string, made *snapshot.Snapshot, file []byte, replace, own bool) (Entry, error) {
	header, err := json.Marshal(made.Header)
	if err != nil {
		return Entry{}, err
	}
	row := snapshots.Snapshot{Name: name, Header: string(header), Saved: s.Clock.Now(), Size: int64(len(file)), Digest: made.Digest, Own: own}
	if err := s.Runner.Change(ctx, func(u *operation.Unit) error {
		if err := s.place(u.View, name, row.Size, replace); err != nil {
			return err
		}
		if _, err := snapshots.Delete(u.Tx, name); err != nil {
			return err
		}
		return snapshots.Insert(u.Tx, row, file)
	}); err != nil {
		return Entry{}, err
	}
	return entryOf(row)
}

// mostKept bounds the text of the rows that are kept in memory.
const mostKept = 64 << 20

func (s *Snapshots) keep(made *snapshot.Snapshot) {
	if made.Header.Bytes <= mostKept {
		s.kept = made
	}
}
