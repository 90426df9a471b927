package store

import (
	"errors"
	"fmt"
	"time"

	"accord/internal/ident"
)

// Message is an entry of the outbox: it waits to be delivered to a sink.
type Message struct {
	// ID lets a receiver recognize a message that is delivered twice. Ids sort in the
	// order of writing.
	ID string
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
	if err := row.Scan(&m.ID, &m.Kind, &m.Organization, &m.Account, &at, &m.Body); err != nil {
		return err
	}
	m.At = instant(at)
	return nil
}

// lastMessageID is the id of the message that was written last, or empty.
func (v *View) lastMessageID() (string, error) {
	id, err := one(v, scanText[string], `SELECT id FROM outbox ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return id, err
}

// InsertMessage adds a message. It gets its id here and, if it has none, its instant.
func (t *Tx) InsertMessage(m Message) error {
	if m.At.IsZero() {
		m.At = t.now
	}
	if t.written++; t.written == 1 {
		t.order = t.messages.next(t.now)
	}
	m.ID = fmt.Sprintf("%016x-%06x-%x", t.order, t.written, t.source.Bytes(6))
	return t.execDeferred(`INSERT INTO outbox (id, kind, organization_id, account_id, at, body, leased_until, delivered)
		VALUES ($1, $2, $3, $4, $5, $6, 0, FALSE)`, m.ID, m.Kind, m.Organization, m.Account, micros(m.At), m.Body)
}

// LeaseMessages leases undelivered messages of a kind until an instant, oldest first.
// No other server gets them before that instant.
func (t *Tx) LeaseMessages(kind string, until time.Time, limit int) ([]Message, error) {
	messages, err := upTo(&t.View, limit, scanMessage, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND delivered = FALSE AND leased_until <= $2 ORDER BY id LIMIT $3`, kind, micros(t.now))
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if err := t.execDeferred(`UPDATE outbox SET leased_until = $1 WHERE id = $2`, micros(until), m.ID); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// MarkDelivered records that a message was delivered.
func (t *Tx) MarkDelivered(id string) error {
	return t.execDeferred(`UPDATE outbox SET delivered = TRUE WHERE id = $1`, id)
}

// Messages lists the messages of a kind in the order of writing.
func (v *View) Messages(kind, afterID string, limit int) ([]Message, error) {
	return upTo(v, limit, scanMessage, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3`, kind, afterID)
}

// LatestMessages lists the messages of a kind before the one with the id, newest first;
// an empty id begins with the newest.
func (v *View) LatestMessages(kind, beforeID string, limit int) ([]Message, error) {
	if beforeID == "" {
		// After every id: those are hexadecimal.
		beforeID = "~"
	}
	return upTo(v, limit, scanMessage, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, kind, beforeID)
}

// DeleteMessages deletes the messages before an instant.
func (t *Tx) DeleteMessages(before time.Time) error {
	return t.execDeferred(`DELETE FROM outbox WHERE at < $1`, micros(before))
}
