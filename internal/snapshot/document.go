package snapshot

import (
	"context"
	"errors"
	"io"

	"accord/internal/seed"
	"accord/internal/store"
	"accord/internal/store/state"
)

// Document reads a file, of which nothing is trusted, as the document that describes its state.
func Document(ctx context.Context, file io.Reader) (d *seed.Document, err error) {
	db, _, err := Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(ctx, func(v *store.View) error {
		d, err = state.Read(v, "")
		return err
	})
	return d, err
}
