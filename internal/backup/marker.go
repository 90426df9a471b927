// Package backup writes the state of a store into one file and makes a store of such a
// file. It knows the form of the file and what has to be checked; the engines know how
// a database is copied while servers use it.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/event"
	"accord/internal/store"
)

// Marker says what a backup holds. It is in the file beside the data.
type Marker struct {
	// Format is the version of the form of the file.
	Format int `json:"format"`
	// Begun and Made are the instants between which the state was read: what was
	// acknowledged before Begun is in it.
	Begun time.Time `json:"begun"`
	Made  time.Time `json:"made"`
	// Program is the version of the program that made it.
	Program string `json:"program"`
	// Engine is the form of the URLs of its engine, and Store describes the store,
	// without a password.
	Engine string `json:"engine"`
	Store  string `json:"store"`
	// StoreID is the same for all copies of a store, and of no other one.
	StoreID string `json:"storeId"`
	// Schema is the version of its schema.
	Schema int64 `json:"schema"`
	// Newest is the newest event record, which is that of the newest change.
	Newest Record `json:"newest"`
	// Bytes and SHA256 are those of the data.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Record is an event record.
type Record struct {
	// EventID is that of the record, also in the journal; empty for a store without records.
	EventID string    `json:"eventID,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// String is a line for people.
func (m Marker) String() string {
	newest := "without event records"
	if m.Newest.EventID != "" {
		newest = fmt.Sprintf("newest event record %s of %s", m.Newest.EventID, m.Newest.At.Format(time.RFC3339Nano))
	}
	return fmt.Sprintf("the state of %s of %s (store %s, schema %d, %s)", m.Begun.Format(time.RFC3339Nano), m.Store, m.StoreID, m.Schema, newest)
}

// read fills in what the state itself says, and refuses rows that contradict each other.
func (m *Marker) read(v *store.View) (err error) {
	if m.StoreID, err = v.Fact(store.StoreID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if m.Schema, err = v.SchemaVersion(); err != nil {
		return err
	}
	if m.Schema < numbered {
		return nil
	}
	records, err := v.LatestMessages(event.MessageKind, 0, 1)
	if err != nil {
		return err
	}
	if len(records) > 0 {
		var record struct {
			EventID string `json:"eventID"`
		}
		if err := json.Unmarshal([]byte(records[0].Body), &record); err != nil {
			return fmt.Errorf("event record %s: %w", records[0].ID, err)
		}
		m.Newest = Record{EventID: record.EventID, At: records[0].At}
	}
	return nil
}

// numbered is the first version of the schema in which records have numbers, without which
// none is read.
const numbered = 2

// requireWhole refuses a state whose rows contradict each other.
func requireWhole(v *store.View) error {
	findings, err := v.Contradictions()
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("the rows contradict each other: %s", strings.Join(findings, "; "))
	}
	return err
}

// Restored is what a store remembers of the last time that it was restored.
type Restored struct {
	// At is when it was, Backup what it was restored from.
	At     time.Time `json:"at"`
	Backup Marker    `json:"backup"`
}

// LastRestored returns what a store remembers; false if it was never restored.
func LastRestored(ctx context.Context, s *store.Store) (r Restored, found bool, err error) {
	err = s.View(ctx, func(v *store.View) error {
		text, err := v.Fact(store.Restored)
		if err != nil {
			return err
		}
		found = true
		return json.Unmarshal([]byte(text), &r)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return r, found, err
}
