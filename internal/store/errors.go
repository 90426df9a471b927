package store

import "errors"

// What the verbs have to tell apart. Everything else that a store returns is
// trouble of the engine.
var (
	// ErrNotFound: no row has the key.
	ErrNotFound = errors.New("store: not found")
	// ErrDuplicate: a row with the same key, or with the same unique value, exists.
	// Verbs look first; this is the net below them.
	ErrDuplicate = errors.New("store: duplicate")
	// ErrUnchanged: a row that was to be changed is not there, or not in the state for
	// it. Verbs look first; this is the net below them.
	ErrUnchanged = errors.New("store: no row was changed")
	// ErrConflict: the transaction lost against others more often than it may be
	// repeated. Nothing was changed.
	ErrConflict = errors.New("store: conflict")
	// ErrUnknown: the transaction may or may not have been committed. Whoever asked
	// must be told so, and nothing may be repeated on its behalf.
	ErrUnknown = errors.New("store: outcome unknown")
)
