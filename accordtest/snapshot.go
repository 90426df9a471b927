package accordtest

import (
	"context"
	"fmt"
	"os"

	"accord/internal/snapshot"
)

// Snapshot is the state of a server at one instant: everything that users have made, and the
// time. It is not changed, so that tests which run in parallel can share one.
type Snapshot struct {
	state *snapshot.Snapshot
	file  []byte
	// settings are the behaviors and quotas of the server, and secretKey is its key.
	settings  map[string][]string
	secretKey string
}

// Snapshot returns the present state of the server.
func (s *Server) Snapshot() *Snapshot {
	s.t.Helper()
	state, file, err := s.app.Snapshots.Take(context.Background(), true)
	if err != nil {
		s.t.Fatalf("accordtest: snapshot: %v", err)
	}
	taken := &Snapshot{state: state, file: file, settings: map[string][]string{}}
	for _, name := range []string{"behavior", "quota"} {
		taken.settings[name] = s.settings[name]
	}
	if len(state.Header.SecretKeys) > 0 {
		taken.secretKey = s.app.Snapshots.Ring.Keys()[0].Text()
	}
	return taken
}

// Restore takes the server back to the state of a snapshot, also one of another server: what
// was made since is gone, and the clock shows the time of the snapshot. The same calls then
// make the same IDs, each time.
func (s *Server) Restore(to *Snapshot) {
	s.t.Helper()
	if _, err := s.app.Snapshots.Return(context.Background(), to.state); err != nil {
		s.t.Fatalf("accordtest: restore: %v", err)
	}
}

// From starts a server with the state of a snapshot, at its time, and with the behaviors and
// quotas of the server that it is of; options that follow change these. Each server has a
// state of its own from there on.
func From(s *Snapshot) Option {
	return func(o *options) {
		o.state = s.state
		for name, values := range s.settings {
			o.settings[name] = append(o.settings[name], values...)
		}
		if s.secretKey != "" {
			o.settings["secret-key"] = []string{s.secretKey}
		}
	}
}

// ReadSnapshot reads a file that `accord snapshot save --file` has written, or WriteFile.
// Access keys work only in a server that has the secret key of the one that has made them.
func ReadSnapshot(path string) (*Snapshot, error) {
	file, err := snapshot.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("accordtest: %w", err)
	}
	s, err := ParseSnapshot(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// ParseSnapshot is ReadSnapshot for the content of a file, such as one that is embedded.
func ParseSnapshot(file []byte) (*Snapshot, error) {
	state, err := snapshot.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("accordtest: %w", err)
	}
	if len(state.Header.SecretKeys) > 0 {
		state.Rows = state.Rows.WithoutSecrets()
	}
	return &Snapshot{state: state, file: file}, nil
}

// WriteFile writes a snapshot into a file, which `accord snapshot load --file` loads too.
func (s *Snapshot) WriteFile(path string) error { return os.WriteFile(path, s.file, 0o600) }
