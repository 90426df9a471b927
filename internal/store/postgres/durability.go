package postgres

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
)

// warnings are settings of a server that let it lose what it acknowledged.
var warnings = [...]struct{ setting, value, consequence string }{
	{"fsync", "off", "a crash of the machine destroys the database"},
	{"full_page_writes", "off", "a crash of the machine can destroy the database"},
	{"synchronous_commit", "off", "a crash of PostgreSQL loses the last acknowledged changes"},
	{"synchronous_commit", "local", "a failover loses acknowledged changes: commits do not wait for a standby"},
}

// settings reads the values of settings, in their order.
const settings = `SELECT current_setting(name) FROM unnest(CAST($1 AS text[])) WITH ORDINALITY AS given (name, place) ORDER BY place`

// durability is what the log has of the settings by which acknowledged changes can be lost.
type durability struct {
	mu sync.Mutex
	// warned says which of the warnings are in force.
	warned [len(warnings)]bool
}

// look logs such a setting when it is there first, and when it is no longer.
func (d *durability) look(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	var names []string
	for _, w := range warnings {
		names = append(names, w.setting)
	}
	found, err := list(ctx, db, settings, names)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, w := range warnings {
		is := found[i] == w.value
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
