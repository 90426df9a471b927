package admin

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
)

// accountJSON is an account in a response.
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
	// The rest is set for members of an organization.
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
	out := accountJSON{
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
		out.Organization, out.Parent, out.JoinedMethod, out.Joined = m.Organization, m.Parent, m.Method, &m.Joined
	}
	return out
}

func (s *Server) account(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := s.Provider.Account(r.Context(), accountID(r))
	return toAccountJSON(a), err
}

// mostPrincipals is how many users, and how many roles, are listed.
const mostPrincipals = 500

// principals lists the users and the roles of an account.
func (s *Server) principals(_ http.ResponseWriter, r *http.Request) (any, error) {
	found, err := s.Provider.Principals(r.Context(), accountID(r), mostPrincipals)
	list := []map[string]string{}
	for i := range found {
		_, name, _ := strings.Cut(strings.TrimPrefix(found[i].ARN(s.Partition), "arn:"), "::")
		_, name, _ = strings.Cut(name, ":")
		list = append(list, map[string]string{"name": name, "arn": found[i].ARN(s.Partition), "id": found[i].ID})
	}
	return map[string]any{"principals": list}, err
}

func accountID(r *http.Request) ident.AccountID { return ident.AccountID(r.PathValue("id")) }

// registerAccount adds an account, with a free ID if none is given, or gives one
// that exists another address or name.
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
	if err == nil {
		s.Log.Info("account registered", "account", a.ID)
	}
	return toAccountJSON(a), err
}

// sweepAccounts deletes unused accounts. It takes {"olderThan": "24h"}, which is the
// default: sessions of accounts live no longer.
func (s *Server) sweepAccounts(_ http.ResponseWriter, r *http.Request) (any, error) {
	given := struct {
		OlderThan string `json:"olderThan"`
	}{"24h"}
	if err := readBody(r, &given); err != nil {
		return nil, err
	}
	age, err := clock.ParseDuration(given.OlderThan)
	if err != nil || age < 0 {
		return nil, badRequest("olderThan: %.80q is not a duration such as 24h or 7d", given.OlderThan)
	}
	deleted, err := s.Provider.Sweep(r.Context(), age)
	if err == nil {
		s.Log.Info("unused accounts deleted", "accounts", deleted)
	}
	return map[string]int{"deleted": deleted}, err
}

// updateAccount changes the members that are given, also within readiness.
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
	update := provider.AccountUpdate{State: given.State, EmailVerified: given.EmailVerified, Paired: given.GovCloud}
	s.updating.Lock()
	defer s.updating.Unlock()
	if given.Readiness != nil {
		a, err := s.Provider.Account(r.Context(), accountID(r))
		if err != nil {
			return nil, err
		}
		readiness := readinessJSON(a.Readiness)
		if err := decodeJSON(given.Readiness, &readiness); err != nil {
			return nil, err
		}
		update.Readiness = new(org.Readiness(readiness))
	}
	a, err := s.Provider.UpdateAccount(r.Context(), accountID(r), update)
	if err == nil {
		s.Log.Info("account changed", append([]any{"account", a.ID}, settings(update)...)...)
	}
	return toAccountJSON(a), err
}

// settings are the values that an update sets, as attributes of the log.
func settings(u provider.AccountUpdate) []any {
	var set []any
	if u.State != nil {
		set = append(set, "state", *u.State)
	}
	if u.EmailVerified != nil {
		set = append(set, "email_verified", *u.EmailVerified)
	}
	if r := u.Readiness; r != nil {
		set = append(set, "agreement", r.Agreement, "phone", r.Phone, "payment", r.Payment, "contact", r.Contact, "support", r.Support)
	}
	if u.Paired != nil {
		set = append(set, "govcloud", *u.Paired)
	}
	return set
}

func (s *Server) deleteServiceLinkedRole(_ http.ResponseWriter, r *http.Request) (any, error) {
	a, err := s.Provider.RemoveServiceLinkedRole(r.Context(), accountID(r))
	if err == nil {
		s.Log.Info("service-linked role deleted", "account", a.ID)
	}
	return toAccountJSON(a), err
}
