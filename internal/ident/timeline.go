package ident

// Timeline names a part of the history of a store. One begins where the store is found to
// have gone back to an older state, so that numbers that are given again are not taken for
// those that were given before. [PostgreSQL: continuous archiving, timelines]
type Timeline struct {
	// ID is empty for the first one. Numbers of this one are greater than Since.
	ID    string `json:"id"`
	Since int64  `json:"since"`
}
