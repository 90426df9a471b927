package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accord/internal/store/engine"
)

// inspect reads the version of the schema and the clock of a database, and whether it can
// be written.
func inspect(ctx context.Context, url string, o engine.Options) (version int64, now time.Time, err error) {
	opened, err := open(ctx, url, o)
	if err != nil {
		return 0, time.Time{}, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	e := opened.(*postgresEngine)
	if now, err = e.Time(ctx); err != nil {
		return 0, now, err
	}
	var there, readOnly bool
	if err = e.start.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL, current_setting('transaction_read_only') = 'on'`,
		engine.VersionTable).Scan(&there, &readOnly); err != nil {
		return 0, now, err
	}
	if there {
		if err = e.start.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+engine.VersionTable).Scan(&version); err != nil {
			return 0, now, fmt.Errorf("the version of the schema: %w", err)
		}
	}
	if readOnly {
		err = errors.New("the database is read-only: use the primary, or set default_transaction_read_only to off")
	} else if version > 0 {
		err = e.Check(ctx)
	}
	return version, now, err
}
