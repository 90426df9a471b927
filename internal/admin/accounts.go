package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/organizations"
)

// accountJSON is an account as it is shown.
type accountJSON struct {
	ID                ident.AccountID  `json:"id"`
	Name              string           `json:"name"`
	Email             ident.Email      `json:"email"`
	State             org.AccountState `json:"state"`
	EmailVerified     bool             `json:"emailVerified"`
	ServiceLinkedRole bool             `json:"serviceLinkedRole"`
	GovCloud          bool             `json:"govcloud"`
	Readiness         readinessJSON    `json:"readiness"`
	Registered        time.Time        `json:"registered"`
	// The rest is there for members of an organization.
	Organization ident.OrganizationID `json:"organization,omitempty"`
	Parent       ident.ParentID       `json:"parent,omitempty"`
	JoinedMethod org.JoinedMethod     `json:"joinedMethod,omitempty"`
	Joined       *time.Time           `json:"joined,omitempty"`
}

type readinessJSON struct {
	Agreement bool `json:"agreement"`
	Phone     bool `json:"phone"`
	Payment   bool `json:"payment"`
	Contact   bool `json:"contact"`
	Support   bool `json:"support"`
}

func toAccountJSON(a org.Account) accountJSON {
	shown := accountJSON{
		ID:                a.ID,
		Name:              a.Name,
		Email:             a.Email,
		State:             a.State,
		EmailVerified:     a.EmailVerified,
		ServiceLinkedRole: a.ServiceLinkedRole,
		GovCloud:          a.Paired,
		Readiness:         readinessJSON(a.Readiness),
		Registered:        a.Registered,
	}
	if m := a.Membership; m != nil {
		shown.Organization, shown.Parent, shown.JoinedMethod, shown.Joined = m.Organization, m.Parent, m.Method, &m.Joined
	}
	return shown
}

// maxPageSize bounds a page of a list.
const maxPageSize = 1000

// limit reads how many entries a page may have.
func pageSize(r *http.Request) (int, error) {
	given := r.URL.Query().Get("limit")
	if given == "" {
		return 100, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > maxPageSize {
		return 0, badRequest("limit: %.20q is not a number from 1 to %d", given, maxPageSize)
	}
	return n, nil
}

// accounts lists by id, ?limit= at once; "next" goes into ?after= for more.
func (s *Server) accounts(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Provider.Accounts(r.Context(), ident.AccountID(r.URL.Query().Get("after")), n+1)
	if err != nil {
		return nil, err
	}
	list := struct {
		Accounts []accountJSON   `json:"accounts"`
		Next     ident.AccountID `json:"next,omitempty"`
	}{Accounts: []accountJSON{}}
	for i, a := range found {
		if i == n {
			list.Next = found[n-1].ID
			break
		}
		list.Accounts = append(list.Accounts, toAccountJSON(a))
	}
	return list, nil
}

func (s *Server) account(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := s.Provider.Account(r.Context(), accountID(r))
	return toAccountJSON(a), err
}

func accountID(r *http.Request) ident.AccountID { return ident.AccountID(r.PathValue("id")) }

// register adds an account, or gives one that exists another address or name.
// Without an id it takes one that is free.
func (s *Server) registerAccount(_ http.ResponseWriter, r *http.Request) (any, error) {
	var given struct {
		ID    ident.AccountID `json:"id"`
		Email ident.Email     `json:"email"`
		Name  string          `json:"name"`
	}
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	a, err := s.Provider.Register(r.Context(), given.ID, given.Email, given.Name)
	return toAccountJSON(a), err
}

// amend changes the members that are given, those within readiness too.
func (s *Server) updateAccount(_ http.ResponseWriter, r *http.Request) (any, error) {
	var given struct {
		State         *org.AccountState `json:"state"`
		EmailVerified *bool             `json:"emailVerified"`
		Readiness     json.RawMessage   `json:"readiness"`
		GovCloud      *bool             `json:"govcloud"`
	}
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	change := organizations.AccountUpdate{State: given.State, EmailVerified: given.EmailVerified, Paired: given.GovCloud}
	s.updating.Lock()
	defer s.updating.Unlock()
	if given.Readiness != nil {
		a, err := s.Provider.Account(r.Context(), accountID(r))
		if err != nil {
			return nil, err
		}
		ready := readinessJSON(a.Readiness)
		if err := decodeJSON(bytes.NewReader(given.Readiness), &ready); err != nil {
			return nil, err
		}
		change.Readiness = new(org.Readiness(ready))
	}
	a, err := s.Provider.UpdateAccount(r.Context(), accountID(r), change)
	return toAccountJSON(a), err
}

func (s *Server) deleteServiceLinkedRole(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := s.Provider.RemoveServiceLinkedRole(r.Context(), accountID(r))
	return toAccountJSON(a), err
}

// setQuotas gives an organization quotas of its own, name to number or
// "unlimited"; those that are not named stay as they are.
func (s *Server) setQuotas(_ http.ResponseWriter, r *http.Request) (any, error) {
	var given map[string]any
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, badRequest("an object of quotas and their numbers is expected")
	}
	quotas := map[quota.Name]int64{}
	for name, value := range given {
		var text string
		switch v := value.(type) {
		case string:
			text = v
		case json.Number:
			text = v.String()
		default:
			return nil, badRequest(`quota %.80q is neither a number nor "unlimited"`, name)
		}
		known, number, err := quota.ParseOverride(name, text)
		if err != nil {
			return nil, badRequest("%s", err)
		}
		quotas[known] = number
	}
	err := s.Provider.SetQuotas(r.Context(), ident.OrganizationID(r.PathValue("id")), quotas)
	return map[string]any{"quotas": given}, err
}
