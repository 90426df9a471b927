package console

import (
	"errors"
	"net/http"
	"net/url"

	"accord/internal/ident"
)

// accounts lists the first accounts in the order of registration, and says whether there are
// more.
func (v *visit) accounts(limit string) (found []account, more bool, err error) {
	var list struct {
		Accounts []account `json:"accounts"`
		Next     string    `json:"next"`
	}
	err = v.admin(http.MethodGet, "/accounts?limit="+limit, nil, &list)
	return list.Accounts, list.Next != "", err
}

// account reads an account; nil if there is none, or for a person without the powers of the
// admin API.
func (v *visit) account(id ident.AccountID) (*account, error) {
	if !v.Powers || !id.Valid() {
		return nil, nil
	}
	var found account
	return orNone(&found, v.admin(http.MethodGet, "/accounts/"+url.PathEscape(string(id)), nil, &found))
}

// accountOf reads the account that has an address, as account does.
func (v *visit) accountOf(email string) (*account, error) {
	if !v.Powers || email == "" {
		return nil, nil
	}
	var list struct {
		Accounts []account `json:"accounts"`
	}
	err := v.admin(http.MethodGet, "/accounts?email="+url.QueryEscape(email), nil, &list)
	if err != nil || len(list.Accounts) == 0 {
		return nil, err
	}
	return &list.Accounts[0], nil
}

// orNone is what was read, or nil without an error if it is not there.
func orNone[T any](found *T, err error) (*T, error) {
	var f *failure
	if errors.As(err, &f) && f.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// register adds an account.
func (v *visit) register(id ident.AccountID, email, name string) (account, error) {
	var made account
	err := v.admin(http.MethodPost, "/accounts", map[string]string{"id": string(id), "email": email, "name": name}, &made)
	return made, err
}

// choice is what a page shows that needs an account to act as.
type choice struct {
	// Unknown is the account that was asked for and does not exist.
	Unknown  ident.AccountID
	Accounts []account
	More     bool
}

// choose returns what to choose from, or nil once an account is chosen that exists. A look
// registers no account.
func (v *visit) choose() (*choice, error) {
	if v.console.Strict {
		return nil, nil
	}
	c := &choice{}
	if v.As.Valid() {
		found, err := v.account(v.As)
		if err != nil {
			return nil, err
		}
		if found != nil {
			v.Account = found
			return nil, nil
		}
		c.Unknown = v.As
	}
	var err error
	c.Accounts, c.More, err = v.accounts("200")
	return c, err
}
