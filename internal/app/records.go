package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"accord/internal/admin"
	"accord/internal/backup"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/journal"
	"accord/internal/outbox"
	"accord/internal/server"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// openJournal opens the journal and compares its end with what the store knows of it.
func openJournal(ctx context.Context, c config.Config, db *store.Store, log *slog.Logger, m *telemetry.Metrics) (*journal.Journal, error) {
	j, err := journal.Open(c.Journal, journal.Options{
		Log: log, Source: db.Source(), Clock: &clock.System{}, Rotation: journal.Rotation(c.JournalRotation), Lost: m.Unrecorded,
	})
	if err != nil {
		return nil, config.Use(err, "journal")
	}
	state, err := deliveryState(ctx, db)
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	end := j.Position()
	for _, known := range state.Journals {
		if known.ID == end.ID && known.Entries > end.Entries {
			log.Error("the end of the journal is missing: records that were delivered are not in the file",
				"file", j.Path(), "entries", end.Entries, "delivered", known.Entries)
		}
	}
	if err := separateUndone(ctx, db, j, state, log); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// separateUndone begins a new timeline for the sequences of records if the store has gone
// back to an older state: it was restored, or the journal has records that it does not have.
func separateUndone(ctx context.Context, db *store.Store, j *journal.Journal, state store.DeliveryState, log *slog.Logger) error {
	begin := func(cause string) error {
		return db.Update(ctx, func(tx *store.Tx) error { return outbox.BeginTimeline(tx, event.MessageKind, cause) })
	}
	last, found, err := j.LastDelivered()
	if err != nil {
		return err
	}
	if undone, separate := outbox.Undone(state, last.Timeline, last.Sequence); found && undone {
		log.Warn("the store is older than the journal: it has gone back to an earlier state, or it is another store; "+
			"records of the journal with a greater sequence are not in its history, and new ones are of a new timeline",
			"file", j.Path(), "store", state.Last, "journal", last.Sequence)
		if !separate {
			if err := begin(fmt.Sprintf("journal %s entry %d", last.Chain, last.Entry)); err != nil {
				return err
			}
		}
	}
	restored, found, err := backup.LastRestored(ctx, db)
	if err != nil || !found {
		return err
	}
	return begin("restored " + restored.At.Format(time.RFC3339Nano))
}

func deliveryState(ctx context.Context, db *store.Store) (state store.DeliveryState, err error) {
	err = db.View(ctx, func(v *store.View) error {
		state, err = outbox.DeliveryState(v, event.MessageKind)
		return err
	})
	return state, err
}

// connectOutbox lets messages go to the journal, if there is one, and old ones be
// deleted.
func connectOutbox(ctx context.Context, db *store.Store, loop *jobs.Loop, worker *outbox.Worker, j *journal.Journal) error {
	if j != nil {
		worker.Sink(event.MessageKind, j)
	}
	loop.Handle(outbox.DeleteExpiredMessages, worker.DeleteExpired)
	loop.OnCommit(worker.Notify)
	return db.Update(ctx, func(tx *store.Tx) error {
		if err := worker.Register(tx); err != nil {
			return err
		}
		return outbox.PlanDeletion(tx)
	})
}

// recorder writes the event records of calls that changed nothing into the
// journal.
type recorder struct {
	journal *journal.Journal
	source  *ident.Source
	runner  *operation.Runner
}

// deliveredKind is the kind of the messages that are delivered; empty without a journal.
func deliveredKind(j *journal.Journal) string {
	if j == nil {
		return ""
	}
	return event.MessageKind
}

// newRecorder returns nil without a journal.
func newRecorder(j *journal.Journal, source *ident.Source, runner *operation.Runner) server.Recorder {
	if j == nil {
		return nil
	}
	return recorder{j, source, runner}
}

// Record writes one record.
func (r recorder) Record(ctx context.Context, c server.Record) {
	r.journal.Record(event.Call{
		ID:        r.source.For("record", c.Caller.RequestID).UUID(),
		At:        c.At,
		Caller:    r.runner.InOwnPartition(ctx, c.Caller),
		Source:    c.Service + ".amazonaws.com",
		Operation: c.Operation,
		ReadOnly:  c.ReadOnly,
		Request:   c.Request,
		Error:     c.Error,
	}.JSON())
}

// journalAPI is the journal as the admin API shows it.
type journalAPI struct {
	*journal.Journal
	store *store.Store
}

// State is what the store knows of the journal.
func (j journalAPI) State(ctx context.Context) (store.DeliveryState, error) {
	return deliveryState(ctx, j.store)
}

// journalReader returns nil without a journal: an interface that holds a nil pointer
// is not nil.
func journalReader(j *journal.Journal, db *store.Store) admin.Journal {
	if j == nil {
		return nil
	}
	return journalAPI{j, db}
}

// recordedChange returns a function that runs a transaction and records it if the context
// has a change of the admin API.
func recordedChange(r *operation.Runner) change {
	return func(ctx context.Context, fn func(*store.Tx) error) error {
		return r.Change(ctx, func(u *operation.Unit) error { return fn(u.Tx) })
	}
}

// adminChanges records the changes of the admin API.
type adminChanges struct {
	runner    *operation.Runner
	source    *ident.Source
	partition ident.Partition
}

// Begin returns a context in which a change is recorded by its transaction.
func (a adminChanges) Begin(ctx context.Context, c admin.Change) context.Context {
	return operation.WithChange(ctx, event.Change{
		ID: a.source.UUID(), Name: c.Name, Parameters: c.Parameters, Account: c.Account,
		AskedBy: c.AskedBy, SourceIP: c.Address, UserAgent: c.UserAgent, Partition: a.partition,
	})
}

// Record records a change that is not in the store.
func (a adminChanges) Record(ctx context.Context) error {
	return a.runner.Change(ctx, func(*operation.Unit) error { return nil })
}
