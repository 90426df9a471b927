package postgres

import "accord/internal/store/engine"

// A serializable transaction that reads and writes much conflicts with nearly every small one
// that commits meanwhile, because the database notes what it has read by pages and tables:
// beside writers that never rest it fails at each attempt. It gets its turn here: all
// transactions that write take a lock that they can share, and one that has taken long in vain
// takes it alone. Beside it nothing is written, by no server, so that it cannot conflict.

// gate is the table that is locked: each database of a store has it, and no transaction writes
// it. LOCK TABLE takes no snapshot: who has waited sees what was committed before.
// [PostgreSQL: LOCK]
const gate = engine.VersionTable

const (
	share = "LOCK TABLE " + gate + " IN ROW EXCLUSIVE MODE"
	// exclude waits for the transactions that write. Those that begin meanwhile wait behind it,
	// so that it gives up before they do.
	exclude       = "LOCK TABLE " + gate + " IN SHARE ROW EXCLUSIVE MODE"
	excludeWithin = "SET LOCAL lock_timeout = '4s'"
)

// opening are the statements that begin a transaction that writes.
func opening(alone bool) []statement {
	begin := []statement{{query: "BEGIN ISOLATION LEVEL SERIALIZABLE"}}
	if alone {
		return append(begin, statement{query: excludeWithin}, statement{query: exclude})
	}
	return append(begin, statement{query: share})
}
