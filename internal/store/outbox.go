package store

import (
	"fmt"
	"math"
	"slices"
	"time"

	"accord/internal/ident"
)

// Message is an entry of the outbox: it waits to be delivered to a sink.
type Message struct {
	// ID lets a receiver recognize a message that is delivered twice.
	ID string
	// Sequence orders messages as they were written.
	Sequence int64
	// Kind says which sink it is for.
	Kind         string
	Organization ident.OrganizationID
	// Account is the subject or the recipient of the message.
	Account ident.AccountID
	At      time.Time
	Body    string
	// Number counts the messages of a kind that were leased, from 1 without gaps, and stays
	// when one is leased again; 0 until then.
	Number   int64
	Timeline ident.Timeline
}

func scanMessage(row Scanner, m *Message) error {
	var at int64
	if err := row.Scan(&m.Sequence, &m.ID, &m.Kind, &m.Organization, &m.Account, &at, &m.Body, &m.Number); err != nil {
		return err
	}
	m.At = Instant(at)
	return nil
}

// InsertMessage adds a message, which is written with the commit. What it has not, of ID and
// instant, it gets here.
func (t *Tx) InsertMessage(m Message) error {
	if m.At.IsZero() {
		m.At = t.now
	}
	if m.ID == "" {
		m.ID = fmt.Sprintf("%016x-%x", Micros(t.now), t.source.Bytes(6))
	}
	t.messages = append(t.messages, m.ID, m.Kind, m.Organization, m.Account, Micros(m.At), m.Body)
	return nil
}

// insertedTogether is how many messages one statement inserts at most; most changes have four.
const insertedTogether = 8

var insertMessages = func() (texts [insertedTogether + 1]string) {
	text := `INSERT INTO outbox (sequence, id, kind, organization_id, account_id, at, body, leased_until, delivered)
		VALUES (nextval('insertions'), $1, $2, $3, $4, $5, $6, 0, FALSE)`
	for n := 1; n <= insertedTogether; n++ {
		texts[n] = text
		text += fmt.Sprintf(", (nextval('insertions'), $%d, $%d, $%d, $%d, $%d, $%d, 0, FALSE)", 6*n+1, 6*n+2, 6*n+3, 6*n+4, 6*n+5, 6*n+6)
	}
	return texts
}()

func (t *Tx) writeMessages() error {
	for values := range slices.Chunk(t.messages, 6*insertedTogether) {
		if err := t.Exec(insertMessages[len(values)/6], values...); err != nil {
			return err
		}
	}
	t.messages = nil
	return nil
}

// RegisterDelivery says that messages of a kind are delivered: a reset keeps those that
// wait.
func (t *Tx) RegisterDelivery(kind string) error {
	return t.Exec(`INSERT INTO deliveries (kind, last) VALUES ($1, 0) ON CONFLICT (kind) DO NOTHING`, kind)
}

// LeaseMessages leases undelivered messages of a kind until an instant, oldest first, and
// numbers them. No other server gets them before that instant.
func (t *Tx) LeaseMessages(kind string, until time.Time, limit int) ([]Message, error) {
	messages, err := UpTo(&t.View, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body, COALESCE(number, 0) FROM outbox
		WHERE kind = $1 AND delivered = FALSE AND leased_until <= $2 ORDER BY sequence LIMIT $3`, kind, Micros(t.now))
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	last, err := t.lastNumber(kind)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		m := &messages[i]
		if m.Number == 0 {
			last++
			m.Number = last
		}
		if err := t.Exec(`UPDATE outbox SET leased_until = $1, number = $2 WHERE sequence = $3`,
			Micros(until), m.Number, m.Sequence); err != nil {
			return nil, err
		}
	}
	return messages, t.Exec(`INSERT INTO deliveries (kind, last) VALUES ($1, $2)
		ON CONFLICT (kind) DO UPDATE SET last = excluded.last`, kind, last)
}

// lastNumber is the highest number of the messages of a kind.
func (v *View) lastNumber(kind string) (int64, error) {
	last, err := Many(v, ScanNumber, `SELECT last FROM deliveries WHERE kind = $1`, kind)
	return append(last, 0)[0], err
}

// WaitingMessages lists messages of a kind that are not delivered, oldest first.
func (v *View) WaitingMessages(kind string, limit int) ([]Message, error) {
	return UpTo(v, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body, COALESCE(number, 0) FROM outbox
		WHERE kind = $1 AND delivered = FALSE ORDER BY sequence LIMIT $2`, kind)
}

// Journal is how far one file of records, or a chain of files, is on the disk.
type Journal struct {
	ID      string `json:"id"`
	Entries int64  `json:"entries"`
	// Hash is that of the last entry.
	Hash string `json:"hash"`
}

// UpsertJournal sets how far a journal is.
func (t *Tx) UpsertJournal(j Journal) error {
	return t.Exec(`INSERT INTO journals (id, entries, hash) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, hash = excluded.hash`, j.ID, j.Entries, j.Hash)
}

// DeliveryState is what the store knows of the delivery of a kind of messages.
type DeliveryState struct {
	// Last is the highest number, Waiting the numbers of messages that are not known to
	// be delivered, Journals where they were delivered to, and Timelines those after the first.
	Last      int64            `json:"last"`
	Waiting   []int64          `json:"waiting"`
	Journals  []Journal        `json:"journals"`
	Timelines []ident.Timeline `json:"timelines"`
}

// DeliveryState reads what is known of the delivery of a kind of messages.
func (v *View) DeliveryState(kind string) (s DeliveryState, err error) {
	if s.Last, err = v.lastNumber(kind); err != nil {
		return s, err
	}
	s.Waiting, err = Many(v, ScanNumber, `SELECT number FROM outbox
		WHERE kind = $1 AND delivered = FALSE AND number > 0 ORDER BY sequence`, kind)
	if err != nil {
		return s, err
	}
	s.Journals, err = Many(v, func(row Scanner, j *Journal) error { return row.Scan(&j.ID, &j.Entries, &j.Hash) },
		`SELECT id, entries, hash FROM journals ORDER BY id`)
	return s, err
}

// OldestUndelivered is the instant of the oldest waiting message of a kind, or ErrNotFound.
func (v *View) OldestUndelivered(kind string) (time.Time, error) {
	at, err := One(v, ScanNumber, `SELECT at FROM outbox WHERE kind = $1 AND delivered = FALSE ORDER BY sequence LIMIT 1`, kind)
	return Instant(at), err
}

// MarkDelivered records that a message was delivered.
func (t *Tx) MarkDelivered(m Message) error {
	return t.Exec(`UPDATE outbox SET delivered = TRUE WHERE sequence = $1`, m.Sequence)
}

// Messages lists the messages of a kind in the order of writing, after the one with a
// sequence; 0 begins with the oldest.
func (v *View) Messages(kind string, after int64, limit int) ([]Message, error) {
	return UpTo(v, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body, COALESCE(number, 0) FROM outbox
		WHERE kind = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`, kind, after)
}

// LatestMessages lists the messages of a kind before the one with a sequence, newest
// first; 0 begins with the newest.
func (v *View) LatestMessages(kind string, before int64, limit int) ([]Message, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return UpTo(v, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body, COALESCE(number, 0) FROM outbox
		WHERE kind = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3`, kind, before)
}

// DeleteMessages deletes the messages before an instant.
func (t *Tx) DeleteMessages(before time.Time) error {
	return t.Exec(`DELETE FROM outbox WHERE at < $1`, Micros(before))
}
