package admin

import (
	"net/http"
	"time"

	"accord/internal/ident"
	"accord/internal/mail"
)

// mailJSON is a message as it is shown.
type mailJSON struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Account is the one that the message is for; empty for an address that no
	// account has. Organization is the one that it is about.
	Account      ident.AccountID      `json:"account,omitempty"`
	Organization ident.OrganizationID `json:"organization,omitempty"`
	mail.Message
}

// mails lists the newest first, ?limit= at once; "next" goes into ?before= for
// more.
func (s *Server) mails(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	letters, err := s.Mails(r.Context(), r.URL.Query().Get("before"), n+1)
	if err != nil {
		return nil, err
	}
	list := struct {
		Mails []mailJSON `json:"mails"`
		Next  string     `json:"next,omitempty"`
	}{Mails: []mailJSON{}}
	for i, l := range letters {
		if i == n {
			list.Next = letters[n-1].ID
			break
		}
		message, err := mail.Parse(l.Body)
		if err != nil {
			return nil, err
		}
		list.Mails = append(list.Mails, mailJSON{l.ID, l.At, l.Account, l.Organization, message})
	}
	return list, nil
}
