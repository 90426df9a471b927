// Package snapshots holds the rows of the snapshots that have a name. Its functions read and
// write within transactions of the store, whose rules hold for its SQL. It knows nothing of
// what is in their files.
package snapshots

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"accord/internal/store"
)

// Snapshot is a snapshot without its file.
type Snapshot struct {
	Name string
	// Header is the head of the file, JSON.
	Header string
	Saved  time.Time
	// Size is the length of the file in bytes, Digest its hash.
	Size   int64
	Digest string
	// Own is true if the store itself has made it of its rows.
	Own bool
}

const columns = `name, header, saved_at, size, digest, own`

func scan(row store.Scanner, s *Snapshot) error {
	var saved int64
	err := row.Scan(&s.Name, &s.Header, &saved, &s.Size, &s.Digest, &s.Own)
	s.Saved = store.Instant(saved)
	return err
}

// List lists all snapshots by their names; there are few.
func List(v *store.View) ([]Snapshot, error) {
	return store.Many(v, scan, `SELECT `+columns+` FROM snapshots ORDER BY name`)
}

// Get reads a snapshot, or store.ErrNotFound.
func Get(v *store.View, name string) (Snapshot, error) {
	return store.One(v, scan, `SELECT `+columns+` FROM snapshots WHERE name = $1`, name)
}

// partSize is how many bytes of a file are in one row.
const partSize = 1 << 20

// File reads the file of a snapshot that exists.
func File(v *store.View, s Snapshot) ([]byte, error) {
	parts, err := store.Many(v, store.ScanText[string], `SELECT data FROM snapshot_parts WHERE name = $1 ORDER BY number`, s.Name)
	if err != nil {
		return nil, err
	}
	file, err := base64.StdEncoding.DecodeString(strings.Join(parts, ""))
	if err == nil && int64(len(file)) != s.Size {
		err = errors.New("its length is another one")
	}
	if err != nil {
		return nil, fmt.Errorf("the file of the snapshot %s in the store is damaged: %w", s.Name, err)
	}
	return file, nil
}

// Insert adds a snapshot with its file; store.ErrDuplicate: there is one of its name.
func Insert(tx *store.Tx, s Snapshot, file []byte) error {
	if err := tx.ExecOne(`INSERT INTO snapshots (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Name, s.Header, store.Micros(s.Saved), int64(len(file)), s.Digest, s.Own); err != nil {
		return err
	}
	number := 0
	// A part of a multiple of three bytes has no padding within the whole.
	for part := range slices.Chunk(file, partSize-partSize%3) {
		if err := tx.ExecOne(`INSERT INTO snapshot_parts (name, number, data) VALUES ($1, $2, $3)`,
			s.Name, number, base64.StdEncoding.EncodeToString(part)); err != nil {
			return err
		}
		number++
	}
	return nil
}

// Delete deletes a snapshot, if it exists, and reports whether it did.
func Delete(tx *store.Tx, name string) (bool, error) {
	if err := tx.Exec(`DELETE FROM snapshot_parts WHERE name = $1`, name); err != nil {
		return false, err
	}
	n, err := tx.ExecCount(`DELETE FROM snapshots WHERE name = $1`, name)
	return n > 0, err
}
