package app

import (
	"context"
	"time"

	"accord/internal/api"
	"accord/internal/clone"
	"accord/internal/service/importing"
	"accord/internal/snapshot"
	"accord/internal/telemetry"
)

// Options are what an App is built with besides its settings. All are optional.
type Options struct {
	// Log receives the log; nil discards it.
	Log *telemetry.Log
	// Version is the version of the program, as the admin API shows it.
	Version string
	// Start is where a virtual clock begins on a new store; zero is now.
	Start time.Time
	// MachineTime is the time of the operating system, for tests of clocks that are wrong;
	// nil for the real one.
	MachineTime func() time.Time
	// Snapshot is what a store in memory begins with, with a virtual clock; nil for nothing.
	Snapshot *snapshot.Snapshot
	// OpenSource opens a server whose organization is imported; nil for a program that calls no
	// others.
	OpenSource func(ctx context.Context, s importing.Source) (clone.Source, error)
	// Rehearse and BeforeCommit are those of store.Options, for tests.
	Rehearse     bool
	BeforeCommit func() error
	// Undeclared is that of server.Config, for tests.
	Undeclared func(operation string, e *api.Error)
}
