package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"accord/internal/config"
	"accord/internal/initscripts"
	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/internal/telemetry"
)

// ReadSeed reads a seed with the files beside it.
func ReadSeed(file string) (*seed.File, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	return seed.Parse(text, seed.Options{Name: file, ReadFile: seed.Beside(folder.FS())})
}

// start is what happens at the start of a server besides its opening.
type start struct {
	// seed is nil for none.
	seed    *seed.File
	scripts *initscripts.Scripts
}

// newStart reads the seed of the settings and finds the init scripts. The clock of the seed
// is where a virtual clock begins, unless it is said already.
func newStart(c config.Config, clock *time.Time, log *telemetry.Log) (*start, error) {
	s := &start{}
	var err error
	if c.Seed != "" {
		if s.seed, err = ReadSeed(c.Seed); err != nil {
			return nil, config.Use(err, "seed")
		}
		if s.seed.Clock != nil && clock.IsZero() {
			*clock = *s.seed.Clock
		}
	}
	s.scripts, err = initscripts.New(c.Init, log.Logger)
	return s, config.Use(err, "init")
}

// apply makes what the seed describes, unless it was made in this store before.
func (s *start) apply(ctx context.Context, seeder *seeding.Seeder, log *telemetry.Log) error {
	f := s.seed
	if f == nil {
		return nil
	}
	text, err := f.JSON()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	report, err := seeder.Apply(ctx, f, seeding.Options{Once: hex.EncodeToString(sum[:])})
	var failure *seeding.Failure
	if errors.As(err, &failure) {
		return config.Use(seed.Problems{f.At(failure.Path, failure.Reason())}, "seed")
	}
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "seed applied", "file", f.Name, "changes", len(report.Changes))
	for _, s := range report.Skipped {
		log.WarnContext(ctx, "a part of the seed was skipped", "path", s.Path, "reason", s.Reason)
	}
	return nil
}
