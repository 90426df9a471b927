package operation

import (
	"errors"
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// RegisterAccount adds an account with a name and an address made from its id.
func (u *Unit) RegisterAccount(id ident.AccountID) (org.Account, error) {
	a := org.Account{
		ID:            id,
		Name:          "account-" + string(id),
		State:         org.Active,
		EmailVerified: true,
		Readiness:     org.Ready,
		Registered:    u.Now(),
	}
	for n := 1; ; n++ {
		a.Email = ident.Email(a.Name + "@example.com")
		if n > 1 {
			a.Email = ident.Email(fmt.Sprintf("%s-%d@example.com", a.Name, n))
		}
		_, err := u.AccountByEmail(a.Email)
		if errors.Is(err, store.ErrNotFound) {
			return a, u.Tx.InsertAccount(a)
		}
		if err != nil {
			return a, err
		}
	}
}

// Registered counts the accounts of the whole server that calls have registered.
const Registered store.CounterName = "registered"

// wholeServer is the organization of counters that belong to none.
const wholeServer ident.OrganizationID = ""

// FreeAccountID returns an id that no account has or had.
func (u *Unit) FreeAccountID() (ident.AccountID, error) {
	for {
		id := u.Source.Account()
		if _, err := u.Account(id); errors.Is(err, store.ErrNotFound) {
			return id, nil
		} else if err != nil {
			return "", err
		}
	}
}
