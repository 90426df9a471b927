package visit

import (
	"net/http"
	"net/url"

	"accord/internal/ident"
)

// Accounts lists the first accounts in the order of registration, and says whether there are
// more.
func (v *Visit) Accounts(limit string) (found []Account, more bool, err error) {
	return v.listAccounts("limit=" + limit)
}

// Standalone lists the first of those that are in no organization.
func (v *Visit) Standalone(limit string) (found []Account, more bool, err error) {
	return v.listAccounts("standalone=true&limit=" + limit)
}

func (v *Visit) listAccounts(query string) (found []Account, more bool, err error) {
	var list struct {
		Accounts []Account `json:"accounts"`
		Next     string    `json:"next"`
	}
	err = v.Admin(http.MethodGet, "/accounts?"+query, nil, &list)
	return list.Accounts, list.Next != "", err
}

// Members is how many accounts an organization has.
func (v *Visit) Members(id ident.OrganizationID) (int, error) {
	var list struct {
		All int `json:"all"`
	}
	err := v.Admin(http.MethodGet, "/accounts?limit=1&organization="+url.QueryEscape(string(id)), nil, &list)
	return list.All, err
}

// AccountByID reads an account; nil if there is none, or for a person without the powers of the
// admin API.
func (v *Visit) AccountByID(id ident.AccountID) (*Account, error) {
	if !v.Powers || !id.Valid() {
		return nil, nil
	}
	var found Account
	err := v.Admin(http.MethodGet, "/accounts/"+url.PathEscape(string(id)), nil, &found)
	switch {
	case Has(err, http.StatusNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &found, nil
}

// AccountByEmail reads the account that has an address, as AccountByID does.
func (v *Visit) AccountByEmail(email string) (*Account, error) {
	if !v.Powers || email == "" {
		return nil, nil
	}
	var list struct {
		Accounts []Account `json:"accounts"`
	}
	err := v.Admin(http.MethodGet, "/accounts?email="+url.QueryEscape(email), nil, &list)
	if err != nil || len(list.Accounts) == 0 {
		return nil, err
	}
	return &list.Accounts[0], nil
}

// Register adds an account.
func (v *Visit) Register(id ident.AccountID, email, name string) (Account, error) {
	var made Account
	err := v.Admin(http.MethodPost, "/accounts", map[string]string{"id": string(id), "email": email, "name": name}, &made)
	return made, err
}

// Choice is what a page shows that needs an account to act as.
type Choice struct {
	// Unknown is the account that was asked for and does not exist, Principal the user or the
	// role of one that does.
	Unknown   ident.AccountID
	Principal string
	Accounts  []Account
	More      bool
}

// Choose returns what to choose from, or nil once an account is chosen that exists. A look
// registers no account.
func (v *Visit) Choose() (*Choice, error) {
	if v.Server.Strict {
		return nil, nil
	}
	c := &Choice{}
	if v.As.Valid() {
		found, err := v.AccountByID(v.As)
		if err != nil {
			return nil, err
		}
		if found != nil {
			v.Account = found
			if err := v.readPrincipals(); err != nil {
				return nil, err
			}
			if _, err := v.principal(); err == nil {
				return nil, nil
			}
			c.Principal = v.By
			return c, nil
		}
		c.Unknown = v.As
	}
	var err error
	c.Accounts, c.More, err = v.Accounts("200")
	return c, err
}
