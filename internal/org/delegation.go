package org

import (
	"time"

	"accord/internal/ident"
)

// Delegation makes a member a delegated administrator of one service.
type Delegation struct {
	Account ident.AccountID
	Service ServicePrincipal
	Since   time.Time
	// Sequence orders registrations of the same instant.
	Sequence int64
}
