package store

import (
	"fmt"
	"math"
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
}

func scanMessage(row scanner, m *Message) error {
	var at int64
	if err := row.Scan(&m.Sequence, &m.ID, &m.Kind, &m.Organization, &m.Account, &at, &m.Body); err != nil {
		return err
	}
	m.At = instant(at)
	return nil
}

// InsertMessage adds a message. It gets its id here and, if it has none, its instant.
func (t *Tx) InsertMessage(m Message) error {
	if m.At.IsZero() {
		m.At = t.now
	}
	m.ID = fmt.Sprintf("%016x-%x", micros(t.now), t.source.Bytes(6))
	return t.execDeferred(`INSERT INTO outbox (sequence, id, kind, organization_id, account_id, at, body, leased_until, delivered)
		VALUES (nextval('insertions'), $1, $2, $3, $4, $5, $6, 0, FALSE)`,
		m.ID, m.Kind, m.Organization, m.Account, micros(m.At), m.Body)
}

// LeaseMessages leases undelivered messages of a kind until an instant, oldest first.
// No other server gets them before that instant.
func (t *Tx) LeaseMessages(kind string, until time.Time, limit int) ([]Message, error) {
	messages, err := upTo(&t.View, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND delivered = FALSE AND leased_until <= $2 ORDER BY sequence LIMIT $3`, kind, micros(t.now))
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if err := t.execDeferred(`UPDATE outbox SET leased_until = $1 WHERE sequence = $2`, micros(until), m.Sequence); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// MarkDelivered records that a message was delivered.
func (t *Tx) MarkDelivered(m Message) error {
	return t.execDeferred(`UPDATE outbox SET delivered = TRUE WHERE sequence = $1`, m.Sequence)
}

// Messages lists the messages of a kind in the order of writing, after the one with a
// sequence; 0 begins with the oldest.
func (v *View) Messages(kind string, after int64, limit int) ([]Message, error) {
	return upTo(v, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`, kind, after)
}

// LatestMessages lists the messages of a kind before the one with a sequence, newest
// first; 0 begins with the newest.
func (v *View) LatestMessages(kind string, before int64, limit int) ([]Message, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return upTo(v, limit, scanMessage, `SELECT sequence, id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3`, kind, before)
}

// DeleteMessages deletes the messages before an instant.
func (t *Tx) DeleteMessages(before time.Time) error {
	return t.execDeferred(`DELETE FROM outbox WHERE at < $1`, micros(before))
}
