package org

import (
	"time"

	"accord/internal/ident"
)

// Unit is an organizational unit: a branch of the tree below the root.
type Unit struct {
	ID           ident.UnitID
	Organization ident.OrganizationID
	Parent       ident.ParentID
	Name         string
	// Path names the units on the way from the root, this one last, and ends with
	// a slash. Units never move, so it never changes.
	Path string
	// Depth is 1 for a unit directly below the root.
	Depth   int
	Created time.Time
	// Sequence orders units that were created at the same instant.
	Sequence int64
}
