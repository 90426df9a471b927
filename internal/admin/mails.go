package admin

import (
	"net/http"
	"time"

	"accord/internal/ident"
	"accord/internal/mail"
)

// mailJSON is a mail in a response.
type mailJSON struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Account receives the mail; empty for an address that no account has.
	// Organization is what it is about.
	Account      ident.AccountID      `json:"account,omitempty"`
	Organization ident.OrganizationID `json:"organization,omitempty"`
	mail.Message
}

// mails lists mail, newest first, ?limit= in a page; ?before= takes "next" of the
// page before.
func (s *Server) mails(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Mails(r.Context(), r.URL.Query().Get("before"), n+1)
	if err != nil {
		return nil, err
	}
	list := struct {
		Mails []mailJSON `json:"mails"`
		Next  string     `json:"next,omitempty"`
	}{Mails: []mailJSON{}}
	for i, m := range found {
		if i == n {
			list.Next = found[n-1].ID
			break
		}
		message, err := mail.Parse(m.Body)
		if err != nil {
			return nil, err
		}
		list.Mails = append(list.Mails, mailJSON{m.ID, m.At, m.Account, m.Organization, message})
	}
	return list, nil
}
