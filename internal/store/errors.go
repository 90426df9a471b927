package store

import (
	"errors"

	"accord/internal/store/engine"
)

// The errors that callers handle. Every other error of a store is an internal one.
var (
	// ErrNotFound: no row has the key.
	ErrNotFound = errors.New("store: not found")
	// ErrDuplicate: a row with the same key, or with the same unique value, exists.
	// Operations look first, and see it only when a concurrent transaction came between.
	ErrDuplicate = errors.New("store: duplicate")
	// ErrUnchanged: a row to change does not exist, or is not in the state for it.
	// Operations look first.
	ErrUnchanged = engine.ErrUnchanged
	// ErrConflict: the transaction lost against concurrent ones more often than it may
	// be retried. Nothing was changed.
	ErrConflict = errors.New("store: conflict")
	// ErrUnknown: the transaction may or may not have been committed. The caller is
	// told so, and nothing is retried on its behalf.
	ErrUnknown = engine.ErrUnknown
)
