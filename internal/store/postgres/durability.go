package postgres

import (
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"sync"
)

// warnings are settings of a server that let it lose what it acknowledged.
var warnings = []struct{ setting, value, consequence string }{
	{"fsync", "off", "a crash of the machine destroys the database"},
	{"full_page_writes", "off", "a crash of the machine can destroy the database"},
	{"synchronous_commit", "off", "a crash of PostgreSQL loses the last acknowledged changes"},
	{"synchronous_commit", "local", "a failover loses acknowledged changes: commits do not wait for a standby"},
}

const settings = `SELECT s || '=' || current_setting(s) FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) AS s`

// durability is what the log has of the settings by which acknowledged changes can be lost.
type durability struct {
	mu sync.Mutex
	// warned are the warnings in force, by their places.
	warned map[int]bool
}

// look logs such a setting when it is there first, and when it is no longer.
func (d *durability) look(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	found, err := list(ctx, db, settings)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.warned == nil {
		d.warned = map[int]bool{}
	}
	for i, w := range warnings {
		is := slices.Contains(found, w.setting+"="+w.value)
		switch {
		case is && !d.warned[i]:
			log.Warn("PostgreSQL is not durable", "setting", w.setting, "value", w.value, "consequence", w.consequence)
		case !is && d.warned[i]:
			log.Info("a setting of PostgreSQL no longer loses changes", "setting", w.setting, "value before", w.value)
		}
		d.warned[i] = is
	}
	return nil
}
