package postgres

import (
	"context"
	"fmt"
	"time"
)

// Time reads the clock of the database.
func (e *postgresEngine) Time(ctx context.Context) (now time.Time, err error) {
	if err = e.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now); err != nil {
		err = fmt.Errorf("the clock of the database: %w", connectError{err})
	}
	return now, err
}
