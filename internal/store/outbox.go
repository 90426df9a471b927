package store

import (
	"errors"
	"fmt"
	"time"

	"accord/internal/ident"
)

// Message is an effect on the outside world that waits to be delivered.
type Message struct {
	// ID is the key by which a receiver recognises a letter that comes twice. Ids
	// sort in the order of writing.
	ID string
	// Kind says which sink it is for.
	Kind         string
	Organization ident.OrganizationID
	// Account is the one that the letter is about or goes to.
	Account ident.AccountID
	At      time.Time
	Body    string
}

func scanLetter(row scanner, l *Message) error {
	var at int64
	if err := row.Scan(&l.ID, &l.Kind, &l.Organization, &l.Account, &at, &l.Body); err != nil {
		return err
	}
	l.At = instant(at)
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

// InsertMessage writes a letter. Its id and, where it has none, its instant are made here.
func (t *Tx) InsertMessage(l Message) error {
	if l.At.IsZero() {
		l.At = t.now
	}
	if t.written++; t.written == 1 {
		t.order = t.messages.next(t.now)
	}
	l.ID = fmt.Sprintf("%016x-%06x-%x", t.order, t.written, t.source.Bytes(6))
	return t.execDeferred(`INSERT INTO outbox (id, kind, organization_id, account_id, at, body, leased_until, delivered)
		VALUES ($1, $2, $3, $4, $5, $6, 0, FALSE)`, l.ID, l.Kind, l.Organization, l.Account, micros(l.At), l.Body)
}

// LeaseMessages takes letters of a kind for delivery until an instant, oldest first. Two
// servers never hold the same letter before that instant.
func (t *Tx) LeaseMessages(kind string, until time.Time, limit int) ([]Message, error) {
	letters, err := upTo(&t.View, limit, scanLetter, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND delivered = FALSE AND leased_until <= $2 ORDER BY id LIMIT $3`, kind, micros(t.now))
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		if err := t.execDeferred(`UPDATE outbox SET leased_until = $1 WHERE id = $2`, micros(until), l.ID); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// MarkDelivered records that a letter has arrived.
func (t *Tx) MarkDelivered(id string) error {
	return t.execDeferred(`UPDATE outbox SET delivered = TRUE WHERE id = $1`, id)
}

// Messages lists the letters of a kind in the order of writing.
func (v *View) Messages(kind, afterID string, limit int) ([]Message, error) {
	return upTo(v, limit, scanLetter, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3`, kind, afterID)
}

// LatestMessages lists the letters of a kind that were written before the one with
// the id, newest first; an empty id begins with the newest.
func (v *View) LatestMessages(kind, beforeID string, limit int) ([]Message, error) {
	if beforeID == "" {
		// Behind every id: those are hexadecimal.
		beforeID = "~"
	}
	return upTo(v, limit, scanLetter, `SELECT id, kind, organization_id, account_id, at, body FROM outbox
		WHERE kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, kind, beforeID)
}

// DeleteMessages removes what was written before an instant.
func (t *Tx) DeleteMessages(before time.Time) error {
	return t.execDeferred(`DELETE FROM outbox WHERE at < $1`, micros(before))
}
