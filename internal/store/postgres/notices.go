package postgres

import (
	"log/slog"
	"strings"
	"sync"
)

// endsSessions begins the codes of warnings that each session gets when the database stops
// or has crashed.
const endsSessions = "57P"

// notices are the warnings of a database, which tells each of its sessions: one is logged once,
// and once for each time that the database ends the sessions.
type notices struct {
	log    *slog.Logger
	mu     sync.Mutex
	logged map[string]bool
}

// add logs a warning, unless it was logged.
func (w *notices) add(text, code string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := code + " " + text
	if w.logged[key] {
		return
	}
	w.logged[key] = true
	w.log.Warn("PostgreSQL warns", "warning", text, "code", code)
}

// connected ends an episode in which the database ended sessions: it accepts them again.
func (w *notices) connected() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.logged {
		if strings.HasPrefix(key, endsSessions) {
			delete(w.logged, key)
		}
	}
}
